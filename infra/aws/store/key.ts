import { createHash } from 'node:crypto';

/** DynamoDB's limit for a sort key, in bytes of UTF-8. */
const longestBytes = 1_024;
/** How much of an id that does not fit is kept in front, for the order and for people who look at the table. */
const headBytes = 512;
/** The last code point there is, and never a character: no plain id holds it, and what has it sorts last. */
const beyond = '\u{10FFFF}';

/**
 * The sort key of an id: the id itself, so that DynamoDB's order (by UTF-8 bytes) is that of the ids. What it cannot
 * hold (longer than 1 KB, lone surrogates, nothing) becomes as much of it as fits, and a hash of all of it.
 */
export function keyOf(id: string): string {
  return isPlain(id) ? id : `${headOf(id)}${beyond}${hashOf(id)}`;
}

export function isPlain(id: string): boolean {
  return id !== '' && id.isWellFormed() && !id.includes(beyond) && Buffer.byteLength(id) <= longestBytes;
}

function headOf(id: string): string {
  const [text = ''] = id.toWellFormed().split(beyond);
  // `stream`: a character that is cut in two is left out.
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(Buffer.from(text).subarray(0, headBytes), {
    stream: true,
  });
}

/** Over UTF-16, where lone surrogates differ from each other. */
function hashOf(id: string): string {
  return createHash('sha256').update(Buffer.from(id, 'utf16le')).digest('hex');
}
