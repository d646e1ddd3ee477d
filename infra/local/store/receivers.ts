import type { Clock, Queue, QueueName } from '../../../engine/ports.ts';
import type { GroupCommit } from './group-commit.ts';
import { type Group, type Messages, toReceived } from './messages.ts';

type Receive = Queue['receive'];

export interface Receivers {
  readonly receive: Receive;
  /** Something of this queue may be deliverable: those who wait look again, in the transaction that is running. */
  wake(queue: QueueName): void;
  /** Ends all waiting, with nothing received. */
  close(): void;
}

/** One call of `receive` that has no answer yet. */
interface Receiver {
  readonly queue: QueueName;
  look(): void;
  end(found: readonly Group[]): void;
}

/**
 * Who waits looks at least this often, because the clock may be set forward and the machine may sleep. A message that
 * is sent or falls due meanwhile is not kept waiting for it.
 */
const lookAgainMs = 1_000;

/** Those who wait for messages. `messages` is a function because the queue's tables in turn wake receivers. */
export function createReceivers(commit: GroupCommit, clock: Clock, messages: () => Messages): Receivers {
  const receivers = new Set<Receiver>();

  function wait(queue: QueueName, { max, leaseMs, waitMs, signal }: Parameters<Receive>[1]): Promise<readonly Group[]> {
    const { promise, resolve, reject } = Promise.withResolvers<readonly Group[]>();
    const deadline = performance.now() + waitMs;
    let looking = false;
    let timer: NodeJS.Timeout | undefined;
    let found: readonly Group[] = [];
    let dueInMs = 0;

    const receiver: Receiver = {
      queue,
      look: () => {
        if (looking) return;
        looking = true;
        clearTimeout(timer);
        commit.enqueue(job);
      },
      end: (answer) => {
        leave();
        resolve(answer);
      },
    };
    const job = {
      run: () => {
        // A send later in this very transaction may wake the receiver again.
        looking = false;
        // Who has left meanwhile must not take a lease along, and who has found something has enough.
        if (!receivers.has(receiver) || found.length > 0) return;
        found = messages().lease(queue, max, leaseMs);
        dueInMs = (messages().nextReadyAt(queue) ?? Number.POSITIVE_INFINITY) - clock.now().getTime();
      },
      committed: () => {
        if (!receivers.has(receiver)) return;
        clearTimeout(timer);
        const remainingMs = deadline - performance.now();
        if (found.length > 0 || remainingMs <= 0) receiver.end(found);
        else timer = setTimeout(receiver.look, Math.min(remainingMs, lookAgainMs, Math.max(1, dueInMs)));
      },
      failed: (error: Error) => {
        leave();
        reject(error);
      },
    };
    const abort = () => receiver.end([]);
    const leave = () => {
      receivers.delete(receiver);
      clearTimeout(timer);
      signal?.removeEventListener('abort', abort);
    };

    receivers.add(receiver);
    signal?.addEventListener('abort', abort);
    receiver.look();
    return promise;
  }

  return {
    receive: async (queue, options) => {
      if (options.signal?.aborted) return [];
      return (await wait(queue, options)).map(toReceived);
    },
    wake: (queue) => {
      for (const receiver of receivers) if (receiver.queue === queue) receiver.look();
    },
    close: () => {
      for (const receiver of receivers) receiver.end([]);
    },
  };
}
