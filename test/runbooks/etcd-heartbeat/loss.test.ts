import { describe, expect, it } from 'vitest';
import { lose, scrapeAsClient } from './members-lost.ts';
import { look, verdict, type World, world } from './world.ts';

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
    const leaderless = (etcdCheck: World['etcdCheck']) =>
      world((made) => {
        for (const { members } of made.members) Object.assign(members, { hasLeader: 0, leads: 0 });
        made.etcdCheck = etcdCheck;
      });

    expect(await verdict(leaderless('failed'), 'quorumLost')).toMatchObject({
      verdict: 'confirmed',
      reason: expect.stringContaining('3 of 3 members answer (quorum 2): they are electing one'),
    });
    expect(await verdict(leaderless('ok'), 'quorumLost')).toMatchObject({
      verdict: 'inconclusive',
      reason: expect.stringContaining("yet the API server's etcd check passes"),
    });
  });

  describe('of which one has no leader', () => {
    const lonely = (change: (made: World, members: World['members']) => void = () => {}, size = 3) =>
      world((made) => {
        const last = made.members.at(-1);
        if (last) Object.assign(last.members, { hasLeader: 0, leads: 0 });
        change(made, made.members);
      }, size);
    const certificate = { up: 0, scrapeSeconds: 0.003, hasLeader: undefined, leads: undefined };

    it('have one while it leads: two scrapes of five are refused, and that one is cut off', async () => {
      const made = lonely((_, members) => {
        for (const { members: figures } of members.slice(2, 4)) Object.assign(figures, certificate);
      }, 5);

      expect(await verdict(made, 'quorumLost')).toMatchObject({
        verdict: 'ruled-out',
        reason: expect.stringContaining('leads, for which a quorum must answer it'),
      });
      expect((await verdict(made, 'slowNetwork')).verdict).toBe('confirmed');
    });

    it('may have one while another sees it, or nobody can say', async () => {
      const seen = lonely((made, [leader, follower]) => {
        if (leader) Object.assign(leader.members, certificate);
        if (follower) Object.assign(follower.members, { restarts: 1 });
        made.failing.set('Kubernetes', 'timed-out');
      });
      const alone = lonely((made, members) => {
        for (const { host } of members.slice(0, 2)) made.without.add(host);
        made.failing.set('Kubernetes', 'timed-out');
      });

      expect((await verdict(seen, 'quorumLost')).reason).toContain('sees one');
      for (const made of [seen, alone]) expect((await verdict(made, 'quorumLost')).verdict).toBe('inconclusive');
    });

    it('have none when the others refuse, or the API server does not reach etcd', async () => {
      const refuse = lonely((made, members) => {
        scrapeAsClient(made);
        for (const member of members.slice(0, 2)) lose(made, member, refused);
        made.failing.set('Kubernetes', 'timed-out');
      });
      const unscraped = lonely((made, members) => {
        for (const { host } of members.slice(0, 2)) made.without.add(host);
        made.etcdCheck = 'failed';
      });

      for (const made of [refuse, unscraped]) expect((await verdict(made, 'quorumLost')).verdict).toBe('confirmed');
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

  it('have one that is stuck, not down, where something else on its machine answers, whoever else is asked', async () => {
    const hung = (machines: World['machines']) =>
      world((made, _, follower) => {
        lose(made, follower, hanging);
        made.machines = machines;
        made.failing.set('Kubernetes', 'unreachable');
      });
    const exporter = (instance: string, answers: number) => hung([{ instance, answers }]);

    expect(await verdicts(exporter('10.0.0.2:9100', 1))).toMatchObject({ down: 'ruled-out', stuck: 'confirmed' });
    expect((await verdict(exporter('10.0.0.2:9100', 1), 'memberStuck')).reason).toContain(
      'accepts a scrape and does not answer it',
    );
    for (const made of [exporter('10.0.0.2:9100', 0), exporter('10.0.0.9:9100', 1), hung([])]) {
      expect(await verdicts(made)).toMatchObject({ down: 'inconclusive', stuck: 'inconclusive' });
    }
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
      scrapeAsClient(made);
      lose(made, follower, refused);
      made.without.add('peers');
      made.staticPods = false;
    });

    expect(await verdict(made, 'memberDown')).toMatchObject({
      verdict: 'inconclusive',
      reason: expect.stringContaining('down, or only the scrape is refused (port, certificate)'),
    });
    made.staticPods = true;
    expect((await verdict(made, 'memberDown')).verdict).toBe('confirmed');
  });

  it.each([
    ['fail at once', refused, 'memberDown'],
    ['hang', hanging, 'memberStuck'],
  ])('are not lost when all scrapes %s and the API server reaches etcd', async (_, seconds, cause) => {
    const unscraped = (etcdCheck: World['etcdCheck'], staticPods = true) =>
      world((made) => {
        scrapeAsClient(made);
        for (const member of made.members) {
          lose(made, member, seconds);
          Object.assign(member.pod, { ready: true, runs: true });
        }
        Object.assign(made, { etcdCheck, staticPods });
      });
    const reason = expect.stringMatching(/check passes, for which 2 of 3 members must be well: a matter of the scrape/);

    expect(await verdict(unscraped('ok', false), cause)).toMatchObject({ verdict: 'inconclusive', reason });
    // Pods that are ready, by an API server that is not frozen, are up; whether they are stuck they do not say.
    const said = cause === 'memberDown' ? 'ruled-out' : 'inconclusive';
    expect(await verdict(unscraped('ok'), cause)).toMatchObject({ verdict: said, reason });
    expect((await verdict(unscraped('ok'), 'notObservable')).reason).toBe(
      'no scrape of the 3 members that Prometheus knows is answered now',
    );
    expect((await verdict(unscraped('failed'), 'quorumLost')).verdict).toBe('confirmed');
  });

  it('have lost the quorum when two of three are gone and the last has no leader', async () => {
    const made = world((made, leader) => {
      scrapeAsClient(made);
      for (const member of made.members.slice(1)) lose(made, member, refused);
      Object.assign(leader.members, { hasLeader: 0, leads: 0 });
      made.etcdCheck = 'failed';
    });

    expect(await verdicts(made)).toEqual({ quorum: 'confirmed', down: 'confirmed', stuck: 'ruled-out' });
    expect((await verdict(made, 'quorumLost')).reason).toBe(
      'etcd-cp-1 (10.0.0.1:2379) has no leader; 1 of 3 members answer (quorum 2)',
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

  it('are all stuck, or gone, when none answers: only the API server tells whether there is a quorum', async () => {
    const stalled = (etcdCheck: World['etcdCheck']) =>
      world((made) => {
        for (const member of made.members) lose(made, member, hanging);
        made.etcdCheck = etcdCheck;
      });

    // Of the API server's nodes nothing is believed then: their machines may be gone as well.
    expect(await verdicts(stalled('failed'))).toEqual({
      quorum: 'confirmed',
      down: 'inconclusive',
      stuck: 'inconclusive',
    });
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
