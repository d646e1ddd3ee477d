import type { RichTextBlock, RichTextElement } from '@slack/types';
import { saidOf } from '../../engine/gaps.ts';
import type { EvidenceReport } from '../../engine/report.ts';
import { clip, isDate } from './escape.ts';
import { codeBlocks, line, moment, newPen, richText, words } from './rich.ts';

const TEXT = 1_000;
/** Of one block. Messages of the thread can break between blocks, so that a long query is there whole. */
const PIECE = 2_500;
/** Several times the longest of a runbook. One that is longer still would push the others out of the thread. */
const QUERY = 20_000;

/** What was seen, the query that was asked, and when. More than one block only for a long query. */
export function evidenceBlocks(evidence: EvidenceReport): readonly RichTextBlock[] {
  const pen = newPen(TEXT);
  const query = clip(evidence.query, { max: QUERY, lines: true });
  const pieces = codeBlocks(query.text, PIECE);
  const more = query.whole ? [] : [words('The whole query: '), pen.mono('nightshift incidents --json'), words('\n')];
  return pieces.map((piece, index) => {
    const head = index === 0 ? seenOf(evidence) : [pen.strong(evidence.title, 200), words(', continued')];
    const part = pieces.length === 1 ? [] : [words(`\nQuery, piece ${index + 1} of ${pieces.length}:`)];
    const isLast = index === pieces.length - 1;
    return richText(line(...head, ...part), piece, ...(isLast ? [line(...more, ...whenOf(evidence))] : []));
  });
}

function seenOf(evidence: EvidenceReport): readonly RichTextElement[] {
  const pen = newPen(TEXT);
  const sign = evidence.status === 'ok' ? '✓ ' : '✗ ';
  const source = evidence.thresholdSource;
  const from = source === undefined ? [] : [words(' (source: '), pen.plain(source, 300), words(')')];
  const limit =
    evidence.threshold === undefined ? [] : [words('\nLimit: '), pen.plain(evidence.threshold, 300), ...from];
  const remedy = evidence.remedy === undefined ? [] : [words('\nTo see it: '), pen.plain(evidence.remedy)];
  return [words(sign), pen.strong(evidence.title, 200), words(': '), pen.plain(saidOf(evidence)), ...limit, ...remedy];
}

function whenOf(evidence: EvidenceReport): readonly RichTextElement[] {
  const window = evidence.windowSeconds === undefined ? [] : [words(` · window ${evidence.windowSeconds} s`)];
  return [
    newPen(TEXT).plain(evidence.source, 200),
    words(' · '),
    ...asOf(new Date(evidence.asOf)),
    ...window,
    words(` · took ${Math.round(evidence.elapsedMs)} ms`),
  ];
}

export function asOf(when: Date): RichTextElement[] {
  return isDate(when) ? [words('as of '), moment(when)] : [moment(when)];
}
