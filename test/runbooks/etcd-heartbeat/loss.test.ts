import { describe, expect, it } from 'vitest';
import { quorumMargin, quorumOf } from '../../../runbooks/etcd-heartbeat/members.ts';
import { look, lose, verdict, type World, world } from './world.ts';

const refused = 0.001;
const hanging = 5;

/** The three verdicts on lost members. */
async function verdicts(made: World) {
  const { causes } = await look(made);
  const of = (id: string) => causes.find((cause) => cause.id === id)?.verdict;
  return { quorum: of('quorumLost'), down: of('memberDown'), stuck: of('memberStuck') };
}

describe('the members', () => {
  it('are all there in health', async () => {
    expect(await verdicts(world())).toEqual({ quorum: 'ruled-out', down: 'ruled-out', stuck: 'ruled-out' });
  });

  it('have lost one that refuses connections: down, not stuck, and the margin is told', async () => {
    const made = world((made, _, follower) => {
      lose(made, follower, refused);
    });

    expect(await verdicts(made)).toEqual({ quorum: 'ruled-out', down: 'confirmed', stuck: 'ruled-out' });
    expect((await verdict(made, 'memberDown')).reason).toBe(
      'etcd-cp-2 (10.0.0.2:2381) refuses connections (scrape failed after 1 ms); 2 of 3 members are left: one more loss stops all writes',
    );
  });

  it('have one that hangs: stuck, not down', async () => {
    const made = world((made, _, follower) => {
      lose(made, follower, hanging);
    });

    expect(await verdicts(made)).toEqual({ quorum: 'ruled-out', down: 'ruled-out', stuck: 'confirmed' });
    expect((await verdict(made, 'memberStuck')).reason).toContain('does not answer it within 5 s');
  });

  it('are not called stuck while only scrapes hang and the peers still hear the member', async () => {
    const made = world((made, _, follower) => {
      lose(made, follower, hanging);
      for (const member of made.members) member.peersTo = {};
    });

    expect(await verdict(made, 'memberStuck')).toMatchObject({
      verdict: 'inconclusive',
      reason: expect.stringContaining('hang while its peers hear it'),
    });
  });

  it('are told apart from a machine that is cut off only where a trusted API server calls its node ready', async () => {
    const stuck = (etcdCheck: World['etcdCheck']) =>
      world((made, _, follower) => {
        lose(made, follower, hanging);
        made.etcdCheck = etcdCheck;
      });

    expect((await verdict(stuck('ok'), 'memberStuck')).reason).not.toContain('cut off from the network');
    expect((await verdict(stuck('failed'), 'memberStuck')).reason).toContain('cut off from the network');
  });

  it('are electing when all answer and none has a leader', async () => {
    const made = world((made) => {
      for (const { members } of made.members) Object.assign(members, { hasLeader: 0, leads: 0 });
    });

    expect(await verdict(made, 'quorumLost')).toMatchObject({
      verdict: 'confirmed',
      reason: expect.stringContaining('3 of 3 members answer (quorum 2): they are electing one'),
    });
  });

  it('have one that hangs with its memory at its limit, as last heard of', async () => {
    const made = world((made, _, follower) => {
      lose(made, follower, hanging);
      follower.members.memoryBytes = 534_000_000;
      follower.pod.limits.memory = '512Mi';
    });

    expect((await verdict(made, 'memberStuck')).reason).toContain(
      '509 MiB of memory, which is its limit (512 MiB): it waits for memory',
    );
  });

  it('have one whose machine is gone when it hangs and its node is not ready', async () => {
    const made = world((made, _, follower) => {
      lose(made, follower, hanging);
      follower.pod.nodeReady = 'Unknown';
    });

    expect(await verdicts(made)).toEqual({ quorum: 'ruled-out', down: 'confirmed', stuck: 'inconclusive' });
    expect((await verdict(made, 'memberDown')).reason).toContain('its node cp-2 is not ready');
  });

  it('leave open what a scrape failure between the two limits means', async () => {
    expect(await verdicts(world((made, _, follower) => lose(made, follower, 0.7)))).toMatchObject({
      down: 'inconclusive',
      stuck: 'inconclusive',
    });
  });

  it('are not called down when only the scrape is refused and the peers still hear the member', async () => {
    const made = world((made, _, follower) => {
      lose(made, follower, refused);
      for (const member of made.members) member.peersTo = {};
    });

    expect(await verdict(made, 'memberDown')).toMatchObject({
      verdict: 'inconclusive',
      reason: expect.stringContaining('a matter of the scrape'),
    });
  });

  it('are not called down by a scrape that fails at once, when nobody else speaks of the member', async () => {
    const made = world((made, _, follower) => {
      lose(made, follower, refused);
      made.without.add('peers');
    });

    expect(await verdict(made, 'memberDown')).toMatchObject({
      verdict: 'inconclusive',
      reason: expect.stringContaining('down, or only the scrape is refused (port, certificate)'),
    });
    const [, follower] = made.members;
    Object.assign(follower?.pod ?? {}, { ready: false });
    expect((await verdict(made, 'memberDown')).verdict).toBe('confirmed');
  });

  it.each([
    ['fail at once', refused, 'memberDown'],
    ['hang', hanging, 'memberStuck'],
  ])('are not lost when all scrapes %s and the API server reaches etcd', async (_, seconds, cause) => {
    const unscraped = (etcdCheck: World['etcdCheck']) =>
      world((made) => {
        for (const member of made.members) lose(made, member, seconds);
        made.etcdCheck = etcdCheck;
      });

    expect(await verdict(unscraped('ok'), cause)).toMatchObject({
      verdict: 'inconclusive',
      reason: expect.stringMatching(/check passes, for which 2 of 3 members must be well: a matter of the scrape/),
    });
    expect((await verdict(unscraped('ok'), 'notObservable')).reason).toBe(
      'no scrape of the 3 members that Prometheus knows is answered now',
    );
    expect((await verdict(unscraped('failed'), 'quorumLost')).verdict).toBe('confirmed');
  });

  it('have lost the quorum when two of three are gone and the last has no leader', async () => {
    const made = world((made, leader) => {
      for (const member of made.members.slice(1)) lose(made, member, refused);
      Object.assign(leader.members, { hasLeader: 0, leads: 0 });
      made.etcdCheck = 'failed';
    });

    expect(await verdicts(made)).toEqual({ quorum: 'confirmed', down: 'confirmed', stuck: 'ruled-out' });
    expect((await verdict(made, 'quorumLost')).reason).toBe(
      'etcd-cp-1 (10.0.0.1:2381) has no leader; 1 of 3 members answer (quorum 2)',
    );
    expect((await verdict(made, 'memberDown')).reason).toContain('too few for a quorum');
  });

  it('do not prove a lost quorum by silence alone: two unhealthy of three that still show a leader', async () => {
    const silent = (seen: 'API server seen' | 'API server unseen') =>
      world((made) => {
        for (const member of made.members.slice(1)) lose(made, member, refused);
        if (seen === 'API server unseen') made.failing.set('Kubernetes', 'timed-out');
      });

    expect((await verdict(silent('API server seen'), 'quorumLost')).verdict).toBe('ruled-out');
    expect((await verdict(silent('API server unseen'), 'quorumLost')).verdict).toBe('inconclusive');
  });

  it('are all stuck when none answers: only the API server tells whether there is a quorum', async () => {
    const stalled = (etcdCheck: World['etcdCheck']) =>
      world((made) => {
        for (const member of made.members) lose(made, member, hanging);
        made.etcdCheck = etcdCheck;
      });

    expect(await verdicts(stalled('failed'))).toEqual({ quorum: 'confirmed', down: 'ruled-out', stuck: 'confirmed' });
    expect(await verdicts(stalled('ok'))).toMatchObject({ quorum: 'ruled-out' });
  });

  it('have lost one that Prometheus never scraped, when its peers are not connected to it', async () => {
    const made = world((made, _, follower) => {
      lose(made, follower, refused);
      made.without.add(follower.host);
    });

    expect(await verdict(made, 'memberDown')).toMatchObject({
      verdict: 'confirmed',
      reason: expect.stringContaining('peers are not connected to a2, which Prometheus does not scrape'),
    });
  });

  describe('that were removed', () => {
    /** What its peers keep of it until they restart: not connected, and nothing is sent. */
    const left = { active: 0, rttP99: undefined, rttMean: undefined, failures: 0, tried: 0 };
    const removed = (change: (made: World) => void = () => {}) =>
      world((made) => {
        for (const member of made.members) member.peersTo = { gone: left };
        change(made);
      });

    it('do not count: no loss is confirmed, the quorum is that of the three others, and nothing else is open', async () => {
      const { causes } = await look(removed());

      expect(causes.find(({ id }) => id === 'memberDown')).toMatchObject({
        verdict: 'inconclusive',
        reason: expect.stringMatching(
          /^peers still count gone, .* the leader sends nothing: a member that was removed/,
        ),
      });
      expect(causes.flatMap(({ id, verdict }) => (verdict === 'ruled-out' ? [] : [id]))).toEqual(['memberDown']);
      expect(causes.find(({ id }) => id === 'quorumLost')?.reason).toContain('3 of 3 members answer (quorum 2)');
    });

    it('are not taken for one that was added and has not come up: sends to that fail', async () => {
      const made = removed(({ members }) => {
        for (const member of members)
          member.peersTo = { gone: { ...left, active: undefined, failures: 90, tried: 90 } };
      });

      expect(await verdict(made, 'memberDown')).toMatchObject({
        verdict: 'inconclusive',
        reason: 'Prometheus knows 3 of 4 members, all of which answer',
      });
    });

    it('do not count either while their target is left over', async () => {
      const made = world((made) => {
        const [, , last] = made.members;
        if (last === undefined) return;
        made.staticPods = false;
        lose(made, last, refused);
        for (const member of made.members) member.peersTo = { [last.id]: left };
      });

      expect(await verdicts(made)).toEqual({ quorum: 'ruled-out', down: 'inconclusive', stuck: 'ruled-out' });
      expect((await verdict(made, 'quorumLost')).reason).toContain('2 of 2 members answer');
    });

    it('are not told from members that are stuck or down when the leader is not seen, or goes on sending', async () => {
      const unseen = removed(({ members: [leader] }) => Object.assign(leader?.members ?? {}, { leads: 0 }));
      const sending = removed(({ members: [leader] }) => {
        if (leader) leader.peersTo = { gone: { ...left, tried: 63_000 } };
      });

      for (const made of [unseen, sending]) {
        expect(await verdict(made, 'memberDown')).toMatchObject({
          verdict: 'inconclusive',
          reason: expect.stringContaining('whether down, stuck or removed is not known'),
        });
        expect((await verdict(made, 'memberStuck')).verdict).toBe('inconclusive');
        expect((await verdict(made, 'applyBackPressure')).verdict).toBe('inconclusive');
      }
    });
  });

  it('are counted with a quorum that holds without their metrics, by the check of the API server', async () => {
    const blind = (etcdCheck: World['etcdCheck']) =>
      world((made) => {
        made.without.add('members');
        made.etcdCheck = etcdCheck;
      });

    expect((await verdict(blind('ok'), 'quorumLost')).verdict).toBe('ruled-out');
    expect((await verdict(blind('failed'), 'quorumLost')).verdict).toBe('inconclusive');
  });
});

describe('the arithmetic of quorums', () => {
  it('needs more than half', () => {
    expect([1, 2, 3, 4, 5].map(quorumOf)).toEqual([1, 2, 2, 3, 3]);
  });

  it('leaves margins of 1, 0 and −1 with 0, 1 and 2 of 3 unhealthy', () => {
    expect([3, 2, 1].map((healthy) => quorumMargin(3, healthy))).toEqual([1, 0, -1]);
  });
});
