import { crc32 } from 'node:zlib';

/** One request as it came, or the place of one whose bytes were damaged. `offset` is where it stands in its file. */
export interface Entry {
  readonly offset: number;
  readonly whole?: { readonly receivedAt: Date; readonly body: string };
}

/** Before each body: its length and a CRC-32 of all that follows (4 bytes each), and when it arrived (8, ms since 1970). */
const HEADER_BYTES = 16;
const AFTER_CRC = 8;

/** The header, to be written before the body. */
export function headerOf(body: Buffer, receivedAt: Date): Buffer {
  const header = Buffer.allocUnsafe(HEADER_BYTES);
  header.writeUInt32LE(body.length, 0);
  header.writeDoubleLE(receivedAt.getTime(), AFTER_CRC);
  header.writeUInt32LE(crc32(body, crc32(header.subarray(AFTER_CRC))), 4);
  return header;
}

export interface Decoded {
  readonly entries: readonly Entry[];
  /** So many bytes were entries; what follows is the beginning of one. */
  readonly bytes: number;
  /** How much the next entry needs, when its beginning is there. */
  readonly needsBytes?: number;
}

/** Reads entries from bytes that stand at `offset` of their file. A damaged one does not take the next with it. */
export function decode(chunk: Buffer, offset: number): Decoded {
  const entries: Entry[] = [];
  let at = 0;
  while (at + HEADER_BYTES <= chunk.length) {
    const end = at + HEADER_BYTES + chunk.readUInt32LE(at);
    if (end > chunk.length) return { entries, bytes: at, needsBytes: end - at };
    const intact = crc32(chunk.subarray(at + AFTER_CRC, end)) === chunk.readUInt32LE(at + 4);
    if (intact) entries.push({ offset: offset + at, whole: contentOf(chunk, at, end) });
    // One word for a whole stretch: where the disk gives zeros, every few bytes would be one.
    else if (entries.length === 0 || entries.at(-1)?.whole) entries.push({ offset: offset + at });
    at = end;
  }
  return { entries, bytes: at };
}

function contentOf(chunk: Buffer, at: number, end: number) {
  return {
    receivedAt: new Date(chunk.readDoubleLE(at + AFTER_CRC)),
    body: chunk.toString('utf8', at + HEADER_BYTES, end),
  };
}
