import type { KnownBlock, RichTextBlock, RichTextElement } from '@slack/types';
import { type Card, type CardState, stateWords, TROUBLE_SEEN } from '../../engine/card.ts';
import { cost, escapeMrkdwn } from './escape.ts';
import { actionsOf } from './render-actions.ts';
import { checklist, facts, footer } from './render-card-facts.ts';
import {
  annotationsOf,
  byHandLine,
  causeLine,
  gapLine,
  headed,
  headedList,
  labelsLine,
  labelsOf,
  listOf,
  manualLine,
  remedyLine,
} from './render-items.ts';
import { plansOf } from './render-plan-lines.ts';
import { line, moment, newPen, type Pen, richText, type SlackMessage, sizeOf, title, words } from './rich.ts';

/** Under what Slack was seen to refuse (`MAX_BLOCKS_JSON`), with room for the ids it adds. */
export const MESSAGE_BUDGET = 11_000;

/** What a card may show; each is tried from the first until the card fits its budget. Numbers of items, and bytes. */
interface Detail {
  readonly items: number;
  readonly text: number;
  readonly labels: number;
  readonly url: number;
}

const details: readonly Detail[] = [
  { items: 12, text: 400, labels: 20, url: 2_000 },
  { items: 8, text: 200, labels: 12, url: 1_000 },
  { items: 5, text: 120, labels: 6, url: 500 },
  { items: 3, text: 80, labels: 3, url: 300 },
];

/** A shape beside the state's words, for those who scan a list. */
const symbols: Readonly<Record<CardState, string>> = {
  looking: '🔎',
  diagnosed: '🔴',
  'trouble-seen': '🟠',
  undiagnosed: '🟠',
  'still-broken': '🔴',
  unchecked: '🟠',
  folded: '⚪',
  closed: '🟢',
};

/** The parts of a card that may be shortened: what was is told whole in the thread. */
export type Part = 'lead' | 'causes' | 'gaps' | 'fixes' | 'alert' | 'notes' | 'links';
const everyPart: readonly Part[] = ['lead', 'causes', 'gaps', 'fixes', 'alert', 'notes', 'links'];

export interface RenderedCard {
  readonly message: SlackMessage;
  readonly shortened: ReadonlySet<Part>;
}

/**
 * The parent message: the present truth, read from the top on a phone. What is wrong, then the likely cause with the
 * figure that proves it, then everything else in the order one would ask for it.
 */
export function renderCard(card: Card): RenderedCard {
  const text = notification(card);
  for (const detail of details) {
    const { blocks, shortened } = build(card, detail);
    if (sizeOf(blocks) <= MESSAGE_BUDGET) return { message: { text, blocks }, shortened };
  }
  const blocks = [
    header(card, newPen(200)),
    ...lead(card, newPen(200)),
    facts(card),
    richText(line(words('This is more than a message can hold: all of it is in the thread.'))),
    ...actionsOf(card, 300).blocks,
  ];
  return { message: { text, blocks }, shortened: new Set(everyPart) };
}

/** What the lock screen shows: what is wrong and the likely cause. */
function notification({ title: name, state, summary }: Card): string {
  const inWords = stateWords[state];
  const said = summary.toLowerCase().startsWith(inWords) ? '' : ` (${inWords})`;
  return `${escapeMrkdwn(name, 200)}${said}: ${escapeMrkdwn(summary, 400)}`;
}

function build(card: Card, detail: Detail) {
  const shortened = new Set<Part>();
  const part = (name: Part, write: (pen: Pen) => RichTextBlock['elements']): KnownBlock[] => {
    const pen = newPen(detail.text);
    const elements = write(pen);
    if (!pen.whole) shortened.add(name);
    return elements.length > 0 ? [richText(...elements)] : [];
  };
  const causes = (name: string, list: Card['ruledOut']) =>
    part('causes', (pen) => headedList(pen, name, list, detail.items, (cause) => causeLine(pen, cause)));

  // Of what is over its cause is what people look for; what the last look ruled out is in the thread.
  const isOver = card.state === 'closed' && card.earlier !== undefined;
  const verdicts = () => [
    ...causes(card.isBeside ? 'Also seen' : 'Also confirmed', card.likely.slice(1)),
    ...causes(card.earlier ? 'Ruled out by now' : 'Ruled out', card.ruledOut),
    ...causes('Undecided', card.open),
    ...part('gaps', (pen) => headedList(pen, 'Could not be seen', card.gaps, detail.items, (gap) => gapLine(pen, gap))),
    ...part('fixes', (pen) => fixes(card, pen, detail)),
  ];
  const actions = actionsOf(card, detail.url);
  const top = newPen(Math.max(detail.text, 300));
  const blocks = [
    header(card, top),
    ...lead(card, top),
    facts(card),
    ...checklist(card),
    ...plans(card, detail),
    ...(isOver ? [] : verdicts()),
    ...part('alert', (pen) => alert(card, pen, detail)),
    ...part('notes', (pen) => notes(card, pen, detail)),
    ...actions.blocks,
    footer(card),
  ];
  if (isOver) shortened.add('causes').add('gaps');
  // What hands must do is told step by step in the thread: on the card it would bury the diagnosis.
  if (card.manual.length > 0) shortened.add('fixes');
  if (!top.whole) shortened.add('lead').add('causes');
  if (!actions.whole) shortened.add('links');
  return { blocks, shortened };
}

