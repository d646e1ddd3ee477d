/** Writes test/cases/pod-network/*.json: node test/runbooks/pod-network/write-cases.ts */
import { writeFileSync } from 'node:fs';
import type { Case } from '../../../engine/replay.ts';
import { cases } from './cases.ts';

/** A line for every series, so that a change shows as what it is. */
export function textOf(one: Case): string {
  const reads = Object.entries(one.reads).map(([key, answer]) => {
    const items = 'body' in answer && Array.isArray(answer.body) && answer.body.length > 0 ? answer.body : undefined;
    const text = items
      ? `{ "body": [\n${items.map((item) => `   ${JSON.stringify(item)}`).join(',\n')}\n  ] }`
      : JSON.stringify(answer);
    return `  ${JSON.stringify(key)}: ${text}`;
  });
  const rest = Object.entries(one).filter(([name]) => name !== 'reads');
  const lines = rest.map(([name, value]) => ` ${JSON.stringify(name)}: ${JSON.stringify(value)}`);
  return `{\n${[...lines, ` "reads": {\n${reads.join(',\n')}\n }`].join(',\n')}\n}\n`;
}

export const caseFile = (name: string) => new URL(`../../cases/pod-network/${name}.json`, import.meta.url);

if (import.meta.main) {
  for (const [name, one] of Object.entries(cases)) writeFileSync(caseFile(name), textOf(one));
}
