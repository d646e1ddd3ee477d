import { styleText } from 'node:util';

export interface TerminalOptions {
  readonly columns: number;
  readonly colour: boolean;
}

export type Style = Parameters<typeof styleText>[0];
export type Painter = (style: Style, text: string) => string;

export function painter(colour: boolean): Painter {
  return (style, text) => (colour ? styleText(style, text, { validateStream: false }) : text);
}

/** What could steer the terminal, hide text or forge a line becomes visible; a tab may stay. */
export function harmless(text: string): string {
  return text.replace(/(?!\t)[\p{Cc}\p{Cf}]/gu, '�');
}

/** JSON of the same value, which steers no terminal and hides nothing: `JSON.stringify` escapes only what is below space. */
export function harmlessJson(value: unknown, space?: number): string {
  return JSON.stringify(value, null, space).replace(/[\p{Cc}\p{Cf}]/gu, (sign) =>
    sign === '\n' ? sign : sign.replace(/[\s\S]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`),
  );
}

/** One harmless line, cut at `most` characters. */
export function oneLine(text: string, most: number): string {
  const clean = harmless(text);
  return clean.length > most ? `${clean.slice(0, most - 1)}…` : clean;
}

export interface Margins {
  readonly columns: number;
  readonly indent?: number;
  /** Of every line but the first; default: like the first. */
  readonly hanging?: number;
  /** Never break inside a word: for what is there to be copied. Web addresses are always kept whole. */
  readonly keepWords?: boolean;
}

/** Breaks at spaces; a word longer than a line is broken, or stands on a line of its own where it must be kept whole. */
export function wrap(text: string, { columns, indent = 0, hanging = indent, keepWords = false }: Margins): string[] {
  const lines: string[] = [];
  let line = '';
  const margin = () => ' '.repeat(lines.length === 0 ? indent : hanging);
  const room = () => Math.max(1, columns - margin().length);
  const end = (at = line.length) => {
    const whole = line;
    lines.push(`${margin()}${whole.slice(0, at)}`);
    line = whole.slice(at);
  };
  for (const word of text.split(/\s+/).filter(Boolean).map(harmless)) {
    if (line !== '' && line.length + 1 + word.length > room()) end();
    line = line === '' ? word : `${line} ${word}`;
    while (line.length > room() && !keepWords && !/https?:\/\//.test(line)) end(room());
  }
  if (line !== '') end();
  return lines;
}
