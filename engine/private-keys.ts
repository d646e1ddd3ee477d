import { MASK } from './mask.ts';

const BEGIN = /-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----/g;
const END = /-----END [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----/g;
/** A key of 8192 bits fills 6,400 characters: what stands further behind its first line is no part of it. */
const LONGEST_KEY_CHARS = 8_000;
/** Lines of a key are 64 characters (PEM) or 70 (OpenSSH) long: two of them in a row are read as one, wherever it began. */
const BODY = /(?:^[ \t]*(?=\S*[A-Z])(?=\S*[a-z])[A-Za-z0-9+/]{60,76}={0,2}[ \t]*\r?(?:\n|$)){2,}/gm;
const LONG_LINE_CHARS = 40;

/** Masks private keys: whole ones, and what is left of one whose beginning or end was cut away. */
export function maskPrivateKeys(text: string): string {
  const whole = text.includes('PRIVATE KEY') ? withoutTails(withoutBeginnings(text)) : text;
  return whole.replace(BODY, (body) => `${MASK}${body.endsWith('\n') ? '\n' : ''}`);
}

/** From the first line of a key to its last; where there is no last one, as far as a key may go. */
function withoutBeginnings(text: string): string {
  const parts: string[] = [];
  let from = 0;
  for (let begin = next(BEGIN, text, 0); begin; begin = next(BEGIN, text, from)) {
    const end = next(END, text.slice(0, begin.index + LONGEST_KEY_CHARS), begin.index);
    parts.push(text.slice(from, begin.index), MASK);
    from = end ? end.index + end[0].length : Math.min(text.length, begin.index + LONGEST_KEY_CHARS);
  }
  return [...parts, text.slice(from)].join('');
}

/** The last lines of a key of which the first is not there any more. */
function withoutTails(text: string): string {
  const parts: string[] = [];
  let from = 0;
  for (let end = next(END, text, 0); end; end = next(END, text, from)) {
    const before = text.slice(Math.max(from, end.index - LONGEST_KEY_CHARS), end.index);
    parts.push(text.slice(from, end.index - before.length), withoutLastLines(before), MASK);
    from = end.index + end[0].length;
  }
  return [...parts, text.slice(from)].join('');
}

/** The last line of a key may be short, but stands alone; those before it are long. */
function withoutLastLines(before: string): string {
  let kept = before.length;
  for (let isLast = true; ; isLast = false) {
    const end = backWhile(before, kept, isBetweenLines);
    const start = startOfLine(before, end);
    const isOfKey = end - start >= LONG_LINE_CHARS || (isLast && end > start && standsAlone(before, start));
    if (!isOfKey) return before.slice(0, kept);
    kept = start;
  }
}

/** Also as a program writes a text of lines within a line (`\\n`), and as they are joined to be shown (`|`). */
function isBetweenLines(text: string, at: number): boolean {
  return /[\s|"',\\]/.test(text[at] ?? '') || (/[nr]/.test(text[at] ?? '') && text[at - 1] === '\\');
}

function startOfLine(text: string, end: number): number {
  const start = backWhile(text, end, (_, at) => /[A-Za-z0-9+/=]/.test(text[at] ?? ''));
  return text[start - 1] === '\\' && /[nr]/.test(text[start] ?? '') ? start + 1 : start;
}

function standsAlone(text: string, start: number): boolean {
  const line = backWhile(text, start, (_, at) => text[at] === ' ' || text[at] === '\t');
  return line === 0 || /[\n|]/.test(text[line - 1] ?? '') || /\\[nr]$/.test(text.slice(Math.max(0, line - 2), line));
}

function backWhile(text: string, from: number, holds: (text: string, at: number) => boolean): number {
  let at = from;
  while (at > 0 && holds(text, at - 1)) at -= 1;
  return at;
}

function next(pattern: RegExp, text: string, from: number): RegExpExecArray | null {
  pattern.lastIndex = from;
  return pattern.exec(text);
}
