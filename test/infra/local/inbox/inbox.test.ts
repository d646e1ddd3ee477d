import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import { TryLater } from '../../../../engine/errors.ts';
import { type Inbox, type InboxOptions, openInbox } from '../../../../infra/local/inbox/inbox.ts';
import { lettersIn } from '../../../../infra/local/inbox/unread.ts';
import { hostileNames } from '../../../contract/place.ts';
import { freshDirectory } from '../store/fresh.ts';
import { fillFile, mountSmall, needsMount } from '../store/small-disk.ts';

const at = new Date('2026-11-21T03:00:00.123Z');

async function opened(directory: string, options: Partial<InboxOptions> = {}): Promise<Inbox> {
  const inbox = await openInbox({ directory, ...options });
  onTestFinished(() => inbox.close());
  return inbox;
}

/** Takes everything, as whoever reads it does. */
async function takeAll(inbox: Inbox): Promise<string[]> {
  const bodies: string[] = [];
  for (;;) {
    const waiting = await inbox.next();
    if (waiting.length === 0 && inbox.waitingBytes() === 0) return bodies;
    bodies.push(...waiting.map((one) => ('body' in one ? one.body : 'damaged')));
    await inbox.taken();
  }
}

const filesIn = (directory: string) => readdirSync(directory).filter((name) => name.endsWith('.log'));
const numbered = (count: number) => Array.from({ length: count }, (_, n) => `body ${n}`);

describe('the inbox', () => {
  it('gives back what it kept, in order, each with its time of arrival and an id of its own', async () => {
    const inbox = await opened(freshDirectory());
    const bodies = ['', ...hostileNames.filter((name) => name.isWellFormed()), 'x'.repeat(3_000_000), ...numbered(300)];

    await Promise.all(bodies.map((body) => inbox.keep(Buffer.from(body), at)));

    const first = await inbox.next();
    expect(first[0]).toMatchObject({ body: '', receivedAt: at });
    expect(new Set(first.map(({ id }) => id)).size).toBe(first.length);
    expect(await takeAll(inbox)).toEqual(bodies);
  });

  it('leaves no file when all was taken, and takes more after that', async () => {
    const directory = freshDirectory();
    const inbox = await opened(directory);
    expect(filesIn(directory)).toEqual([]);

    await inbox.keep(Buffer.from('one'), at);
    expect(filesIn(directory)).toHaveLength(1);
    expect(statSync(join(directory, filesIn(directory)[0] ?? '')).mode & 0o777).toBe(0o600);
    expect(await takeAll(inbox)).toEqual(['one']);
    expect(filesIn(directory)).toEqual([]);

    await inbox.keep(Buffer.from('two'), at);
    expect(await takeAll(inbox)).toEqual(['two']);
  });

  it('begins a new file when one is long, and removes each when it was taken', async () => {
    const directory = freshDirectory();
    const inbox = await opened(directory, { segmentBytes: 1_000 });
    for (const body of numbered(100)) await inbox.keep(Buffer.from(body), at);
    expect(filesIn(directory).length).toBeGreaterThan(2);

    expect(await takeAll(inbox)).toEqual(numbered(100));
    expect(filesIn(directory)).toEqual([]);
  });

  it('keeps its order while it is read and written at once', async () => {
    const inbox = await opened(freshDirectory(), { segmentBytes: 2_000 });
    const bodies = numbered(500);
    const reading = (async () => {
      const all: string[] = [];
      while (all.length < bodies.length) {
        all.push(...(await takeAll(inbox)));
        await setImmediate();
      }
      return all;
    })();
    for (let n = 0; n < bodies.length; n += 10) {
      await Promise.all(bodies.slice(n, n + 10).map((body) => inbox.keep(Buffer.from(body), at)));
    }

    expect(await reading).toEqual(bodies);
  });

  it('keeps no more than it may, and says so', async () => {
    const directory = freshDirectory();
    const inbox = await opened(directory, { maxBytes: 1_000 });
    await inbox.keep(Buffer.from('x'.repeat(2_000)), at);

    await expect(inbox.keep(Buffer.from('one more'), at)).rejects.toThrow(
      /More than 0 MiB of requests wait in .* to be read/,
    );
    await takeAll(inbox);
    await inbox.keep(Buffer.from('one more'), at);
    expect(await takeAll(inbox)).toEqual(['one more']);
  });

  it('takes nothing after it was closed', async () => {
    const inbox = await opened(freshDirectory());
    await inbox.close();

    await expect(inbox.keep(Buffer.from('late'), at)).rejects.toThrow(TryLater);
  });
});

