import { messageOf, TryLater } from '../../../engine/errors.ts';
import { encode } from './entry.ts';
import { append, type Chunk, createSegment, read, remove, type Segment, segmentsIn } from './segment.ts';

/** A request that waits to be read. The id is the same after a crash, so that storing it twice changes nothing. */
export interface Waiting {
  readonly id: string;
  readonly receivedAt: Date;
  readonly body: string;
}

export interface Inbox {
  /** Durable when it resolves. Throws `TryLater` when it cannot be. */
  keep(body: string, receivedAt: Date): Promise<void>;
  /** The oldest that wait; none when all were taken. Only one reader at a time. */
  next(): Promise<readonly Waiting[]>;
  /** What `next` gave is stored elsewhere. */
  taken(): Promise<void>;
  waitingBytes(): number;
  close(): Promise<void>;
}

export interface InboxOptions {
  /** The data directory, already held by this process alone. */
  readonly directory: string;
  /** More than this is not kept: `TryLater`. */
  readonly maxBytes?: number;
  /** A new file is begun after so many bytes; a file goes when all of it was taken. */
  readonly segmentBytes?: number;
  /** Told of what was on the disk and cannot be read. */
  readonly onUnreadable?: (file: string, bytes: number) => void;
}

const MAX_BYTES = 1024 ** 3;
const SEGMENT_BYTES = 64 * 1024 ** 2;

interface Letter {
  readonly bytes: Buffer;
  readonly kept: () => void;
  readonly failed: (reason: TryLater) => void;
}

/**
 * Requests as they came, appended to files: nothing is looked at, so this is the cheapest way to be durable. Everything
 * that arrives while the disk works is the next write, so the rate grows with the number of senders.
 */
export async function openInbox(options: InboxOptions): Promise<Inbox> {
  const { directory, maxBytes = MAX_BYTES, segmentBytes = SEGMENT_BYTES, onUnreadable } = options;
  const segments = await segmentsIn(directory);
  let letters: Letter[] = [];
  let writing: Promise<void> | undefined;
  let current: Segment | undefined;
  let next: { readonly segment: Segment; readonly at: number } | undefined;
  let closed = false;

  const waitingBytes = () => segments.reduce((sum, { end, readAt }) => sum + end - readAt, 0);

  async function writeAll(): Promise<void> {
    while (letters.length > 0) {
      const group = letters;
      letters = [];
      try {
        current ??= await begin();
        const segment = current;
        await append(
          segment,
          group.map(({ bytes }) => bytes),
        );
        for (const { kept } of group) kept();
        if (segment.end >= segmentBytes) await seal(segment);
      } catch (failure) {
        // After a failed write nobody knows what the disk holds beyond the last good one: no more into this file.
        if (current) await seal(current).catch(() => {});
        const reason = tryLater(failure, directory);
        for (const { failed } of group) failed(reason);
      }
    }
    writing = undefined;
  }

  async function begin(): Promise<Segment> {
    const segment = await createSegment(directory, segments.at(-1)?.name ?? '0');
    segments.push(segment);
    return segment;
  }

  async function seal(segment: Segment): Promise<void> {
    current = undefined;
    const { writing: handle } = segment;
    delete segment.writing;
    await handle?.close();
  }

  /** Removes the files of which nothing is left to be read. */
  async function tidy(): Promise<void> {
    for (
      let [oldest] = segments;
      oldest && oldest.readAt >= oldest.end && !(writing && oldest === current);
      [oldest] = segments
    ) {
      segments.shift();
      if (oldest === current) current = undefined;
      await remove(oldest);
    }
  }

  return {
    keep: (body, receivedAt) => {
      if (closed) return Promise.reject(new TryLater('Nightshift is stopping: ask again when it has started.', 5_000));
      if (waitingBytes() > maxBytes) return Promise.reject(full(directory, maxBytes));
      return new Promise((kept, failed) => {
        letters.push({ bytes: encode(body, receivedAt), kept, failed });
        writing ??= writeAll();
      });
    },
    next: async () => {
      await tidy();
      const [segment] = segments;
      if (!segment || segment.readAt >= segment.end) return [];
      const chunk = await read(segment);
      if (chunk.entries.length === 0) {
        onUnreadable?.(segment.file, segment.end - segment.readAt);
        segment.readAt = segment.end;
        await tidy();
        return [];
      }
      next = { segment, at: chunk.next };
      return waitingOf(segment, chunk);
    },
    taken: async () => {
      if (next) next.segment.readAt = next.at;
      next = undefined;
      await tidy();
    },
    waitingBytes,
    close: async () => {
      closed = true;
      await writing;
      if (current) await seal(current);
    },
  };
}

export function waitingOf({ name }: Segment, { entries }: Chunk): Waiting[] {
  return entries.map(({ offset, ...entry }) => ({ id: `${name}-${offset}`, ...entry }));
}

function full(directory: string, maxBytes: number): TryLater {
  const mebibytes = Math.round(maxBytes / 1024 ** 2);
  return new TryLater(`More than ${mebibytes} MiB of requests wait in ${directory} to be read.`, 1_000);
}

function tryLater(failure: unknown, directory: string): TryLater {
  return new TryLater(
    `The disk that holds ${directory} cannot keep the request: ${messageOf(failure)}`,
    10_000,
    failure,
  );
}
