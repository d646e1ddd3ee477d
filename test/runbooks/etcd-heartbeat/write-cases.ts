import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Case } from '../../../engine/replay.ts';
import { runbook } from '../../../runbooks/etcd-heartbeat/index.ts';
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

/** JSON has no NaN and no infinity: they are written as Prometheus writes them. */
function inWords(_key: string, value: unknown): unknown {
  return typeof value === 'number' && !Number.isFinite(value) ? String(value).replace('Infinity', 'Inf') : value;
}

/** The text of a case file: a line for every sample, so that a change shows as what it is. */
export function textOf(made: Case): string {
  const reads = Object.entries(made.reads).map(([key, answer]) => {
    const samples = 'body' in answer && Array.isArray(answer.body) && answer.body.length > 0 ? answer.body : undefined;
    const text = samples
      ? `{ "body": [\n${samples.map((sample) => `   ${JSON.stringify(sample, inWords)}`).join(',\n')}\n  ] }`
      : JSON.stringify(answer);
    return `  ${JSON.stringify(key)}: ${text}`;
  });
  const rest = Object.entries(made).filter(([name]) => name !== 'reads');
  const lines = rest.map(([name, value]) => ` ${JSON.stringify(name)}: ${JSON.stringify(value)}`);
  return `{\n${[...lines, ` "reads": {\n${reads.join(',\n')}\n }`].join(',\n')}\n}\n`;
}

export const caseFile = (name: string) => join(import.meta.dirname, `../../cases/etcd-heartbeat/${name}.json`);

/** Run as a program, it writes all of them again: after a change of a query, for example. */
if (import.meta.main) {
  for (const name of Object.keys(written)) writeFileSync(caseFile(name), textOf(caseOfWritten(name)));
}
