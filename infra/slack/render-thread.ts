import type { KnownBlock, RichTextBlock } from '@slack/types';
import type { Card } from '../../engine/card.ts';
import { escapeMrkdwn } from './escape.ts';
import { type Part, renderCard } from './render-card.ts';
import { asOf, evidenceBlocks } from './render-evidence.ts';
import {
  annotationsOf,
  byHandLine,
  causeLine,
  gapLine,
  headed,
  labelsLine,
  labelsOf,
  remedyLine,
} from './render-items.ts';
import { manualBlocks } from './render-manual.ts';
import { ID_SIZE, line, newPen, richText, type SlackMessage, sizeOf, title, words } from './rich.ts';

/** Enough for any run of a runbook. What does not fit is named, not dropped in silence. */
const MAX_MESSAGES = 12;
/** Of Slack's 50. */
const MAX_BLOCKS = 40;
/** Room for the line at the top of every message and the one at the end of the last. */
const CHROME = 600;
/** Close to what Slack refuses (`MAX_BLOCKS_JSON`), ids included: each message of a thread is one more that has to wait. */
const PAGE = 12_800 - CHROME;
const TEXT = 1_000;
const LONG = 2_500;

/** Each message of a thread is asked for by itself, and where one ends depends on all before it. */
const rendered = new WeakMap<Card, readonly SlackMessage[]>();

/**
 * The thread: every evidence item with where it came from, and whole whatever the card had to shorten. As many messages
 * as it takes, each within the budget; none when there is nothing to tell.
 */
export function renderThread(card: Card): readonly SlackMessage[] {
  const messages = rendered.get(card) ?? messagesOf(card);
  rendered.set(card, messages);
  return messages;
}

function messagesOf(card: Card): readonly SlackMessage[] {
  const { shortened } = renderCard(card);
  const blocks = [...fixesOf(card, shortened), ...card.evidence.flatMap(evidenceBlocks), ...restOf(card, shortened)];
  const pages = paginate(blocks);
  const shown = pages.slice(0, MAX_MESSAGES);
  const left = pages.slice(MAX_MESSAGES).flat().length;
  return shown.map((page, index) => {
    const part = shown.length > 1 ? ` (${index + 1} of ${shown.length})` : '';
    const last = index === shown.length - 1 && left > 0;
    return {
      text: `${shortened.has('fixes') ? 'Fixes and evidence' : 'Evidence'} for ${escapeMrkdwn(card.title, 200)}${part}`,
      blocks: [
        richText(
          line(
            title(`${shortened.has('fixes') ? 'Fixes and evidence' : 'Evidence'}${part}`),
            words(' · '),
            ...asOf(card.lookedAt ?? card.updatedAt),
          ),
        ),
        ...page,
        ...(last ? [richText(line(words(`+${left} more: \`nightshift incidents --json\` shows all of it`)))] : []),
      ],
    };
  });
}

/** How many messages `renderThread` fills. */
export function evidenceParts(card: Card): number {
  return renderThread(card).length;
}

/** What to do comes before what was seen. */
function fixesOf(card: Card, shortened: ReadonlySet<Part>): readonly KnownBlock[] {
  if (!shortened.has('fixes')) return [];
  const pen = newPen(LONG);
  const changes = card.remedies.map((remedy) => richText(...headed('Fix', [remedyLine(pen, remedy, 50)])));
  return [...changes, ...card.manual.flatMap((manual) => manualBlocks(card, manual))];
}

/** Every other part the card shortened, item by item so that messages can break between them. */
function restOf(card: Card, shortened: ReadonlySet<Part>): readonly RichTextBlock[] {
  const pen = newPen(LONG);
  const causes = (name: string, list: Card['ruledOut']) =>
    list.map((cause) => richText(...headed(name, [line(...causeLine(pen, cause).elements)])));
  return [
    ...(shortened.has('lead') ? [richText(line(pen.strong(card.title)), line(pen.plain(card.summary)))] : []),
    ...(shortened.has('causes')
      ? [...causes('Confirmed', card.likely), ...causes('Ruled out', card.ruledOut), ...causes('Undecided', card.open)]
      : []),
    ...(shortened.has('gaps')
      ? card.gaps.map((gap) => richText(...headed('Could not be seen', [gapLine(pen, gap)])))
      : []),
    ...(shortened.has('alert') ? alertBlocks(card) : []),
    ...(shortened.has('links')
      ? card.links.map(({ label, url }) => richText(line(pen.strong(label, 100), words(': '), pen.plain(url, 3_000))))
      : []),
    ...(shortened.has('notes')
      ? [
          ...card.byHand.map((one) => richText(byHandLine(pen, one))),
          ...card.notes.map((note) => richText(line(pen.plain(note)))),
        ]
      : []),
  ];
}

function alertBlocks(card: Card): readonly RichTextBlock[] {
  const { alert, targetNote } = card;
  if (alert === undefined) return [];
  const pen = newPen(TEXT);
  const note = targetNote === undefined ? [] : [words('\n'), pen.plain(targetNote)];
  return [
    richText(...headed('Alert', [line(pen.strong(alert.name), ...note)])),
    ...eight(labelsOf(alert)).map((some) => richText(line(...labelsLine(pen, some, 8)))),
    ...annotationsOf(card).map(([name, value]) =>
      richText(line(pen.strong(name, 200), words(': '), pen.plain(value, LONG))),
    ),
  ];
}

function eight<T>(items: readonly T[]): readonly (readonly T[])[] {
  return Array.from({ length: Math.ceil(items.length / 8) }, (_, group) => items.slice(group * 8, group * 8 + 8));
}

function paginate(blocks: readonly KnownBlock[]): readonly (readonly KnownBlock[])[] {
  const pages: KnownBlock[][] = [];
  let used = 0;
  for (const block of blocks) {
    const price = sizeOf([block]) + ID_SIZE;
    const page = pages.at(-1);
    if (page === undefined || page.length === MAX_BLOCKS || used + price > PAGE) {
      pages.push([block]);
      used = price;
    } else {
      page.push(block);
      used += price;
    }
  }
  return pages;
}