function header({ title: name, state }: Card, pen: Pen): KnownBlock {
  const [before, after] = [`${symbols[state]} `, ` · ${stateWords[state]}`];
  const text = `${before}${pen.raw(name, 150 - cost(`${before}${after}`))}${after}`;
  return { type: 'header', text: { type: 'plain_text', text, emoji: false } };
}

/** The second thing one reads. The summary of a diagnosed incident is its likely cause, or the trouble seen: said once. */
function lead({ state, summary, likely: [first], isBeside, earlier }: Card, pen: Pen): KnownBlock[] {
  const likely = isBeside ? TROUBLE_SEEN : 'Likely cause: ';
  const was = isBeside ? 'Trouble that was seen: ' : 'Cause: ';
  const cause: RichTextElement[] = first
    ? [title(state === 'closed' ? was : likely), pen.strong(first.title), words('\n'), pen.plain(first.reason)]
    : [];
  const sum =
    (state === 'diagnosed' || state === 'trouble-seen') && first
      ? []
      : [pen.plain(summary), ...(first ? [words('\n')] : [])];
  return [richText(line(...sum, ...cause, ...(first || !earlier ? [] : found(earlier, isBeside, pen))))];
}

/** What it was: the last look saw it well again, or saw too little. */
function found({ at, causes: [first, ...others] }: NonNullable<Card['earlier']>, isBeside: boolean, pen: Pen) {
  if (!first) return [];
  const more = others.length > 0 ? ` (and ${others.length} more)` : '';
  const what = isBeside ? 'Trouble seen ' : 'Cause found ';
  return [
    words('\n'),
    title(what),
    moment(at),
    title(': '),
    pen.strong(first.title),
    words(`${more}\n`),
    pen.plain(first.reason),
  ];
}

/** Before everything that is only known: what was done about it, by whom. Told whole in a message of each plan. */
function plans({ plans: lines }: Card, { items }: Detail): KnownBlock[] {
  const elements = plansOf(lines, newPen(150), items);
  return elements.length > 0 ? [richText(...elements)] : [];
}

/** What the API could do, then what hands must do; fixes of causes that are not confirmed only by name. */
function fixes({ remedies, manual }: Card, pen: Pen, { items }: Detail): RichTextBlock['elements'] {
  const fitting = remedies.filter((remedy) => !('unavailable' in remedy));
  const others = remedies.filter((remedy) => 'unavailable' in remedy);
  const lines = [
    ...fitting.map((remedy) => () => remedyLine(pen, remedy, items)),
    ...manual.map((each) => () => manualLine(pen, each)),
  ];
  const rest =
    others.length === 0 ? [] : [line(words('Not now: '), pen.plain(others.map(({ title }) => title).join('; ')))];
  if (lines.length === 0) return rest;
  return headed('Fixes this runbook knows', [...listOf(pen, lines, items, (write) => write()), ...rest]);
}

function alert(card: Card, pen: Pen, detail: Detail): RichTextBlock['elements'] {
  const { alert: about, targetNote, isBeside, likely, earlier } = card;
  if (about === undefined) return targetNote === undefined ? [] : [line(pen.plain(targetNote))];
  const counts = about.count > 1 ? ` (${about.count} alerts, ${about.firing} firing)` : '';
  // Without a cause what the alert says of itself is the best there is; with one it only costs space.
  const most = (likely.length === 0 && !earlier) || isBeside ? detail.items : 0;
  const says = pen.first(annotationsOf(card), most);
  return [
    line(
      title('Alert '),
      pen.strong(about.name),
      words(`${counts}\n`),
      ...labelsLine(pen, labelsOf(about), detail.labels),
      ...(targetNote === undefined ? [] : [words('\n'), pen.plain(targetNote)]),
      ...says.flatMap(([name, value]) => [words('\n'), pen.strong(name, 80), words(': '), pen.plain(value)]),
    ),
  ];
}

function notes({ notes: told, byHand }: Card, pen: Pen, { items }: Detail): RichTextBlock['elements'] {
  const all = [...byHand.map((one) => () => byHandLine(pen, one)), ...told.map((note) => () => line(pen.plain(note)))];
  const shown = pen.first(all, items).map((write) => write());
  const more = all.length - shown.length;
  return [...shown, ...(more > 0 ? [line(words(`+${more} more, in the thread`))] : [])];
}
