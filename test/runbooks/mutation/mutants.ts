import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A figure of a runbook made ten times as small or as large. */
export interface Mutant {
  /** Below the runbook's folder. */
  readonly file: string;
  readonly name: string;
  readonly factor: number;
  /** Where its number stands in the source. */
  readonly from: number;
  readonly to: number;
}

const NUMBER = String.raw`-?\d[\d_]*(?:\.\d+)?(?:e-?\d+)?(?: ?(?:\*\*?|\/) ?\d[\d_]*(?:\.\d+)?)*`;
/** `const FRESH_SECONDS = 15;` at the top of a module. */
const constant = new RegExp(String.raw`^(?:export )?const ([A-Za-z]\w*) = (${NUMBER});`, 'gm');
/** `fsyncGoodSeconds: 0.008,` in an exported table of limits. */
const property = new RegExp(String.raw`^ {2,}(\w+): (${NUMBER}),`, 'gm');
const table = /^export const \w+ = \{$[\s\S]*?^\}(?: as const)?(?: satisfies [^;]*)?;/gm;

/** How much is shown or asked decides nothing, but for the last lines that are looked through; the windows of queries are the matter of the query tests. */
const amounts = /^(SHOWN|KEPT|NAMED|PAGE|LINES|COLUMNS)$|^(MOST|SOME|LONGEST|MAX)_/;
const skipped = /(^|\/)(show|words|node-words|queries[\w-]*|seen)\.ts$|^manual\//;

/** Every threshold of the runbook, or of the shared evidence, in this folder, twice. */
export function mutantsOf(folder: string): readonly Mutant[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !skipped.test(file))
    .sort()
    .flatMap((file) => {
      const source = readFileSync(join(folder, file), 'utf8');
      const thresholds = numbersIn(source).filter(({ name }) => !amounts.test(name));
      return thresholds.flatMap((number) => [0.1, 10].map((factor) => ({ file, factor, ...number })));
    });
}

function numbersIn(source: string): Pick<Mutant, 'name' | 'from' | 'to'>[] {
  const tables = /(^|\n)export const (limits|thresholds|\w*Limits|\w*Thresholds) = \{/.test(source);
  const inTables = tables
    ? [...source.matchAll(table)].flatMap(({ 0: text, index }) =>
        [...text.matchAll(property)].map((found) => placeOf(found, index)),
      )
    : [];
  return [...[...source.matchAll(constant)].map((found) => placeOf(found)), ...inTables];
}

function placeOf({ 0: whole, 1: name = '', 2: number = '', index }: RegExpExecArray, offset = 0) {
  const from = offset + index + whole.lastIndexOf(number);
  return { name, from, to: from + number.length };
}

const onlyJudges = /^(causes|manual)\/|(^|\/)(recovered|well|remedies|show|words)\.ts$/;

/** Whether the figure is also used where evidence is read, not only where it is judged. */
export function shapesEvidence(folder: string, { name }: Mutant): boolean {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !onlyJudges.test(file) && !/limits|thresholds/.test(file))
    .some((file) => new RegExp(`\\b${name}\\b`).test(readFileSync(join(folder, file), 'utf8')));
}

/** The module with the number changed: every use of it sees the other. */
export function mutated(source: string, { from, to, factor }: Mutant): string {
  return `${source.slice(0, from)}(${source.slice(from, to)}) * ${factor}${source.slice(to)}`;
}
