import type { Case } from '../../../engine/replay.ts';
import { anyRunbook } from '../../../engine/runbook.ts';
import { runbook as typed } from '../../../runbooks/cluster-dns/index.ts';
import { readsAsked } from '../asked.ts';
import { type Expectation, expected } from '../expectation.ts';
import { now } from './objects.ts';
import { type Reads, readsOf, target, type World } from './world.ts';

export const runbook = anyRunbook(typed);

/** A world, what it must lead to (causes not named are ruled out), and which of its reads fail, by how they begin. */
export interface Told {
  readonly about: string;
  readonly world: World;
  readonly expect: Expectation;
  readonly failing?: readonly string[];
  /** No Prometheus is configured. */
  readonly alone?: true;
}

/** Makes the case: asks the runbook what it reads, and keeps that. */
export async function caseOf({ about, world, expect, failing = [], alone }: Told): Promise<Case> {
  const made: Case = {
    ...{ about, runbook: runbook.id, target, cluster: 'prod', now: now.toISOString(), reads: {} },
    expect: expected(runbook, expect),
  };
  const answers = answersOf(readsOf(world), failing, alone);
  const { keys, missing } = await readsAsked(runbook, { ...made, reads: answers });
  if (missing.length > 0) throw new Error(`the world holds no answer to: ${missing.join(', ')}`);
  return {
    ...made,
    reads: Object.fromEntries([...keys].flatMap((key) => (answers[key] ? [[key, answers[key]]] : []))),
  };
}

function answersOf(all: Reads, failing: readonly string[], alone?: true): Reads {
  const failure = (key: string): Reads[string] => {
    if (!key.startsWith('query ')) return { failure: { kind: 'forbidden', message: 'forbidden in this case' } };
    return alone
      ? { failure: { kind: 'not-configured', message: 'no Prometheus is configured for this cluster' } }
      : { failure: { kind: 'unreachable', message: 'connect ECONNREFUSED 10.20.0.40:9090' } };
  };
  const fails = (key: string) => failing.some((part) => key.startsWith(part)) || (alone && key.startsWith('query '));
  return Object.fromEntries(Object.entries(all).map(([key, answer]) => [key, fails(key) ? failure(key) : answer]));
}
