import type { RichTextBlock, RichTextElement, RichTextSection } from '@slack/types';
import type { Card, CardCause } from '../../engine/card.ts';
import { describeChange } from '../../engine/changes/describe.ts';
import type { ManualReport, RemedyReport } from '../../engine/report.ts';
import type { ManualStep } from '../../engine/runbook.ts';
import { counted } from '../../engine/words.ts';
import { bullets, line, moment, type Pen, title, words } from './rich.ts';

/** Bytes: a command that verifies is not cut short of that. */
const CHECK = 1_500;

/** The single things a card and its thread tell. The card cuts them to fit, the thread shows them whole. */

export function causeLine(pen: Pen, { title: name, reason }: CardCause): RichTextSection {
  return line(pen.strong(name), words(': '), pen.plain(reason));
}

export function gapLine(pen: Pen, gap: Card['gaps'][number]): RichTextSection {
  const remedy = gap.remedy === undefined ? [] : [words('\nTo see it: '), pen.plain(gap.remedy)];
  return line(pen.strong(gap.title), words(': '), pen.plain(gap.reason), ...remedy);
}

/** A fix the API could make, as text. What would run is its plan, which the card's button opens. */
export function remedyLine(pen: Pen, remedy: RemedyReport, most: number): RichTextSection {
  if ('unavailable' in remedy)
    return line(pen.strong(remedy.title), words(' does not fit: '), pen.plain(remedy.unavailable));
  const changes = pen.first(remedy.changes, most).map(describeChange);
  const more = remedy.changes.length - changes.length;
  return line(
    pen.strong(remedy.title),
    words(` (risk: ${remedy.risk})`),
    ...(changes.length > 0 ? [words(': '), pen.plain(changes.join('; '))] : []),
    ...(more > 0 ? [words(` and ${more} more`)] : []),
  );
}

/** A fix for human hands, by name: its steps stand in the thread. */
export function manualLine(pen: Pen, { title: name, risk, steps }: ManualReport): RichTextSection {
  return line(pen.strong(name), words(` (by hand, risk: ${risk}): ${counted(steps.length, 'step')}, in the thread`));
}

export function stepHead(pen: Pen, step: ManualStep, number: number): RichTextElement[] {
  return [
    words(`${number}. `),
    pen.plain(step.title),
    ...(step.warning === undefined ? [] : [words('\n⚠ '), pen.strong(step.warning)]),
  ];
}

export function stepCheck(pen: Pen, step: ManualStep): RichTextBlock['elements'] {
  switch (step.kind) {
    case 'change': {
      const { command, shows } = step.verify;
      return [line(words('Then check: '), pen.mono(command, CHECK), words(': '), pen.plain(shows))];
    }
    case 'look':
      return step.shows === undefined ? [] : [line(words('Look for: '), pen.plain(step.shows))];
    case 'advice':
      return [];
  }
}

/** Steps that somebody says they made by hand. */
export function byHandLine(pen: Pen, { by, at, title: name, outcome }: Card['byHand'][number]): RichTextSection {
  const when = moment(new Date(at), '{date_short_pretty} {time}');
  const told = outcome === undefined ? [] : [words(' → '), pen.plain(outcome)];
  return line(
    words('Done by hand, says '),
    pen.mention(by),
    words(' at '),
    when,
    words(': '),
    pen.plain(name),
    ...told,
  );
}

/** The alert's labels but its name, which the card says already. */
export function labelsOf({ labels }: NonNullable<Card['alert']>): readonly (readonly [string, string])[] {
  return Object.entries(labels).filter(([name]) => name !== 'alertname');
}

/** The alert's annotations but the addresses, which the card has as links. */
export function annotationsOf({ alert, links }: Card): readonly (readonly [string, string])[] {
  return Object.entries(alert?.annotations ?? {}).filter(([, value]) => !links.some(({ url }) => url === value));
}

/** `severity=critical` `namespace=shop` …: names and values as they came. */
export function labelsLine(pen: Pen, labels: readonly (readonly [string, string])[], most: number): RichTextElement[] {
  const shown = pen.first(labels, most);
  const more = labels.length - shown.length;
  return [
    ...shown.flatMap(([name, value]) => [pen.mono(`${name}=${value}`), words(' ')]),
    ...(more > 0 ? [words(`+${counted(more, 'more label')}`)] : []),
  ];
}

/** The lines as a list, with `+7 more` when some had to go. */
export function listOf<T>(
  pen: Pen,
  items: readonly T[],
  most: number,
  show: (item: T) => RichTextSection,
): RichTextBlock['elements'] {
  const shown = pen.first(items, most);
  const more = items.length - shown.length;
  return [bullets([...shown.map(show), ...(more > 0 ? [line(words(`+${more} more, in the thread`))] : [])])];
}

export function headed(name: string, elements: RichTextBlock['elements']): RichTextBlock['elements'] {
  return [line(title(name)), ...elements];
}

/** The list under its heading; nothing where there is nothing to list. */
export function headedList<T>(
  pen: Pen,
  name: string,
  items: readonly T[],
  most: number,
  show: (item: T) => RichTextSection,
): RichTextBlock['elements'] {
  return items.length === 0 ? [] : headed(name, listOf(pen, items, most, show));
}
