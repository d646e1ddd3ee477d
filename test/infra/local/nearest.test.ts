import { expect, it } from 'vitest';
import { didYouMean, nearest } from '../../../infra/local/nearest.ts';

const worlds = ['kubelet-stopped', 'etcd-slow-disk', 'quiet'];

it.each([
  ['quite', 'quiet'],
  ['Quiet', 'quiet'],
  ['etcd', 'etcd-slow-disk'],
  ['kubelet-stoped', 'kubelet-stopped'],
  ['etcdslowdsk', 'etcd-slow-disk'],
])('takes %s for %s', (typed, meant) => {
  expect(nearest(typed, worlds)).toBe(meant);
  expect(didYouMean(typed, worlds)).toBe(`; did you mean ${meant}?`);
});

it.each(['nope', 'x', 'q', '', 'completely-else'])('guesses nothing for %j', (typed) => {
  expect(nearest(typed, worlds)).toBeUndefined();
  expect(didYouMean(typed, worlds)).toBe('');
});

it('takes no short name for another that shares no letter with it', () => {
  expect(nearest('a', ['b', 'cd'])).toBeUndefined();
});
