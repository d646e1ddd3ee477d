import { styleText } from 'node:util';
import { describeChange } from '../../engine/changes/describe.ts';
import type { CauseReport, EvidenceReport, ManualReport, RemedyReport, Report } from '../../engine/report.ts';

export interface TerminalOptions {
  readonly columns: number;
  readonly colour: boolean;
}

type Style = Parameters<typeof styleText>[0];

/** The report as a page for a terminal: the answer first, the evidence last. No line is longer than `columns`. */
export function reportPage(report: Report, options: TerminalOptions): string {
  const paint = painter(options.colour);
  const { columns } = options;
  const causes = (verdict: CauseReport['verdict']) => report.causes.filter((cause) => cause.verdict === verdict);
  const gaps = report.evidence.filter(({ status }) => status === 'failed');
  const { cost } = report;
  return [
    paint('bold', `${report.target}  ${report.title}`),
    paint('dim', `cluster ${report.cluster}, looked at ${report.startedAt}`),
    '',
    ...section(
      'Likely cause',
      causes('confirmed').flatMap((cause) => causeLines(paint('red', '✗'), cause, columns)),
      paint,
      'none confirmed',
    ),
    ...section(
      'Ruled out',
      causes('ruled-out').flatMap((cause) => causeLines(paint('green', '✓'), cause, columns)),
      paint,
    ),
    ...section(
      'Undecided',
      causes('inconclusive').flatMap((cause) => causeLines(paint('yellow', '?'), cause, columns)),
      paint,
    ),
    ...section(
      'Could not be seen',
      gaps.flatMap((gap) => gapLines(gap, columns)),
      paint,
    ),
    ...section(
      'Fixes',
      [
        ...report.remedies.flatMap((remedy) => remedyLines(remedy, columns)),
        ...report.manualSteps.flatMap((remedy) => manualLines(remedy, columns)),
      ],
      paint,
    ),
    ...section(
      'Evidence',
      report.evidence.flatMap((item) => evidenceLines(item, columns, paint)),
      paint,
    ),
    paint(
      'dim',
      `${cost.kubernetesCalls} Kubernetes calls, ${cost.prometheusQueries} Prometheus queries, ${cost.bytes} bytes, ${cost.elapsedMs} ms`,
    ),
    '',
  ].join('\n');
}

type Painter = (style: Style, text: string) => string;

function painter(colour: boolean): Painter {
  return (style, text) => (colour ? styleText(style, text, { validateStream: false }) : text);
}

function section(title: string, lines: readonly string[], paint: Painter, empty?: string): string[] {
  if (lines.length === 0 && empty === undefined) return [];
  return [paint('bold', title), ...(lines.length > 0 ? lines : [`  ${empty}`]), ''];
}

function causeLines(mark: string, cause: CauseReport, columns: number): string[] {
  return [`  ${mark} ${cause.title}`, ...wrap(cause.reason, columns, 4)];
}

function gapLines(gap: EvidenceReport, columns: number): string[] {
  return [
    ...wrap(`${gap.title}: ${gap.reason ?? ''}`, columns, 2),
    ...(gap.remedy ?? '')
      .split('\n')
      .filter(Boolean)
      .map((line) => `      ${line}`),
  ];
}

function remedyLines(remedy: RemedyReport, columns: number): string[] {
  if ('unavailable' in remedy) return wrap(`${remedy.title}: not now, ${remedy.unavailable}`, columns, 2);
  return [
    `  ${remedy.title} (risk: ${remedy.risk})`,
    ...remedy.changes.flatMap((change) => wrap(describeChange(change), columns, 4)),
  ];
}

function manualLines(remedy: ManualReport, columns: number): string[] {
  const steps = remedy.steps.flatMap((step, index) => [
    ...wrap(`${index + 1}. ${step.title}`, columns, 4),
    // Commands are never wrapped: they are there to be copied.
    ...(step.command ? step.command.split('\n').map((line) => `         ${line}`) : []),
    ...(step.verify ? ['       to verify:', ...step.verify.split('\n').map((line) => `         ${line}`)] : []),
    ...(step.warning ? wrap(`warning: ${step.warning}`, columns, 7) : []),
  ]);
  return [`  ${remedy.title} (by hand, risk: ${remedy.risk})`, ...steps];
}

function evidenceLines(item: EvidenceReport, columns: number, paint: Painter): string[] {
  const limit = item.threshold
    ? wrap(`limit: ${item.threshold}${item.thresholdSource ? ` (${item.thresholdSource})` : ''}`, columns, 6)
    : [];
  return [
    ...wrap(`${item.status === 'ok' ? '•' : '–'} ${item.title}: ${item.shown}`, columns, 2, 4),
    ...limit,
    ...wrap(`${item.source}, ${item.asOf}`, columns, 6).map((line) => paint('dim', line)),
    ...item.query
      .split('\n')
      .flatMap((query) => wrap(query, columns, 6))
      .map((line) => paint('dim', line)),
  ];
}

/** One line without anything that could steer the terminal or forge another line, cut at `most` characters. */
export function oneLine(text: string, most: number): string {
  const clean = text.replace(/[\p{Cc}\p{Cf}]/gu, '�');
  return clean.length > most ? `${clean.slice(0, most - 1)}…` : clean;
}

/** Breaks at spaces, and inside words longer than a line. */
export function wrap(text: string, columns: number, indent: number, hanging = indent): string[] {
  const lines: string[] = [];
  let line = ' '.repeat(indent);
  let empty = true;
  const flush = () => {
    lines.push(line.trimEnd());
    line = ' '.repeat(hanging);
    empty = true;
  };
  // A control character from a label or an event must not steer the terminal.
  for (const word of text
    .split(/\s+/)
    .filter(Boolean)
    .map((part) => part.replace(/\p{Cc}/gu, '�'))) {
    let rest = word;
    if (!empty && line.length + 1 + rest.length > columns) flush();
    while (line.length + rest.length + (empty ? 0 : 1) > columns) {
      const room = Math.max(1, columns - line.length);
      line += rest.slice(0, room);
      rest = rest.slice(room);
      flush();
    }
    line += empty ? rest : ` ${rest}`;
    empty = false;
  }
  if (!empty) lines.push(line.trimEnd());
  return lines;
}
