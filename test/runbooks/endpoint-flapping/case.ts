import { investigate } from '../../../engine/investigate.ts';
import { type Case, caseClock, caseSource } from '../../../engine/replay.ts';
import { requestKey } from '../../../engine/request.ts';
import { anyRunbook } from '../../../engine/runbook.ts';
import { runbook as typed } from '../../../runbooks/endpoint-flapping/index.ts';
import { type Expectation, expected } from '../expectation.ts';
import { now } from './objects.ts';
import { historyOf, type Reads, readsOf, type World } from './world.ts';

export const runbook = anyRunbook(typed);

/** A world, what it must lead to (causes not named are ruled out), and which of its answers are others. */
export interface Told {
  readonly about: string;
  readonly world: World;
  readonly expect: Expectation;
  readonly failing?: readonly string[];
  /** Answers that were recorded, in place of the world's. */
  readonly answers?: Reads;
}

/** Makes the case: asks the runbook what it reads, and keeps that. */
export async function caseOf({ about, world, expect, failing = [], answers = {} }: Told): Promise<Case> {
  const made: Case = {
    ...{ about, runbook: runbook.id, target: world.target, cluster: 'prod', now: now.toISOString() },
    reads: {},
    expect: expected(runbook, expect),
  };
  return { ...made, reads: await asked(made, answersOf({ ...readsOf(world), ...answers }, failing), historyOf(world)) };
}

function answersOf(all: Reads, failing: readonly string[]): Reads {
  const failure = (key: string): Reads[string] =>
    /^(query|range) /.test(key)
      ? { failure: { kind: 'unreachable', message: 'connect ECONNREFUSED 10.20.0.40:9090' } }
      : { failure: { kind: 'forbidden', message: 'forbidden in this case' } };
  return Object.fromEntries(
    Object.entries(all).map(([key, answer]) => [
      key,
      failing.some((part) => key.startsWith(part)) ? failure(key) : answer,
    ]),
  );
}

async function asked(made: Case, answers: Reads, history: unknown): Promise<Reads> {
  const all: Record<string, Reads[string]> = { ...answers };
  const keys = new Set<string>();
  const source = caseSource({ ...made, reads: all });
  const prometheusDown = Object.entries(answers).some(([key, one]) => key.startsWith('query ') && 'failure' in one);
  await investigate(runbook, made.target, {
    ...{ clock: caseClock(made), cluster: made.cluster },
    source: {
      read: (request, limits) => {
        const key = requestKey(request);
        if (key.includes('kube_pod_status_ready{namespace=~'))
          all[key] ??= prometheusDown
            ? { failure: { kind: 'unreachable', message: 'connect ECONNREFUSED 10.20.0.40:9090' } }
            : { body: history };
        keys.add(key);
        return key in answers
          ? source.read(request, limits)
          : caseSource({ ...made, reads: all }).read(request, limits);
      },
    },
  });
  return Object.fromEntries([...keys].flatMap((key) => (all[key] ? [[key, all[key]]] : [])));
}