describe('the inbox after a crash', () => {
  /** What a process that was killed leaves behind: nothing was closed, nothing was taken. */
  async function leftBehind(bodies: readonly string[]): Promise<{ directory: string; file: string }> {
    const directory = freshDirectory();
    const inbox = await opened(directory);
    for (const body of bodies) await inbox.keep(Buffer.from(body), at);
    return { directory, file: join(directory, filesIn(directory)[0] ?? '') };
  }

  it('gives what was not taken once more, under the same ids', async () => {
    const { directory } = await leftBehind(numbered(3));
    const first = await (await opened(directory)).next();
    const again = await opened(directory);

    expect(await again.next()).toEqual(first);
    await again.keep(Buffer.from('after the crash'), at);
    expect(await takeAll(again)).toEqual([...numbered(3), 'after the crash']);
    expect(filesIn(directory)).toEqual([]);
  });

  it.each([1, 5, 16, 20])('gives all that is whole when the last %i bytes never came to the disk', async (bytes) => {
    const { directory, file } = await leftBehind(numbered(3));
    truncateSync(file, statSync(file).size - bytes);
    const told: number[] = [];
    const inbox = await opened(directory, { onUnreadable: (_file, rest) => told.push(rest) });

    expect(await takeAll(inbox)).toEqual(numbered(2));
    expect(told).toEqual([16 + 'body 2'.length - bytes]);
    expect(filesIn(directory)).toEqual([]);
  });

  it.each([
    ['in the body', 'body 1', 0],
    ['in the checksum', 'body 1', -12],
  ])('tells of a request that was damaged %s, gives the others, and puts the file aside', async (_where, mark, by) => {
    const { directory, file } = await leftBehind(numbered(3));
    const bytes = readFileSync(file);
    const at = bytes.indexOf(mark) + by;
    bytes[at] = (bytes[at] ?? 0) ^ 1;
    writeFileSync(file, bytes);
    const inbox = await opened(directory);

    expect(await takeAll(inbox)).toEqual(['body 0', 'damaged', 'body 2']);
    expect(filesIn(directory)).toEqual([]);
    expect(readFileSync(file.replace('.log', '.damaged'))).toEqual(bytes);
  });

  it('tells once of a long stretch of zeros, and of an end that makes no sense', async () => {
    const { directory, file } = await leftBehind(numbered(1));
    writeFileSync(file, Buffer.concat([readFileSync(file), Buffer.alloc(100_000), Buffer.alloc(17, 0xff)]));
    const told: number[] = [];
    const inbox = await opened(directory, { onUnreadable: (_file, bytes) => told.push(bytes) });

    expect(await takeAll(inbox)).toEqual(['body 0', 'damaged']);
    expect(told).toEqual([17]);
  });

  it('can be looked into from outside', async () => {
    const { directory } = await leftBehind(numbered(3));

    const bodies: string[] = [];
    for await (const one of lettersIn(directory)) bodies.push('body' in one ? one.body : '');
    expect(bodies).toEqual(numbered(3));
    expect(filesIn(directory)).toHaveLength(1);
  });
});

describe('the inbox on a disk in trouble', () => {
  it('refuses what it cannot keep, with the reason, and keeps the next', async () => {
    const directory = freshDirectory();
    const inbox = await opened(directory);
    rmSync(directory, { recursive: true });

    await expect(inbox.keep(Buffer.from('lost'), at)).rejects.toMatchObject({
      code: 'TRY_LATER',
      message: expect.stringContaining(`The disk that holds ${directory} cannot keep the request: ENOENT`),
    });
    execFileSync('mkdir', [directory]);
    await inbox.keep(Buffer.from('kept'), at);
    expect(await takeAll(inbox)).toEqual(['kept']);
  });

  it.skipIf(needsMount())('loses nothing it acknowledged when the disk is full', async () => {
    const directory = freshDirectory();
    mountSmall(directory);
    onTestFinished(() => {
      execFileSync('umount', ['--lazy', directory]);
    });
    fillFile(join(directory, 'ballast'), 500_000);
    const inbox = await opened(directory);
    const bodies = Array.from({ length: 200 }, (_, n) => `${n}`.padEnd(10_000, '.'));

    const outcomes: PromiseSettledResult<void>[] = [];
    for (let n = 0; n < bodies.length; n += 10)
      outcomes.push(
        ...(await Promise.allSettled(bodies.slice(n, n + 10).map((body) => inbox.keep(Buffer.from(body), at)))),
      );
    const acknowledged = bodies.filter((_body, n) => outcomes[n]?.status === 'fulfilled');
    expect(acknowledged.length).toBeGreaterThan(5);
    expect(acknowledged.length).toBeLessThan(100);

    rmSync(join(directory, 'ballast'));
    await inbox.keep(Buffer.from('room again'), at);
    expect(await takeAll(inbox)).toEqual([...acknowledged, 'room again']);
  });
});
