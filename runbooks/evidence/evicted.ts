import * as z from 'zod';
import { pressureTypes } from './node.ts';

/**
 * A pod that the kubelet ended for a resource. `victim`: chosen to free something ("The node was low on resource: memory.").
 * `turned-away`: refused at the door ("The node had condition: [DiskPressure]."), mostly newcomers of one storm before the
 * taint. Neither is the cause by that (measured: the sleepers that took the PIDs were of no pod at all).
 */
export interface Eviction {
  readonly as: 'victim' | 'turned-away';
  /** The conditions of the node that go with it. */
  readonly of: readonly PressureType[];
  /** `undefined`: nothing says when; kubelets before 1.26 leave a victim no condition. */
  readonly at: string | undefined;
  readonly created: string | undefined;
}

export type PressureType = (typeof pressureTypes)[number];

/** One storm lasts minutes, and what it leaves behind stays listed up to 12,500 of them (judgement; --terminated-pod-gc-threshold). */
const SAME_STORM_SECONDS = 3_600;

const Pod = z.object({
  metadata: z.object({ creationTimestamp: z.string().nullish() }).prefault({}),
  status: z
    .object({
      phase: z.string().nullish(),
      reason: z.string().nullish(),
      message: z.string().nullish(),
      startTime: z.string().nullish(),
      conditions: z.array(z.object({ type: z.string(), lastTransitionTime: z.string().nullish() })).default([]),
    })
    .prefault({}),
});

export function evictionOf(object: unknown): Eviction | undefined {
  const { metadata, status } = Pod.parse(object);
  if (status.phase !== 'Failed' || status.reason !== 'Evicted') return undefined;
  const message = status.message ?? '';
  const low = /low on resource:\s*([^.]*)/i.exec(message)?.[1];
  const met = /node had condition:\s*\[([^\]]*)\]/i.exec(message)?.[1];
  const [as, words] = low === undefined ? (['turned-away', met] as const) : (['victim', low] as const);
  if (words === undefined) return undefined;
  const changed = (type: string) => status.conditions.find((one) => one.type === type)?.lastTransitionTime;
  const created = metadata.creationTimestamp ?? undefined;
  const refused = as === 'turned-away' ? (status.startTime ?? created) : undefined;
  return { as, of: pressuresIn(words), at: changed('DisruptionTarget') ?? changed('Ready') ?? refused, created };
}

export interface Storm {
  readonly victims: number;
  readonly turnedAway: number;
  /** Evicted for the same, and nothing says when. */
  readonly undated: number;
}

/** Those of the storm that goes on: for this resource, within the last hour. */
export function stormOf(evictions: readonly Eviction[], type: PressureType, now: Date): Storm {
  const isLate = (time: string) => now.getTime() - Date.parse(time) <= SAME_STORM_SECONDS * 1000;
  const alike = evictions.filter(({ of }) => of.includes(type));
  const dated = alike.filter(({ at, created }) => at !== undefined || created === undefined || isLate(created));
  const here = dated.filter(({ at }) => at === undefined || isLate(at));
  const count = (as: Eviction['as']) => here.filter((one) => one.as === as).length;
  return { victims: count('victim'), turnedAway: count('turned-away'), undated: alike.length - dated.length };
}

/** The kubelet's words: pkg/kubelet/eviction/helpers.go, signalToResource and signalToNodeCondition. */
const named: Readonly<Record<PressureType, RegExp>> = {
  MemoryPressure: /memory/i,
  DiskPressure: /ephemeral-storage|inodes|disk/i,
  PIDPressure: /pid/i,
};

function pressuresIn(words: string): readonly PressureType[] {
  return pressureTypes.filter((type) => named[type].test(words));
}
