import { TryLater } from '../../../engine/errors.ts';
import { createAppender } from './appender.ts';
import { asideOf, type Chunk, read, remove, type Segment, segmentsIn } from './segment.ts';

/** A request that waits to be read. The id is the same after a crash, so that storing it twice changes nothing. */
export interface Waiting {
  readonly id: string;
  readonly receivedAt: Date;
  readonly body: string;
}

/** One or more requests whose bytes on the disk were damaged: the file is put aside. */
export interface Damaged {
  readonly id: string;
  readonly receivedAt: Date;
  readonly file: string;
}

export interface Inbox {
  /** Durable when it resolves. Throws `TryLater` when it cannot be. */
  keep(body: Buffer, receivedAt: Date): Promise<void>;
  /** Some of those that wait, the oldest file first; none when all were taken. Only one reader at a time. */
  next(): Promise<readonly (Waiting | Damaged)[]>;
  /** What `next` gave is stored elsewhere. */
  taken(): Promise<void>;
  waitingBytes(): number;
  close(): Promise<void>;
}

export interface InboxOptions {
  /** The data directory, already held by this process alone. */
  readonly directory: string;
  /** Throws `TryLater` when the directory is not the one that is held any more. */
  readonly present?: () => void;
  /** More than this is not kept: `TryLater`. */
  readonly maxBytes?: number;
  /** A new file is begun after so many bytes; a file goes when all of it was taken. */
  readonly segmentBytes?: number;
  /** Told of the end of a file that cannot be read: never acknowledged, as after a crash, or damaged. It is put aside. */
  readonly onUnreadable?: (file: string, bytes: number) => void;
}

const MAX_BYTES = 1024 ** 3;
const SEGMENT_BYTES = 64 * 1024 ** 2;

/**
 * Requests as they came, appended to files: nothing is looked at, so this is the cheapest way to be durable. The rate
 * grows with the number of senders.
 */
export async function openInbox(options: InboxOptions): Promise<Inbox> {
  const { directory, maxBytes = MAX_BYTES, segmentBytes = SEGMENT_BYTES, onUnreadable, present } = options;
  const segments = await segmentsIn(directory);
  const appender = createAppender(directory, segments, segmentBytes, present);
  let given: { readonly segment: Segment; readonly next: number } | undefined;
  let closed = false;

  const waitingBytes = () => segments.reduce((sum, { end, readAt }) => sum + end - readAt, 0);

  /** Removes the files of which nothing is left to be read. */
  async function tidy(): Promise<void> {
    for (const segment of [...segments]) {
      if (segment.readAt < segment.end || appender.holds(segment)) continue;
      segments.splice(segments.indexOf(segment), 1);
      await remove(segment);
    }
  }

  return {
    keep: async (body, receivedAt) => {
      if (closed) throw new TryLater('Nightshift is stopping: ask again when it has started.', 5_000);
      if (waitingBytes() > maxBytes) throw full(directory, maxBytes);
      return appender.keep(body, receivedAt);
    },
    next: async () => {
      await tidy();
      const segment = segments.find(({ readAt, end }) => readAt < end);
      if (!segment) return [];
      const chunk = await read(segment);
      if (chunk.entries.length > 0) {
        given = { segment, next: chunk.next };
        if (chunk.entries.some(({ whole }) => !whole)) segment.damaged = true;
        return waitingOf(segment, chunk);
      }
      onUnreadable?.(asideOf(segment), segment.end - segment.readAt);
      segment.damaged = true;
      segment.readAt = segment.end;
      await tidy();
      return [];
    },
    taken: async () => {
      if (given) given.segment.readAt = given.next;
      given = undefined;
      await tidy();
    },
    waitingBytes,
    close: async () => {
      closed = true;
      await appender.close();
    },
  };
}

export function waitingOf(segment: Segment, { entries }: Chunk): (Waiting | Damaged)[] {
  return entries.map(({ offset, whole }) => {
    const id = `${segment.name}-${offset}`;
    return whole ? { id, ...whole } : { id, receivedAt: new Date(Number(segment.name)), file: asideOf(segment) };
  });
}

function full(directory: string, maxBytes: number): TryLater {
  const mebibytes = Math.round(maxBytes / 1024 ** 2);
  return new TryLater(
    `More than ${mebibytes} MiB of requests wait in ${directory} to be read: what they are written to next, the database beside them, may be full or locked; the log says why.`,
    1_000,
  );
}
