/**
 * Changes each threshold of each runbook, and of the evidence they share, in turn and tells which changes no case
 * notices: `node run.ts [runbook…] [evidence]` prints JSON, `--write` also keeps it in unnoticed.json, the list that may only become shorter; each entry wants its
 * reason there: why no case can notice it. It runs in a Node of its own, because a module's constants can only be
 * changed while it is loaded.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { investigate } from '../../../engine/investigate.ts';
import { type Case, caseClock, caseSource } from '../../../engine/replay.ts';
import { type AnyRunbook, anyRunbook } from '../../../engine/runbook.ts';
import { catalog } from '../../../runbooks/catalog.ts';
import { caseFiles, readCase } from '../case-files.ts';
import { adviceOf, type Seen, seenIn } from '../collected.ts';
import { type Mutant, mutantsOf, mutated, shapesEvidence } from './mutants.ts';

/** Per runbook how many changes were made, and which of them nothing notices. */
export type Findings = Readonly<Record<string, { readonly mutants: number; readonly unnoticed: readonly string[] }>>;

/** Per runbook each change that nothing notices, and why. */
export type Reasons = Readonly<Record<string, Readonly<Record<string, string>>>>;

const runbooks = new URL('../../../runbooks/', import.meta.url);
/** `isMet`: whether its file was loaded at all. */
interface Living {
  readonly folder: string;
  readonly mutant: Mutant;
  isMet?: boolean;
}
const living = new Map<string, Living>();

registerHooks({
  // What a mutant imports from its own folder is made anew with it.
  resolve(specifier, context, next) {
    const found = next(specifier, context);
    const id = new URL(context.parentURL ?? 'file:///').searchParams.get('mutant');
    const alive = id === null ? undefined : living.get(id);
    return alive && found.url.startsWith(alive.folder) ? { ...found, url: `${found.url}?mutant=${id}` } : found;
  },
  load(url, context, next) {
    const { searchParams } = new URL(url);
    const alive = living.get(searchParams.get('mutant') ?? '');
    if (!alive) return next(url, context);
    const path = fileURLToPath(url);
    const source = readFileSync(path, 'utf8');
    const isIt = relative(fileURLToPath(alive.folder), path) === alive.mutant.file;
    if (isIt) alive.isMet = true;
    const changed = isIt ? mutated(source, alive.mutant) : source;
    return { format: 'module-typescript', source: changed, shortCircuit: true };
  },
});

interface Known {
  readonly one: Case;
  readonly seen: Seen;
  readonly advice: string;
}

async function knownOf(runbook: AnyRunbook): Promise<readonly Known[]> {
  const known: Known[] = [];
  for (const file of caseFiles(runbook)) {
    const one = readCase(runbook, file);
    const seen = await seenIn(runbook, one);
    known.push({ one, seen, advice: adviceOf(runbook, seen) });
  }
  return known;
}

async function findingsOf(runbook: AnyRunbook) {
  const folder = new URL(`${runbook.id}/`, runbooks).href;
  const known = await knownOf(runbook);
  const unnoticed: string[] = [];
  const mutants = mutantsOf(fileURLToPath(folder));
  for (const [index, mutant] of mutants.entries()) {
    const id = `${runbook.id}-${index}`;
    living.set(id, { folder, mutant });
    const other = anyRunbook((await import(`${folder}index.ts?mutant=${id}`)).runbook);
    const isRead = shapesEvidence(fileURLToPath(folder), mutant);
    if (!isNoticed(other, known) && !(isRead && (await isNoticedReading(other, known))))
      unnoticed.push(`${mutant.file} ${mutant.name} × ${mutant.factor}`);
  }
  return { mutants: mutants.length, unnoticed };
}

const SHARED = 'evidence';

/** Of what the runbooks share it is enough that one of them notices. */
async function findingsOfShared() {
  const knownBy = new Map<AnyRunbook, readonly Known[]>();
  for (const runbook of catalog) knownBy.set(runbook, await knownOf(runbook));
  const unnoticed: string[] = [];
  const mutants = mutantsOf(fileURLToPath(new URL(`${SHARED}/`, runbooks)));
  for (const [index, mutant] of mutants.entries()) {
    const shared = { ...mutant, file: `${SHARED}/${mutant.file}` };
    const others: (readonly [AnyRunbook, readonly Known[]])[] = [];
    for (const [runbook, known] of knownBy) {
      const id = `${SHARED}-${runbook.id}-${index}`;
      const alive: Living = { folder: runbooks.href, mutant: shared };
      living.set(id, alive);
      const other = anyRunbook((await import(`${runbooks.href}${runbook.id}/index.ts?mutant=${id}`)).runbook);
      if (alive.isMet) others.push([other, known]);
    }
    if (!(await isNoticedByOne(others))) unnoticed.push(`${mutant.file} ${mutant.name} × ${mutant.factor}`);
  }
  return { mutants: mutants.length, unnoticed };
}

async function isNoticedByOne(mutants: readonly (readonly [AnyRunbook, readonly Known[]])[]): Promise<boolean> {
  if (mutants.some(([mutant, known]) => isNoticed(mutant, known))) return true;
  for (const [mutant, known] of mutants) if (await isNoticedReading(mutant, known)) return true;
  return false;
}

/** By what it makes of what was seen. */
function isNoticed(mutant: AnyRunbook, known: readonly Known[]): boolean {
  return known.some(({ seen, advice }) => adviceOf(mutant, seen) !== advice);
}

/** By what it sees in the recorded answers, which takes a hundred times as long. */
async function isNoticedReading(mutant: AnyRunbook, known: readonly Known[]): Promise<boolean> {
  for (const { one } of known) {
    const source = caseSource(one);
    const options = { source, clock: caseClock(one), cluster: one.cluster, alert: one.alert };
    const since = one.since === undefined ? undefined : new Date(one.since);
    const { causes, recovered } = await investigate(mutant, one.target, { ...options, since });
    // It asks for something else: what comes of its queries is proved with series.
    if (source.missing().length > 0) return true;
    const { expect } = one;
    if (causes.some(({ id, verdict }) => expect.causes[id] !== undefined && expect.causes[id] !== verdict)) return true;
    if (expect.recovered !== undefined && expect.recovered !== recovered.verdict) return true;
  }
  return false;
}

const [asked, write] = [process.argv.slice(2).filter((id) => id !== '--write'), process.argv.includes('--write')];
const findings: Record<string, Findings[string]> = {};
for (const runbook of catalog) {
  if (asked.length === 0 || asked.includes(runbook.id)) findings[runbook.id] = await findingsOf(runbook);
}
if (asked.length === 0 || asked.includes(SHARED)) findings[SHARED] = await findingsOfShared();
process.stdout.write(`${JSON.stringify(findings, null, 2)}\n`);
if (write) {
  const file = new URL('unnoticed.json', import.meta.url);
  const known: Reasons = JSON.parse(readFileSync(file, 'utf8'));
  const all = Object.entries({ ...known, ...unnoticedIn(findings, known) }).filter(
    ([, some]) => Object.keys(some).length,
  );
  writeFileSync(file, `${JSON.stringify(Object.fromEntries(all), null, 2)}\n`);
}

/** With the reasons that were written down before. */
function unnoticedIn(found: Findings, known: Reasons): Reasons {
  const reasonsOf = (id: string, changes: readonly string[]) =>
    Object.fromEntries(changes.map((change) => [change, known[id]?.[change] ?? '']));
  return Object.fromEntries(Object.entries(found).map(([id, { unnoticed }]) => [id, reasonsOf(id, unnoticed)]));
}
