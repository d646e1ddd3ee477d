import type { RichTextBlock, RichTextElement, RichTextSection } from '@slack/types';
import type { PlanLine } from '../../engine/plan-card.ts';
import { bullets, line, moment, type Pen, title, words } from './rich.ts';

type Step = PlanLine['steps'][number];

const said: Readonly<Record<Step['word'], string>> = {
  requested: 'requested',
  approved: 'approved',
  refused: 'refused',
  stopped: 'stopped',
  'broke-glass': '⚠ glass broken',
  rehearsed: 'rehearsed',
  applied: 'applied',
  'partly-applied': 'partly applied',
  verified: 'verified',
  'taken-back': 'taken back',
  failed: 'failed',
  unknown: 'outcome unknown',
  expired: 'expired',
  outdated: 'no longer fits',
  moot: 'no longer needed',
};

/** What became of each fix, on the card: requested → approved → rehearsed → applied → verified, with times and names. */
export function plansOf(plans: readonly PlanLine[], pen: Pen, most: number): RichTextBlock['elements'] {
  if (plans.length === 0) return [];
  // The newest stand last, and they are the present truth.
  const shown = plans.slice(-most);
  const more = plans.length - shown.length;
  return [
    line(title('Fixes asked for')),
    bullets([
      ...(more > 0 ? [line(words(`${more} before, each with its message in the thread`))] : []),
      ...shown.map((plan) => planLine(pen, plan)),
    ]),
  ];
}

function planLine(pen: Pen, { title: name, steps }: PlanLine): RichTextSection {
  const told = steps.flatMap((step, index) => [
    words(index === 0 ? ': ' : ' → '),
    ...stepWords(pen, step, isAnotherDay(steps[index - 1], step)),
  ]);
  return line(pen.strong(name, 150), ...told);
}

const HALF_A_DAY_MS = 43_200_000;

/**
 * Whether a time alone would be read wrongly: of the first step, which may be days old, and after a midnight. Where the
 * reader's midnight is nobody knows here, so that half a day is enough.
 */
function isAnotherDay(before: Step | undefined, { at }: Step): boolean {
  if (before === undefined || at.slice(0, 10) !== before.at.slice(0, 10)) return true;
  return Date.parse(at) - Date.parse(before.at) >= HALF_A_DAY_MS;
}

function stepWords(pen: Pen, { word, at, by, note }: Step, withDay: boolean): RichTextElement[] {
  return [
    words(`${said[word]} `),
    ...(by === undefined ? [] : [words('by '), pen.mention(by), words(' ')]),
    moment(new Date(at), withDay ? '{date_short_pretty} {time}' : '{time}'),
    // "verified: fixed" says its word once.
    ...(note === undefined ? [] : [words(' ('), pen.plain(note.replace(`${word}: `, ''), 120), words(')')]),
  ];
}
