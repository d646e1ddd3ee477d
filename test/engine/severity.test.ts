import { expect, it } from 'vitest';
import { severityRank } from '../../engine/severity.ts';

const rank = (severity?: string) => severityRank({ labels: severity === undefined ? {} : { severity } });

it('severities are ranked as people write them, and a word nobody knows is not below one that is known', () => {
  const groups = [
    [undefined, 'none'],
    ['info', 'P4', 'low'],
    ['warning', 'Warning', 'P3'],
    ['error', 'major', 'P2'],
    ['critical', 'CRITICAL', 'P1', 'sev-1', 'disaster-stop'],
    ['page', 'P0'],
  ];
  const ranks = groups.map((words) => [...new Set(words.map(rank))]);
  expect(ranks.every((one) => one.length === 1)).toBe(true);
  expect(ranks.flat()).toEqual(ranks.flat().toSorted());
});
