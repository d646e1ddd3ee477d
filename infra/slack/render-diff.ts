import type { RichTextPreformatted } from '@slack/types';
import type { DiffLine } from '../../engine/changes/rules.ts';
import { cost } from './escape.ts';
import { codeBlock, type Pen } from './rich.ts';

/** Bytes of one code block; a longer diff fills several. */
const BLOCK = 2_000;

/**
 * The exact changes as code: each object once, below it its fields with before → after. A value is shown as it is while
 * that leaves no doubt, and quoted where it could be taken for something else: another line, an arrow, nothing.
 */
export function diffBlocks(pen: Pen, diff: readonly DiffLine[], most: number): RichTextPreformatted[] {
  const shown = pen.first(diff, most);
  const lines = shown.flatMap(({ object, path, before, after }, index) => [
    ...(shown[index - 1]?.object === object ? [] : [literal(pen, object)]),
    `  ${literal(pen, path)}: ${literal(pen, before)} → ${literal(pen, after)}`,
  ]);
  return inBlocks(lines).map(codeBlock);
}

function literal(pen: Pen, text: string | null): string {
  if (text === null) return '(absent)';
  const plain = text !== '' && !/^["(]|^\s|\s$|[^\S ]|\u2192/.test(text);
  return pen.exact(plain ? text : JSON.stringify(text));
}

function inBlocks(lines: readonly string[]): readonly string[] {
  const blocks: string[] = [];
  let used = BLOCK;
  for (const line of lines) {
    const price = cost(`${line}\n`);
    const last = blocks.length - 1;
    if (used + price > BLOCK) {
      blocks.push(line);
      used = price;
    } else {
      blocks[last] = `${blocks[last]}\n${line}`;
      used += price;
    }
  }
  return blocks;
}
