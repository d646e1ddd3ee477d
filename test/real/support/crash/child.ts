import { writeSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import * as z from 'zod';
import { remediateMessage } from '../../../../engine/acting/messages.ts';
import type { Writer } from '../../../../engine/action.ts';
import type { Change } from '../../../../engine/change.ts';
import type { Plan } from '../../../../engine/plan.ts';
import type { Queue, Store } from '../../../../engine/ports.ts';
import { openDatabase } from '../../../../infra/local/store/open.ts';
import { stamped } from '../../../harness/stamped.ts';
import { changeDirectly } from './prepare.ts';
import { actingWith, CLUSTER, hands, wishes, workOff } from './stage.ts';

/**
 * One process of Nightshift that plans, requests, approves and executes, and kills itself at the crossing it is told. A
 * crossing is the moment before anything that outlives the process; the one after it is the moment before the next,
 * but for requests to the cluster, which have both. Its last line of output names it. With `crashAt` 0 it lives, and
 * prints all of them.
 */
const { crashAt, incident, directory, changes, meanwhile, undone, direct, ...files } = z
  .object({
    crashAt: z.number(),
    incident: z.string(),
    directory: z.string(),
    changes: z.array(z.custom<Change>()),
    /** What somebody else does to the cluster as soon as the plan is approved; past what counts requests. */
    meanwhile: z.array(z.custom<Change>()),
    /** It is there already, applied: what is done here is its undo. */
    undone: z.boolean(),
    direct: z.object({ kubeconfig: z.string(), fixerKubeconfig: z.string() }),
    kubeconfig: z.string(),
    fixerKubeconfig: z.string(),
  })
  .parse(JSON.parse(await text(process.stdin)));

const crossed: string[] = [];

function cross(name: string): void {
  crossed.push(name);
  if (crossed.length !== crashAt) return;
  writeSync(1, `${name}\n`);
  process.kill(process.pid, 'SIGKILL');
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
}

async function asking<T>(name: string, ask: () => Promise<T>): Promise<T> {
  cross(`before ${name}`);
  const answer = await ask();
  cross(`after ${name}`);
  return answer;
}

const clock = { now: () => new Date() };
const database = await openDatabase({ directory, clock });
const store: Store = {
  ...database.store,
  put: async (write) => {
    cross(`before ${write.collection}`);
    const written = await database.store.put(write);
    if (write.collection === 'plans' && (write.value as Plan).state === 'approved') {
      await changeDirectly(direct, meanwhile.splice(0));
    }
    return written;
  },
  putAll: (writes) => {
    cross('before several');
    return database.store.putAll(writes);
  },
};
const queue: Queue = {
  ...database.queue,
  send: (messages) => {
    cross('before send');
    return database.queue.send(messages);
  },
  done: (message, send) => {
    cross('before done');
    return database.queue.done(message, send);
  },
};
const { cluster, writer, close } = await hands(files);
const watched: Writer = {
  rehearse: (action, limits) => asking('rehearse', () => writer.rehearse(action, limits)),
  apply: (action, limits) => asking('apply', () => writer.apply(action, limits)),
};
const acting = actingWith(store, clock, { cluster, writer: watched }, changes);

const plan = async (of: 'fix' | 'undo') => {
  const plans = (await database.store.list<Plan>('plans')).map(({ value }) => value);
  return plans.find(({ undoes }) => (of === 'undo') === (undoes !== undefined))?.id ?? '';
};
const forth = [
  async () => wishes.open(incident),
  async () => wishes.request(await plan('fix')),
  async () => wishes.approve(await plan('fix')),
];
const back = [async () => wishes.anew(await plan('fix'), 'undo'), async () => wishes.approve(await plan('undo'))];
for (const wish of undone ? back : forth) {
  await queue.send([remediateMessage(stamped(await wish(), clock), CLUSTER)]);
  await workOff(queue, acting);
}
cross('end');
writeSync(1, `${JSON.stringify(crossed)}\n`);
await close();
await database.close();
