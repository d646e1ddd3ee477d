import type { Case } from '../../../engine/replay.ts';
import { runbook } from '../../../runbooks/node-not-ready/index.ts';
import { isNetworkUnasked, isWaitingUnseen, type Reads, readsOf, recording, type World } from './compose.ts';

type Expectation = { readonly [verdict in 'confirmed' | 'inconclusive' | 'ruledOut']?: readonly string[] } & {
  readonly recovered?: 'confirmed' | 'ruled-out' | 'inconclusive';
};

/** On none of the recorded nodes did anything report of the kernel. */
const UNWATCHED = ['kernelTrouble'];

/** Causes not named are expected to be ruled out. */
function verdicts({ confirmed = [], ruledOut = [], recovered, ...open }: Expectation): Case['expect'] {
  const inconclusive = [...but(UNWATCHED, ...ruledOut), ...(open.inconclusive ?? [])];
  const unknown = [...confirmed, ...ruledOut, ...inconclusive].filter((cause) => !(cause in runbook.causes));
  if (unknown.length > 0) throw new Error(`the runbook has no such cause: ${unknown.join(', ')}`);
  const verdictOf = (cause: string) =>
    confirmed.includes(cause) ? 'confirmed' : inconclusive.includes(cause) ? 'inconclusive' : 'ruled-out';
  const causes = Object.fromEntries(Object.keys(runbook.causes).map((cause) => [cause, verdictOf(cause)]));
  return { causes, ...(recovered ? { recovered } : {}) } as Case['expect'];
}

export function caseOf(
  about: string,
  world: World,
  expect: Expectation,
  change: (reads: Reads) => Reads = (reads) => reads,
): Case {
  const { recording: recorded, since } = world;
  return {
    about,
    runbook: runbook.id,
    target: { kind: 'Node', name: recorded.node.metadata.name },
    cluster: 'practice',
    now: recorded.now,
    ...(since ? { since } : {}),
    reads: change(readsOf(world)),
    expect: verdicts({ ...expect, inconclusive: [...(expect.inconclusive ?? []), ...unseenIn(world)] }),
  };
}

/** What no world tells whose recording leaves it out, or whose kubelet could not ask. */
function unseenIn(world: World): readonly string[] {
  return [
    ...(isWaitingUnseen(world) ? ['volumesUnavailable'] : []),
    ...(isNetworkUnasked(world) ? ['networkPlugin'] : []),
  ];
}

/** A recorded moment as it was; only the control plane's leases, not recorded with it, are added as in health. */
export function recorded(name: string, expect: Expectation, change?: (reads: Reads) => Reads): Case {
  const moment = recording(name);
  return caseOf(`Recorded: ${moment.about}.`, { recording: moment }, expect, change);
}

/** What cannot be told apart of a node that fell silent, and what only its kubelet could have said. */
export const silence = ['machineDown', 'unauthorized', 'kubeletStopped', 'kubeletStuck', 'cutOff', 'clockJumped'];
export const lastWord = ['runtimeGone', 'runtimeHangs', 'networkPlugin', 'pressure'];
/** What is judged by the API server's answers. */
export const everything = Object.keys(runbook.causes).filter((cause) => cause !== 'clockOff');
export const but = (all: readonly string[], ...some: readonly string[]) => all.filter((cause) => !some.includes(cause));
