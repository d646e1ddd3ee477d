/** How ids and values are written to SQLite and read back. */
export type Key = string | Uint8Array;

/**
 * An id or group name as SQLite keeps it apart from every other. Text is stored as UTF-8, where all lone surrogates
 * would become the same U+FFFD, so a string that holds one is stored as bytes; bytes sort after all text.
 */
export function toKey(text: string): Key {
  return text.isWellFormed() ? text : Buffer.from(text, 'utf16le');
}

export function fromKey(key: Key): string {
  return typeof key === 'string' ? key : Buffer.from(key.buffer, key.byteOffset, key.byteLength).toString('utf16le');
}

/** Throws a TypeError for what JSON cannot say, before it can trouble the writes it would share a transaction with. */
export function toJson(value: unknown): string {
  const text: string | undefined = JSON.stringify(value);
  if (text === undefined) throw new TypeError(`Only JSON can be stored, and this is ${typeof value}.`);
  return text;
}

const longestMs = 366 * 24 * 3_600_000;

/** A duration as a whole number from 0 to a year: `Retry-After` headers and arithmetic give fractions and worse. */
export function wholeMs(durationMs: number): number {
  return Math.min(Math.ceil(Math.max(0, durationMs)) || 0, longestMs);
}
