import { writeFileSync } from 'node:fs';
import type { Case } from '../../../engine/replay.ts';
import { runbook } from '../../../runbooks/etcd-heartbeat/index.ts';
import { caseFileOf, linePerSample } from '../case-text.ts';
import { written } from './cases.ts';
import { type CauseId, caseOf } from './world.ts';

/** The case file of a description. Throws when there is none of this name. */
export function caseOfWritten(name: string): Case {
  const entry = written[name];
  if (entry === undefined) throw new Error(`no case is called ${name}`);
  const { recovered = 'confirmed', ...differs } = entry.differs;
  const ids = Object.keys(runbook.causes) as CauseId[];
  const causes = Object.fromEntries(ids.map((id) => [id, differs[id] ?? 'ruled-out']));
  return caseOf(entry.world, { causes, recovered }, entry.about);
}

export const textOf = linePerSample;
export const caseFile = (name: string) => caseFileOf('etcd-heartbeat', name);

/** Run as a program, it writes all of them again: after a change of a query, for example. */
if (import.meta.main) {
  for (const name of Object.keys(written)) writeFileSync(caseFile(name), textOf(caseOfWritten(name)));
}
