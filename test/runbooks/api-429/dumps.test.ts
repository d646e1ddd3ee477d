import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { clients, ownAnswer } from '../../../runbooks/api-429/dumps.ts';
import { loudest } from '../../../runbooks/api-429/holders.ts';

const recorded = (name: string) =>
  readFileSync(new URL(`../../recorded/kubernetes/${name}.txt`, import.meta.url), 'utf8');
const levelsOf = (status: number, text: string) => ownAnswer.schema.parse({ status, text });
const clientsOf = (status: number, text: string) => clients.schema.parse({ status, text });

describe('the dumps of a real API server while its etcd hung', () => {
  it('show which priority level waits; a level that counts nothing is left out', () => {
    const { levels } = levelsOf(200, recorded('apf-levels-etcd-stalled'));

    expect(levels.filter(({ waiting }) => waiting > 0)).toEqual([
      { name: 'workload-low', waiting: 203, executing: 293 },
    ]);
    expect(levels.map(({ name }) => name)).not.toContain('exempt');
    expect(levels).toHaveLength(6);
  });

  it('name the client, what it asks, and its level', () => {
    const all = clientsOf(200, recorded('apf-requests-etcd-stalled'));

    expect(all).toEqual([
      {
        level: 'workload-low',
        flow: 'service-accounts',
        user: 'system:serviceaccount:heavy:reader',
        requests: 24,
        verb: 'list',
        resource: 'events',
      },
    ]);
    expect(loudest(all)).toMatchObject({ user: 'system:serviceaccount:heavy:reader', of: 24 });
    expect(loudest(all, 'workload-high')).toBeUndefined();
  });
});

it('a real 429 to our own request is an answer: it says who refused', () => {
  const [, body = ''] = recorded('apf-429-queue-full').split('\n\n');

  expect(levelsOf(429, body)).toEqual({ status: 429, refuser: 'fairness', levels: [] });
  expect(clientsOf(429, body)).toBeNull();
});
