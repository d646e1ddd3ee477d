import { messageOf, TryLater } from '../../../engine/errors.ts';
import { headerOf } from './entry.ts';
import { append, createSegment, type Segment, seal } from './segment.ts';

/** Writes one file at a time, one group of requests after the other. */
export interface Appender {
  /** Durable when it resolves. Throws `TryLater` when it cannot be. */
  keep(body: Buffer, receivedAt: Date): Promise<void>;
  /** Whether this file is still written to; one that is idle is let go, for its reader to remove. */
  holds(segment: Segment): boolean;
  close(): Promise<void>;
}

interface Letter {
  readonly header: Buffer;
  readonly body: Buffer;
  readonly kept: () => void;
  readonly failed: (reason: TryLater) => void;
}

/** Everything that arrives while the disk works is the next write. `segments` is where it puts its files. */
export function createAppender(
  directory: string,
  segments: Segment[],
  segmentBytes: number,
  present: () => void = () => {},
): Appender {
  let letters: Letter[] = [];
  let writing: Promise<void> | undefined;
  let current: Segment | undefined;

  async function writeAll(): Promise<void> {
    while (letters.length > 0) {
      const group = letters;
      letters = [];
      try {
        present();
        current ??= await begin();
        await append(
          current,
          group.flatMap(({ header, body }) => [header, body]),
        );
        for (const { kept } of group) kept();
        if (current.end >= segmentBytes) await end();
      } catch (failure) {
        // After a failed write nobody knows what the disk holds beyond the last good one: no more into this file.
        await end().catch(() => {});
        const reason = tryLater(failure, directory);
        for (const { failed } of group) failed(reason);
      }
    }
    writing = undefined;
  }

  async function begin(): Promise<Segment> {
    const segment = await createSegment(directory, segments.at(-1)?.name);
    segments.push(segment);
    return segment;
  }

  async function end(): Promise<void> {
    const segment = current;
    current = undefined;
    if (segment) await seal(segment);
  }

  return {
    keep: (body, receivedAt) =>
      new Promise((kept, failed) => {
        letters.push({ header: headerOf(body, receivedAt), body, kept, failed });
        writing ??= writeAll();
      }),
    holds: (segment) => {
      if (segment !== current) return false;
      if (writing) return true;
      current = undefined;
      return false;
    },
    close: async () => {
      await writing;
      await end();
    },
  };
}

function tryLater(failure: unknown, directory: string): TryLater {
  if (failure instanceof TryLater) return failure;
  return new TryLater(
    `The disk that holds ${directory} cannot keep the request: ${messageOf(failure)}. Free space on it, or mend it`,
    10_000,
    failure,
  );
}
