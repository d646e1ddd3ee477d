import { TryLater } from '../../../engine/errors.ts';
import { createLane, type Lane } from './lane.ts';
import { type Chunk, read, remove, type Segment, segmentsIn } from './segment.ts';

/** A request that waits to be read. The id is the same after a crash, so that storing it twice changes nothing. */
export interface Waiting {
  readonly id: string;
  readonly receivedAt: Date;
  readonly body: string;
}

export interface Inbox {
  /** Durable when it resolves. Throws `TryLater` when it cannot be. */
  keep(body: Buffer, receivedAt: Date): Promise<void>;
  /** Some of those that wait, the oldest file first; none when all were taken. Only one reader at a time. */
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
/** While the disk works for one, the other gathers, and neither the disk nor the senders wait for each other. */
const LANES = 1;

/**
 * Requests as they came, appended to files: nothing is looked at, so this is the cheapest way to be durable. The rate
 * grows with the number of senders.
 */
export async function openInbox(options: InboxOptions): Promise<Inbox> {
  const { directory, maxBytes = MAX_BYTES, segmentBytes = SEGMENT_BYTES, onUnreadable } = options;
  const segments = await segmentsIn(directory);
  const lanes = Array.from({ length: LANES }, () => createLane(directory, segments, segmentBytes));
  let given: { readonly segment: Segment; readonly next: number } | undefined;
  let closed = false;

  const waitingBytes = () => segments.reduce((sum, { end, readAt }) => sum + end - readAt, 0);
  const shortest = () => lanes.reduce((best, lane) => (lane.length < best.length ? lane : best));

  /** Removes the files of which nothing is left to be read. */
  async function tidy(): Promise<void> {
    for (const segment of [...segments]) {
      if (segment.readAt < segment.end || lanes.some((lane) => lane.holds(segment))) continue;
      segments.splice(segments.indexOf(segment), 1);
      await remove(segment);
    }
  }

  return {
    keep: async (body, receivedAt) => {
      if (closed) throw new TryLater('Nightshift is stopping: ask again when it has started.', 5_000);
      if (waitingBytes() > maxBytes) throw full(directory, maxBytes);
      return shortest().keep(body, receivedAt);
    },
    next: async () => {
      await tidy();
      const segment = segments.find(({ readAt, end }) => readAt < end);
      if (!segment) return [];
      const chunk = await read(segment);
      if (chunk.entries.length > 0) {
        given = { segment, next: chunk.next };
        return waitingOf(segment, chunk);
      }
      onUnreadable?.(segment.file, segment.end - segment.readAt);
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
      await Promise.all(lanes.map((lane: Lane) => lane.close()));
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
