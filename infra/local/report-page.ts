import { byReason } from '../../engine/by-reason.ts';
import type { CardCause } from '../../engine/card.ts';
import { describeChange } from '../../engine/changes/describe.ts';
import { gapsIn, isGap, saidOf } from '../../engine/gaps.ts';
import type { CauseReport, EvidenceReport, ManualReport, RemedyReport, Report } from '../../engine/report.ts';
import { type Check, hasTopic, type ManualStep } from '../../engine/runbook.ts';
import { counted } from '../../engine/words.ts';
import { harmless, type Painter, painter, type TerminalOptions, wrap } from './terminal.ts';

interface Pen {
  readonly columns: number;
  readonly paint: Painter;
}

/**
 * The report as a page for a terminal: the answer first, the evidence last. No line is longer than `columns` but
 * commands and what else cannot be broken, which stand alone on theirs.
 */
export function reportPage(report: Report, { columns, colour }: TerminalOptions): string {
  const pen: Pen = { columns, paint: painter(colour) };
  const { paint } = pen;
  const causes = (verdict: CauseReport['verdict'], mark: string) =>
    byReason(report.causes.filter((cause) => cause.verdict === verdict)).flatMap((cause) =>
      causeLines(mark, cause, pen),
    );
  const fixes = [
    ...report.remedies.flatMap((remedy) => remedyLines(remedy, pen)),
    ...report.manualSteps.flatMap((remedy) => manualLines(remedy, pen)),
  ];
  const { verdict, reason } = report.recovered;
  const ill = verdict === 'ruled-out' ? wrap(`not well: ${reason}`, { columns, indent: 2 }) : [];
  const likely = causes('confirmed', paint('red', '✗'));
  return [
    ...wrap(`${report.target}: ${report.title}?`, pen).map((line) => paint('bold', line)),
    ...dim(`cluster ${report.cluster}, looked at ${report.startedAt}`, 0, pen),
    '',
    ...section(
      hasTopic(report.runbook) ? 'Likely cause' : 'Trouble seen (not yet the cause of an alert)',
      likely.length > 0 ? likely : ['  none confirmed', ...ill],
      pen,
    ),
    ...section('Ruled out', causes('ruled-out', paint('green', '✓')), pen),
    ...section('Undecided', causes('inconclusive', paint('yellow', '?')), pen),
    ...section('Could not be seen', gapLines(report.evidence, pen), pen),
    ...section('Fixes', fixes, pen),
    ...section(
      'Evidence',
      report.evidence.flatMap((item) => evidenceLines(item, pen)),
      pen,
    ),
    ...dim(costWords(report.cost), 0, pen),
    '',
  ].join('\n');
}

function section(title: string, lines: readonly string[], { paint }: Pen): string[] {
  return lines.length === 0 ? [] : [paint('bold', title), ...lines, ''];
}

function dim(text: string, indent: number, { columns, paint }: Pen): string[] {
  return wrap(text, { columns, indent }).map((line) => paint('dim', line));
}

/** The mark is one column wide, and painted after the lines are broken: colours have no width. */
function causeLines(mark: string, { title, reason }: CardCause, { columns }: Pen): string[] {
  const [first = '', ...rest] = wrap(title, { columns, indent: 4 });
  return [`  ${mark} ${first.trimStart()}`, ...rest, ...wrap(reason, { columns, indent: 4 })];
}

/** "8 reads: nothing listens on …": a reason stands here once, however many reads it stopped. */
function gapLines(evidence: readonly EvidenceReport[], { columns }: Pen): string[] {
  return gapsIn(evidence).flatMap(({ titles, reason, remedy = '' }) => [
    ...wrap(titles.length === 1 ? `${titles[0]}: ${reason}` : `${counted(titles.length, 'read')}: ${reason}`, {
      columns,
      indent: 2,
    }),
    ...(titles.length === 1 ? [] : wrap(titles.join(', '), { columns, indent: 6 })),
    ...remedy
      .split('\n')
      .filter(Boolean)
      .flatMap((line) => remedyText(line, columns)),
  ]);
}

/** Advice is wrapped; YAML keeps its lines and its indentation. */
function remedyText(line: string, columns: number): string[] {
  const indent = 6 + line.length - line.trimStart().length;
  return wrap(line, { columns, indent, keepWords: true });
}

function remedyLines(remedy: RemedyReport, { columns }: Pen): string[] {
  if ('unavailable' in remedy)
    return wrap(`${remedy.title}: not now, ${remedy.unavailable}`, { columns, indent: 2, hanging: 4 });
  return [
    ...wrap(`${remedy.title} (risk: ${remedy.risk})`, { columns, indent: 2, hanging: 4 }),
    ...remedy.changes.flatMap((change) => wrap(describeChange(change), { columns, indent: 4, hanging: 6 })),
  ];
}

function manualLines({ title, risk, steps }: ManualReport, pen: Pen): string[] {
  return [
    ...wrap(`${title} (by hand, risk: ${risk})`, { columns: pen.columns, indent: 2, hanging: 4 }),
    ...steps.flatMap((step, index) => stepLines(step, index + 1, pen)),
  ];
}

function stepLines(step: ManualStep, number: number, { columns }: Pen): string[] {
  const { kind, title, warning } = step;
  const command = kind === 'advice' ? undefined : step.command;
  return [
    ...wrap(`${number}. ${title}`, { columns, indent: 4, hanging: 7 }),
    ...(warning ? wrap(`warning: ${warning}`, { columns, indent: 7, hanging: 9 }) : []),
    // Commands are never broken: they are there to be copied.
    ...(command ? command.split('\n').map((line) => `         ${harmless(line)}`) : []),
    ...(kind === 'change' ? verifyLines(step.verify, columns) : []),
    ...(kind === 'look' && step.shows ? wrap(`look for: ${step.shows}`, { columns, indent: 7, hanging: 9 }) : []),
  ];
}

/** The command stands alone where the line is too short for both: it is there to be copied, too. */
function verifyLines({ command, shows }: Check, columns: number): string[] {
  const lines = wrap(`then check: ${command}: ${shows}`, { columns, indent: 7, hanging: 9 });
  if (lines.length === 1) return lines;
  return ['       then check:', `         ${harmless(command)}`, ...wrap(shows, { columns, indent: 9 })];
}

function evidenceLines(item: EvidenceReport, pen: Pen): string[] {
  const { columns, paint } = pen;
  const seen = item.status === 'ok';
  const limit =
    seen && item.threshold ? `limit: ${item.threshold}${item.thresholdSource ? ` (${item.thresholdSource})` : ''}` : '';
  return [
    ...wrap(`${seen ? '•' : '–'} ${item.title}: ${isGap(item) ? 'could not be seen' : saidOf(item)}`, {
      columns,
      indent: 2,
      hanging: 4,
    }),
    ...wrap(limit, { columns, indent: 6 }),
    ...dim(`${item.source}, ${item.asOf}`, 6, pen),
    ...item.query
      .split('\n')
      .flatMap((query) => wrap(query, { columns, indent: 6, hanging: 8, keepWords: true }))
      .map((line) => paint('dim', line)),
  ];
}

function costWords({ kubernetesCalls, prometheusQueries, bytes, elapsedMs }: Report['cost']): string {
  return [
    counted(kubernetesCalls, 'Kubernetes call'),
    counted(prometheusQueries, 'Prometheus query', 'Prometheus queries'),
    counted(bytes, 'byte'),
    `${elapsedMs} ms`,
  ].join(', ');
}
