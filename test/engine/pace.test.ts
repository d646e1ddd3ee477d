import { expect, it } from 'vitest';
import { TryLater } from '../../engine/errors.ts';
import { pace } from '../../engine/pace.ts';

it('lets a burst through, then so many a second', () => {
  const clock = { at: 0, now: () => new Date(clock.at) };
  const take = pace(clock, { perSecond: 1, burst: 3 });
  for (let index = 0; index < 3; index += 1) take();
  expect(() => take()).toThrow(new TryLater('the channel is paced', 1_000));

  clock.at = 1_000;
  take();
  expect(() => take()).toThrow(TryLater);
});

it('keeps some for those who matter more', () => {
  const clock = { at: 0, now: () => new Date(clock.at) };
  const take = pace(clock, { perSecond: 1, burst: 3 });
  take(2);
  expect(() => take(2)).toThrow(new TryLater('the channel is paced', 1_000));
  take();
  take();
  expect(() => take()).toThrow(TryLater);

  clock.at = 1_000;
  expect(() => take(2), 'one that came back is for others, too').toThrow(TryLater);
  take();
});
