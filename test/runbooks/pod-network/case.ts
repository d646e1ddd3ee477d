import type { Case } from '../../../engine/replay.ts';
import { runbook } from '../../../runbooks/pod-network/index.ts';
import { NODE, now, type World } from './objects.ts';
import { type Reads, readsOf } from './world.ts';

type Verdict = 'confirmed' | 'ruled-out' | 'inconclusive';
export type Expectation = { readonly [verdict in 'confirmed' | 'inconclusive']?: readonly string[] } & {
  readonly recovered?: Verdict;
};

/** Causes not named are expected to be ruled out. */
export function caseOf(
  about: string,
  world: World,
  { confirmed = [], inconclusive = [], recovered }: Expectation,
  change: (reads: Reads) => Reads = (reads) => reads,
): Case {
  const unknown = [...confirmed, ...inconclusive].filter((cause) => !(cause in runbook.causes));
  if (unknown.length > 0) throw new Error(`the runbook has no such cause: ${unknown.join(', ')}`);
  const verdictOf = (cause: string): Verdict =>
    confirmed.includes(cause) ? 'confirmed' : inconclusive.includes(cause) ? 'inconclusive' : 'ruled-out';
  return {
    about,
    runbook: runbook.id,
    target: { kind: 'Node', name: NODE },
    cluster: 'practice',
    now: now.toISOString(),
    reads: change(readsOf(world)),
    expect: {
      causes: Object.fromEntries(Object.keys(runbook.causes).map((cause) => [cause, verdictOf(cause)])),
      ...(recovered ? { recovered } : {}),
    },
  };
}

/** The same reads, some of them answered differently: by a part of their key. */
export function answering(reads: Reads, parts: readonly string[], answer: Reads[string]): Reads {
  const wanted = (key: string) => parts.some((part) => key.includes(part));
  return Object.fromEntries(Object.entries(reads).map(([key, old]) => [key, wanted(key) ? answer : old]));
}

export function without(reads: Reads, parts: readonly string[]): Reads {
  return Object.fromEntries(Object.entries(reads).filter(([key]) => !parts.some((part) => key.includes(part))));
}

export const everything = Object.keys(runbook.causes);
export const but = (...some: readonly string[]) => everything.filter((cause) => !some.includes(cause));
/** Judged by what the kubelet says and agents write. */
export const bySigns = ['agentPids', 'xtablesLock', 'subnetMissing', 'apiUnreached', 'poolExhausted'];
