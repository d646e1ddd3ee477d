import { answering, type Reads, type World } from './compose.ts';
import type { Json } from './recording.ts';
import { changed, type EventAt } from './recording-changes.ts';
import { well } from './worlds.ts';

/** These reads, by what they start with, get no answer in time. */
export const failing = (...starts: readonly string[]) => {
  const failure = { kind: 'timed-out', message: 'no answer within 5000 ms' } as const;
  return (reads: Reads) => answering(reads, starts, { failure });
};

/** A node that is well since so long, with these events. */
export const wellFor = (readySeconds: number, ...only: EventAt[]): World => ({
  ...well,
  recording: changed('healthy', { only, readySeconds }),
});
/** One whose network plug-in is missing since so long: not Ready, by its own word. */
export const complaining = (readySeconds: number, ...only: EventAt[]): World => ({
  recording: changed('cni-missing', { only, readySeconds }),
  expiredPerSecond: 0,
});

/** A live kubelet that says so of its Ready condition, two minutes long. */
export function saying(message: string): World {
  const { node, ...rest } = changed('healthy', { readySeconds: 120 });
  const ready = { status: 'False', reason: 'KubeletNotReady', message };
  const status = node.status as { readonly conditions: readonly Json[] };
  const conditions = status.conditions.map((one) => (one.type === 'Ready' ? { ...one, ...ready } : one));
  const history = { ...well.history, ready: 0, readinessChanges: 1 };
  return { ...well, history, recording: { ...rest, node: { ...node, status: { ...status, conditions } } } };
}
