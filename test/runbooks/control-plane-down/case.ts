import { investigate } from '../../../engine/investigate.ts';
import { Case, caseClock, caseSource } from '../../../engine/replay.ts';
import type { Report } from '../../../engine/report.ts';
import { anyRunbook } from '../../../engine/runbook.ts';
import { runbook } from '../../../runbooks/control-plane-down/index.ts';
import { readsAsked } from '../asked.ts';
import { expected } from '../expectation.ts';
import { now, readsOf, targetOf, type World } from './world.ts';

export type CauseId = keyof typeof runbook.causes;
export const causeIds = Object.keys(runbook.causes) as CauseId[];
/** Why an instance may end again and again, or never start. */
export const whyItEnds = [
  ...(['imageMissing', 'badConfiguration', 'certificate', 'othersCertificate', 'dependencySilent'] as const),
  ...(['outOfMemory', 'probeFails', 'crashLoop'] as const),
] satisfies readonly CauseId[];

/** What comes of a world: the causes that are confirmed and that stay open, of all others that they are ruled out. */
export interface Told {
  readonly about: string;
  readonly world: World;
  readonly confirmed?: readonly CauseId[];
  readonly open?: readonly CauseId[];
  readonly recovered?: Case['expect']['recovered'];
}

export function reportOn(one: Case): Promise<Report> {
  const options = { source: caseSource(one), clock: caseClock(one), cluster: one.cluster };
  return investigate(anyRunbook(runbook), one.target, options);
}

/** With the reads that are made in it, and no others. */
export async function caseOf({
  about,
  world,
  confirmed = [],
  open = [],
  recovered = 'confirmed',
}: Told): Promise<Case> {
  const whole = Case.parse({
    about,
    runbook: runbook.id,
    target: targetOf(world),
    cluster: 'prod-eu',
    now: now.toISOString(),
    reads: readsOf(world),
    expect: expected(anyRunbook(runbook), { confirmed, inconclusive: open, recovered }),
  });
  const { keys } = await readsAsked(anyRunbook(runbook), whole);
  const reads = Object.fromEntries(Object.entries(whole.reads).filter(([key]) => keys.has(key)));
  return { ...whole, reads };
}
