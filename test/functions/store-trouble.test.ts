import { expect, it } from 'vitest';
import { storeTrouble } from '../../functions/store-trouble.ts';

it('a store that fails is told of at once, then once a minute, each reason by itself', () => {
  let nowMs = 0;
  const lines: unknown[] = [];
  const log = { error: (line: unknown) => lines.push(line) };
  const tell = storeTrouble(log, { now: () => new Date(nowMs) });

  for (; nowMs < 61_000; nowMs += 125) tell(new Error('the disk is full'));
  tell(new Error('the database is locked'));

  expect(lines).toEqual([
    { reason: 'the disk is full' },
    { reason: 'the disk is full', meanwhile: 479 },
    { reason: 'the database is locked' },
  ]);
});
