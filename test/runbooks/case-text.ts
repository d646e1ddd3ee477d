import { join } from 'node:path';
import type { Case } from '../../engine/replay.ts';

type Answer = Case['reads'][string];

/** Where the case of this name lies. */
export function caseFileOf(runbook: string, name: string): string {
  return join(import.meta.dirname, `../cases/${runbook}/${name}.json`);
}

/** The text of a case file with a line for every read, so that a change shows as what it is. */
export function linePerRead(one: Case): string {
  return textOf(one, (answer) => JSON.stringify(answer));
}

/** The same, and a line for every sample of an answer of Prometheus. */
export function linePerSample(one: Case): string {
  return textOf(one, (answer) => {
    const samples = 'body' in answer && Array.isArray(answer.body) && answer.body.length > 0 ? answer.body : undefined;
    return samples
      ? `{ "body": [\n${samples.map((sample) => `   ${JSON.stringify(sample, inWords)}`).join(',\n')}\n  ] }`
      : JSON.stringify(answer);
  });
}

function textOf(one: Case, told: (answer: Answer) => string): string {
  const reads = Object.entries(one.reads).map(([key, answer]) => `  ${JSON.stringify(key)}: ${told(answer)}`);
  const rest = Object.entries(one).filter(([name]) => name !== 'reads');
  const lines = rest.map(([name, value]) => ` ${JSON.stringify(name)}: ${JSON.stringify(value)}`);
  return `{\n${[...lines, ` "reads": {\n${reads.join(',\n')}\n }`].join(',\n')}\n}\n`;
}

/** JSON has no NaN and no infinity: they are written as Prometheus writes them. */
function inWords(_key: string, value: unknown): unknown {
  return typeof value === 'number' && !Number.isFinite(value) ? String(value).replace('Infinity', 'Inf') : value;
}
