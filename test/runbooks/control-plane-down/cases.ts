import type { Case } from '../../../engine/replay.ts';
import { caseOf, type Told } from './case.ts';
import { api } from './cases-api.ts';
import { betweenEnds } from './cases-between.ts';
import { certificates } from './cases-certificates.ts';
import { clocks } from './cases-clocks.ts';
import { ends } from './cases-ends.ts';
import { lead } from './cases-lead.ts';
import { machines } from './cases-machines.ts';
import { refusals } from './cases-refused.ts';
import { start } from './cases-start.ts';
import { witnesses } from './cases-witnesses.ts';

export const told: Readonly<Record<string, Told>> = {
  ...{ ...lead, ...clocks, ...start, ...ends, ...machines, ...api },
  ...{ ...witnesses, ...refusals, ...certificates, ...betweenEnds },
};

/** Every case file of test/cases/control-plane-down by name; `write-cases.ts` writes them. */
export async function casesOf(): Promise<Readonly<Record<string, Case>>> {
  const all = Object.entries(told).map(async ([name, one]) => [name, await caseOf(one)] as const);
  return Object.fromEntries(await Promise.all(all));
}
