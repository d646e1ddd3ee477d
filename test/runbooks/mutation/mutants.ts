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
  /** It has no name of its own: it stands where it is compared. */
  readonly isInline?: true;
}

const NUMBER = String.raw`-?\d[\d_]*(?:\.\d+)?(?:e-?\d+)?(?: ?(?:\*\*?|\/) ?\d[\d_]*(?:\.\d+)?)*`;
/** `const FRESH_SECONDS = 15;` at the top of a module. */
const constant = new RegExp(String.raw`^(?:export )?const ([A-Za-z]\w*) = (${NUMBER});`, 'gm');
/** `fsyncGoodSeconds: 0.008,` in an exported table of limits. */
const property = new RegExp(String.raw`^ {2,}(\w+): (${NUMBER}),`, 'gm');
const table = /^export const \w+ = \{$[\s\S]*?^\}(?: as const)?(?: satisfies [^;]*)?;/gm;

/** `export const highestTimers: Timers = { heartbeatMs: 1_000, electionMs: 5_000 };` */
const oneLine = /^(?:export )?const (\w+)(?:: [\w<>, ]+)? = \{ .*\d.* \}(?: as const)?;$/gm;
const inOneLine = new RegExp(String.raw`(\w+): (${NUMBER})(?=,| \})`, 'g');
/** `lateRounds(member, maybe) >= 0.5`, but not how many there are of something (`pods.length > 1`). */
const compared = new RegExp(String.raw`(?<!length|size)( (?:<|>)=? (${NUMBER}))(?![\w.]| ?\*)`, 'g');

/** How much is shown or asked decides nothing, unless something is compared with it; the windows of queries are the matter of the query tests. */
const amounts = /^(SHOWN|KEPT|NAMED|PAGE|LINES|COLUMNS)$|^(MOST|SOME|LONGEST|MAX)_/;
/** What a unit is worth, nobody chose. */
const units = /^UNITS\./;
const skipped = /(^|\/)(show|queries[\w-]*)\.ts$|^manual\//;
/** Their comparisons choose between words, or between steps. */
const onlySays = /(^|\/)([\w-]*words|remedies)\.ts$/;

/** Every threshold of the runbook, or of the shared evidence, in this folder, twice. */
export function mutantsOf(folder: string): readonly Mutant[] {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));
  const sources = new Map(files.map((file) => [file, readFileSync(join(folder, file), 'utf8')]));
  return files
    .filter((file) => !skipped.test(file))
    .sort()
    .flatMap((file) => {
      const source = sources.get(file) ?? '';
      const named = numbersIn(source).filter(
        ({ name }) => !units.test(name) && (!amounts.test(name) || isCompared(name, source)),
      );
      const thresholds = onlySays.test(file) ? named : [...named, ...inlineIn(source)];
      return thresholds.flatMap((number) => [0.1, 10].map((factor) => ({ file, factor, ...number })));
    });
}

/** None of the amounts is exported: what is compared with it stands beside it. */
function isCompared(name: string, source: string): boolean {
  return new RegExp(
    String.raw`(?<!length|size) [<>]=? ${name}\b|\b${name}\b( [*/+-] [\w.]+)? [<>]=? (?!\S*length)`,
  ).test(source);
}

type Place = Pick<Mutant, 'name' | 'from' | 'to' | 'isInline'>;

function numbersIn(source: string): Place[] {
  const tables = /(^|\n)export const (limits|thresholds|\w*Limits|\w*Thresholds) = \{/.test(source);
  const inTables = tables
    ? [...source.matchAll(table)].flatMap(({ 0: text, index }) =>
        [...text.matchAll(property)].map((found) => placeOf(found, index)),
      )
    : [];
  const inOneLines = [...source.matchAll(oneLine)].flatMap(({ 0: text, 1: whose, index }) =>
    [...text.matchAll(inOneLine)].map((found) => {
      const place = placeOf(found, index);
      return { ...place, name: `${whose}.${place.name}` };
    }),
  );
  return [...[...source.matchAll(constant)].map((found) => placeOf(found)), ...inTables, ...inOneLines];
}

/** Next to zero or one it is asked whether there is any: no threshold. */
function inlineIn(source: string): Place[] {
  return [...source.matchAll(compared)].flatMap((found) => {
    const { 1: comparison = '', 2: number = '', index } = found;
    const start = source.lastIndexOf('\n', index) + 1;
    const before = source.slice(start, index);
    if ([0, 1].includes(Number(number.replaceAll('_', ''))) || isNoCode(before)) return [];
    const name = `${/[^\s(!]*(\([^()]*\))?$/.exec(before)?.[0] ?? ''}${comparison}`;
    const to = index + comparison.length;
    return [{ name, from: to - number.length, to, isInline: true as const }];
  });
}

/** A comment, a text, or a loop's counter. */
function isNoCode(before: string): boolean {
  return /^ *(\*|\/\/|\/\*|for )/.test(before) || /['`"]/.test(before.replace(/'[^']*'|"[^"]*"|`[^`]*`/g, ''));
}

function placeOf({ 0: whole, 1: name = '', 2: number = '', index }: RegExpExecArray, offset = 0) {
  const from = offset + index + whole.lastIndexOf(number);
  return { name, from, to: from + number.length };
}

const onlyJudges = /^(causes|manual)\/|(^|\/)(recovered|well|remedies|show|words)\.ts$/;

/** Whether the figure is also used where evidence is read, not only where it is judged. */
export function shapesEvidence(folder: string, { file: own, name, isInline }: Mutant): boolean {
  if (isInline) return !onlyJudges.test(own);
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !onlyJudges.test(file) && !/limits|thresholds/.test(file))
    .some((file) => new RegExp(`\\b${name}\\b`).test(readFileSync(join(folder, file), 'utf8')));
}

/** The module with the number changed: every use of it sees the other. */
export function mutated(source: string, { from, to, factor }: Mutant): string {
  return `${source.slice(0, from)}(${source.slice(from, to)}) * ${factor}${source.slice(to)}`;
}
