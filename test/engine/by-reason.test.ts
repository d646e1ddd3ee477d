import { expect, it } from 'vitest';
import { byReason } from '../../engine/by-reason.ts';

it('causes that are left open, or ruled out, for one reason stand there together, with the reason once', () => {
  const noPods = "the alert's target names no pods, so none was looked at";

  expect(
    byReason([
      { title: 'A pod is out of memory', reason: noPods },
      { title: 'A new version', reason: 'no rollout in the hour before' },
      { title: 'A crash loop', reason: noPods },
    ]),
  ).toEqual([
    { title: 'A pod is out of memory; A crash loop', reason: noPods },
    { title: 'A new version', reason: 'no rollout in the hour before' },
  ]);
});
