import { readFileSync } from 'node:fs';

export interface Recording {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** An answer of a real API server with status line and headers, as `test/recorded/kubernetes` keeps it. */
export function recording(name: string): Recording {
  const [head = '', ...body] = text(`kubernetes/${name}.txt`).split('\n\n');
  const [statusLine = '', ...lines] = head.split('\n');
  const headers = lines.map((line) => line.split(/: */, 2)).map(([key = '', value = '']) => [key.toLowerCase(), value]);
  const framing = ['content-length', 'transfer-encoding', 'date', 'connection'];
  return {
    status: Number(statusLine.split(' ')[1]),
    headers: Object.fromEntries(headers.filter(([key]) => !framing.includes(key ?? ''))),
    body: body.join('\n\n'),
  };
}

/** A recorded body alone, as JSON. */
export function recordedJson(path: string): unknown {
  return JSON.parse(text(`${path}.json`));
}

function text(path: string): string {
  return readFileSync(new URL(`../../recorded/${path}`, import.meta.url), 'utf8');
}
