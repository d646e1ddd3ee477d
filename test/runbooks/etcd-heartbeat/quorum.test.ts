import { describe, expect, it } from 'vitest';
import { quorumMargin, quorumOf } from '../../../runbooks/etcd-heartbeat/members.ts';
import { written } from './cases.ts';
import { verdict, world } from './world.ts';

describe('the arithmetic of quorums', () => {
  it('needs more than half', () => {
    expect([1, 2, 3, 4, 5].map(quorumOf)).toEqual([1, 2, 2, 3, 3]);
  });

  it('leaves margins of 1, 0 and −1 with 0, 1 and 2 of 3 unhealthy', () => {
    expect([3, 2, 1].map((healthy) => quorumMargin(3, healthy))).toEqual([1, 0, -1]);
  });
});

/**
 * Three runs of `kubectl get cs`, as the article shows them: `etcd-1  Unhealthy  HTTP probe failed with statuscode: 503`. Nobody
 * asks etcd so any more; its pod turns not ready by the same answer of its /readyz.
 */
describe('the output of kubectl get cs, in which 0, then 1, then 2 of 3 members answer 503', () => {
  const unhealthy = (count: number, etcdCheck: 'ok' | 'failed' = 'ok') =>
    world((made) => {
      for (const { pod } of made.members.slice(3 - count)) pod.ready = false;
      made.etcdCheck = etcdCheck;
    });

  it.each([0, 1, 2])('is no lost quorum with %s: each of them ran, and heard a leader', async (count) => {
    expect(await verdict(unhealthy(count), 'quorumLost')).toMatchObject({ verdict: 'ruled-out' });
    expect((await verdict(unhealthy(count), 'memberDown')).verdict).not.toBe('confirmed');
  });

  it('is none of itself where their metrics are not seen: a read of over a second answers 503 as well', async () => {
    const unseen = (etcdCheck: 'ok' | 'failed') => {
      const made = unhealthy(2, etcdCheck);
      made.without.add('members');
      return made;
    };
    expect(await verdict(unseen('ok'), 'quorumLost')).toMatchObject({ verdict: 'ruled-out' });
    expect(await verdict(unseen('failed'), 'quorumLost')).not.toMatchObject({ verdict: 'ruled-out' });
  });
});

describe('members that do not vote', () => {
  const reasonOf = async (name: string, cause: string) => {
    const made = written[name]?.world;
    if (made === undefined) throw new Error(`no case ${name}`);
    return (await verdict(made, cause)).reason;
  };

  it('are no part of the quorum, nor of what is left for one', async () => {
    expect(await reasonOf('learners-do-not-make-a-quorum', 'quorumLost')).toContain(
      '1 of 3 members answer (quorum 2; 2 learners besides, without a vote)',
    );
    expect(await reasonOf('learner-and-a-voter-down', 'memberDown')).toContain(
      '2 of 3 members are left: one more loss stops all writes',
    );
  });
});

describe('two etcds under one job', () => {
  it('are told apart by name, and a leader of the one says nothing of the other', async () => {
    const made = written['two-etcds-and-one-without-quorum']?.world;
    const { reason } = await verdict(
      made ??
        (() => {
          throw new Error('no such case');
        })(),
      'quorumLost',
    );

    expect(reason).toMatch(/^several etcds under one job; .*cp-1.*cp-2.*cp-3 .*: etcd-cp-1 .* has no leader; 1 of 3/);
  });
});
