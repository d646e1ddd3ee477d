import { type Action, type WriteAnswer, WriteFailure, type WriteLimits, type Writer } from '../../engine/action.ts';
import { messageOf, ReadFailure } from '../../engine/errors.ts';
import { withPresentNames } from './flow-control.ts';
import { gist, inTime, type Reply } from './http.ts';
import type { Link, Message } from './link.ts';
import { asWriteFailure, refusalOf } from './refusal.ts';
import { servedBy } from './served.ts';
import { requestOf } from './write-request.ts';

/** The object as it is after the change. An API server takes none larger than etcd does (1.5 MB). */
const MAX_ANSWER_BYTES = 8 * 1024 * 1024;

/**
 * Changes one cluster, over the same connections and credentials as reads. Every change goes out once at most: not again
 * after a broken connection, a Retry-After or renewed credentials. A failure is `ambiguous` as soon as its first byte may
 * have left this machine and no answer says that nothing was done. A rehearsal changes nothing, and is asked again where the
 * connection was cut: what a load balancer has forgotten meanwhile nobody notices before.
 */
export function writerOver(link: Link): Writer {
  const served = servedBy(link);

  async function write(action: Action, dryRun: boolean, limits: WriteLimits): Promise<WriteAnswer> {
    const { message, reply } = await send(action, dryRun, limits);
    const asked = `${message.method} ${message.path}`;
    const { status } = reply;
    if (status >= 200 && status < 300) return { status, object: objectOf(reply, action, link.host, dryRun), asked };
    const failure = refusalOf(reply, action, link.connection, dryRun);
    if (failure.kind === 'not-served' || failure.kind === 'invalid') served.forget();
    throw failure;
  }

  async function send(
    action: Action,
    dryRun: boolean,
    limits: WriteLimits,
  ): Promise<{ readonly message: Message; readonly reply: Reply }> {
    let mayHaveLeft = false;
    try {
      return await inTime({ ...limits, maxBytes: MAX_ANSWER_BYTES }, async (turn) => {
        const message = requestOf(action, await served.of(action, turn), dryRun);
        const leaves = () => {
          mayHaveLeft = true;
        };
        return { message, reply: await (dryRun ? link.askNow(message, turn) : link.tell(message, turn, leaves)) };
      });
    } catch (thrown) {
      const failure = thrown instanceof ReadFailure ? thrown : new ReadFailure('server-error', messageOf(thrown));
      throw asWriteFailure(failure, mayHaveLeft);
    }
  }

  return {
    rehearse: (action, limits) => write(action, true, limits),
    apply: (action, limits) => write(action, false, limits),
  };
}

function objectOf(reply: Reply, { object }: Action, host: string, dryRun: boolean): unknown {
  try {
    return withPresentNames(object.kind, JSON.parse(reply.text));
  } catch (thrown) {
    const words = `${host} answered ${reply.status}, but not as an API server does: ${gist(reply.text) || 'empty'}`;
    throw new WriteFailure('server-error', words, !dryRun, { cause: thrown });
  }
}
