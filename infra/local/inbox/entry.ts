import { crc32 } from 'node:zlib';

/** One request as it came. `offset` is where it stands in its file, in bytes. */
export interface Entry {
  readonly offset: number;
  readonly receivedAt: Date;
  readonly body: string;
}

/** Before each body: its length and a CRC-32 of all that follows (4 bytes each), and when it arrived (8, ms since 1970). */
const HEADER_BYTES = 16;
const AFTER_CRC = 8;

export function encode(body: string, receivedAt: Date): Buffer {
  const length = Buffer.byteLength(body);
  const bytes = Buffer.allocUnsafe(HEADER_BYTES + length);
  bytes.writeUInt32LE(length, 0);
  bytes.writeDoubleLE(receivedAt.getTime(), AFTER_CRC);
  bytes.write(body, HEADER_BYTES);
  bytes.writeUInt32LE(crc32(bytes.subarray(AFTER_CRC)), 4);
  return bytes;
}

export interface Decoded {
  readonly entries: readonly Entry[];
  /** So many bytes were entries; what follows is the beginning of one, or nothing that was ever whole. */
  readonly bytes: number;
  /** How much the next entry needs, when its beginning is there. */
  readonly needsBytes?: number;
}

/** Reads whole entries from bytes that stand at `offset` of their file. */
export function decode(chunk: Buffer, offset: number): Decoded {
  const entries: Entry[] = [];
  let at = 0;
  while (at + HEADER_BYTES <= chunk.length) {
    const end = at + HEADER_BYTES + chunk.readUInt32LE(at);
    if (end > chunk.length) return { entries, bytes: at, needsBytes: end - at };
    if (crc32(chunk.subarray(at + AFTER_CRC, end)) !== chunk.readUInt32LE(at + 4)) break;
    entries.push({
      offset: offset + at,
      receivedAt: new Date(chunk.readDoubleLE(at + AFTER_CRC)),
      body: chunk.toString('utf8', at + HEADER_BYTES, end),
    });
    at = end;
  }
  return { entries, bytes: at };
}
