import type { Case } from '../../../engine/replay.ts';
import { runbook } from '../../../runbooks/api-429/index.ts';
import { crowdCases } from './cases-crowd.ts';
import { falseLeads } from './cases-false-leads.ts';
import { noisyCases } from './cases-noisy.ts';
import { oneOperation } from './cases-one-operation.ts';
import { refused } from './cases-refused.ts';
import { stalled } from './cases-stalled.ts';
import { type CauseId, caseOf, type World } from './world.ts';

type Said = Case['expect']['causes'][string];

export interface Written {
  readonly about: string;
  readonly world: World;
  /** What differs from a cluster in which all is well and seen: every cause ruled out, recovery confirmed. */
  readonly differs: Partial<Record<CauseId | 'recovered', Said>>;
}

export const written: Readonly<Record<string, Written>> = {
  ...stalled,
  ...oneOperation,
  ...refused,
  ...noisyCases,
  ...crowdCases,
  ...falseLeads,
};

/** Every case file of test/cases/api-429 by name; `write-cases.ts` writes them. */
export const cases: Readonly<Record<string, Case>> = Object.fromEntries(
  Object.entries(written).map(
    ([
      name,
      {
        about,
        world,
        differs: { recovered = 'confirmed', ...differs },
      },
    ]) => {
      const ids = Object.keys(runbook.causes) as CauseId[];
      const causes = Object.fromEntries(ids.map((id) => [id, differs[id] ?? 'ruled-out']));
      return [name, caseOf(world, { causes, recovered }, about)];
    },
  ),
);
