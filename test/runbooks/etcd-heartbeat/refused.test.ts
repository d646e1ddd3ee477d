import { describe, expect, it } from 'vitest';
import { lose, refuseScrapes, scrapeAsClient } from './members-lost.ts';
import { look, verdict, type World, world } from './world.ts';

type Members = World['members'];

/** Two of three refuse scrapes of their port for clients, the last has no leader; what the scrapes end with and who else is asked differ. */
const alone = (change: (made: World, members: Members) => void = () => {}) =>
  world((made, leader) => {
    scrapeAsClient(made);
    for (const member of made.members.slice(1)) lose(made, member, 0.004);
    Object.assign(leader.members, { hasLeader: 0, leads: 0 });
    made.failing.set('Kubernetes', 'timed-out');
    change(made, made.members);
  });

async function both(made: World) {
  return [(await verdict(made, 'quorumLost')).verdict, (await verdict(made, 'memberDown')).verdict];
}

/** The last scrape of all that are lost ended so. */
const ends =
  (why: string) =>
  (_: World, [, ...others]: Members) => {
    for (const member of others) refuseScrapes(member, why);
  };

describe('two of three that refuse scrapes, and a last one without a leader', () => {
  it('have lost the quorum when nothing listens on their ports', async () => {
    expect(await both(alone())).toEqual(['confirmed', 'confirmed']);
  });

  it('have lost it also while the last one is restarted again and again', async () => {
    const made = alone((_, [last]) => Object.assign(last?.members ?? {}, { restarts: 3 }));

    expect(await both(made)).toEqual(['confirmed', 'confirmed']);
  });

  it.each([
    'remote error: tls: bad certificate',
    'remote error: tls: expired certificate',
    'tls: failed to verify certificate: x509: certificate signed by unknown authority',
    'x509: certificate has expired or is not yet valid: current time 2026-11-21T03:00:00Z is after 2026-01-01T00:00:00Z',
    'http: server gave HTTP response to HTTPS client',
    'write tcp 127.0.0.1:57938->127.0.0.1:25582: write: broken pipe',
    'net/http: HTTP/1.x transport connection broken: malformed HTTP response "\\x15\\x03\\x01\\x00\\x02\\x02"',
  ])('are left open where a process answers: %s', async (why) => {
    const made = alone(ends(why));

    expect(await both(made)).toEqual(['inconclusive', 'inconclusive']);
    for (const id of ['quorumLost', 'memberDown']) {
      const { reason } = await verdict(made, id);
      expect(reason).toContain(`etcd-cp-2 (10.0.0.2:2379) (${why})`);
      expect(reason).toContain('listens, and refuses the scrape: certificate, port, scheme');
    }
  });

  it.each(['server returned HTTP status 401 Unauthorized', 'server returned HTTP status 404 Not Found'])(
    'are left open where a process answers: %s',
    async (lastError) => {
      const made = alone((_, [, ...others]) => {
        for (const member of others) Object.assign(member, { lastError });
      });

      expect((await verdict(made, 'quorumLost')).reason).toContain(`(${lastError})`);
      expect(await both(made)).toEqual(['inconclusive', 'inconclusive']);
    },
  );

  it.each(['EOF', 'server returned HTTP status 502 Bad Gateway', 'no route to host', ''])(
    'are left open where that is no word of theirs: %j',
    async (lastError) => {
      const made = alone((_, [, ...others]) => {
        for (const member of others) Object.assign(member, { lastError });
      });

      expect(await both(made)).toEqual(['inconclusive', 'inconclusive']);
      expect((await verdict(made, 'quorumLost')).reason).toContain('only the scrape is known to fail');
    },
  );

  it('are left open where one of them listens: it may be the leader', async () => {
    const made = alone((_, [, , third]) => third && refuseScrapes(third));

    expect(await both(made)).toEqual(['inconclusive', 'inconclusive']);
  });

  it.each(['not-served', 'timed-out', 'forbidden'] as const)(
    'are left open where what their scrapes end with is %s',
    async (kind) => {
      const made = alone((made) => made.failing.set('scrapeErrors', kind));

      expect(await both(made)).toEqual(['inconclusive', 'inconclusive']);
      for (const id of ['quorumLost', 'memberDown']) {
        expect((await verdict(made, id)).reason).toContain('could not be read');
      }
    },
  );

  it.each([
    [
      'the last says nothing of its connections',
      ({ members: [last] }: World) => Object.assign(last?.peers ?? {}, { active: undefined }) && clear(last),
    ],
    ['the last is connected to one of them', ({ members: [last] }: World) => clear(last)],
  ])('are left open when %s', async (_, change) => {
    expect(await both(alone(change))).toEqual(['inconclusive', 'inconclusive']);
  });

  // The controller manager's lease counts as renewed until it is 30 s old, and is not believed more than 10 s ahead.
  it.each([
    [1, 'inconclusive'],
    [29, 'inconclusive'],
    [31, 'confirmed'],
    [-9, 'inconclusive'],
    [-11, 'confirmed'],
    [-3_600, 'confirmed'],
  ])('with a lease %d s old: %s', async (leaseAgeSeconds, expected) => {
    const made = alone((made) => {
      made.failing.delete('Kubernetes');
      Object.assign(made, { etcdCheck: 'failed', leaseAgeSeconds });
    });
    const quorum = await verdict(made, 'quorumLost');

    expect(quorum.verdict).toBe(expected);
    if (expected === 'inconclusive') expect(quorum.reason).toContain('elected just now, or lost since');
  });
});

function clear(member: Members[number] | undefined): void {
  if (member) member.peersTo = {};
}

describe('a single member that refuses scrapes', () => {
  const one = (change: (follower: Members[number]) => void) =>
    world((made, _, follower) => {
      lose(made, follower, 0.004);
      change(follower);
    });

  it('is not down where it answers with a refusal, although its peers are not connected to it', async () => {
    const made = one((follower) => refuseScrapes(follower));

    expect(await verdict(made, 'memberDown')).toMatchObject({
      verdict: 'inconclusive',
      reason:
        'etcd-cp-2 (10.0.0.2:2381) (remote error: tls: bad certificate) listens, and refuses the scrape: certificate, port, scheme',
    });
  });
});

describe('members all of which refuse scrapes', () => {
  const ended = (size: number, change: (made: World) => void) =>
    world((made) => {
      scrapeAsClient(made);
      for (const member of made.members) lose(made, member, 0.001);
      change(made);
    }, size);
  const refusing = (made: World) => {
    made.failing.set('Kubernetes', 'unreachable');
    made.refusesConnections = true;
  };

  it.each([1, 3])(
    '%d of them are down, by the second witness: the API server refuses connections, too',
    async (size) => {
      const made = ended(size, refusing);

      expect(await both(made)).toEqual(['confirmed', 'confirmed']);
      for (const id of ['quorumLost', 'memberDown']) {
        expect((await verdict(made, id)).reason).toContain('the API server refuses connections, too');
      }
    },
  );

  it.each([
    ['refuses connections', refusing],
    ['does not reach etcd', (made: World) => Object.assign(made, { etcdCheck: 'failed', leaseAgeSeconds: 95 })],
  ])('are not down where processes listen, and the API server %s: certificates expire on one day', async (_, api) => {
    const made = ended(3, (made) => {
      for (const member of made.members) refuseScrapes(member, 'remote error: tls: expired certificate');
      api(made);
    });

    expect(await both(made)).toEqual(['inconclusive', 'inconclusive']);
    expect((await verdict(made, 'quorumLost')).reason).toContain('have certificates expired?');
  });

  it.each([
    ['refuses connections', refusing],
    ['does not reach etcd', (made: World) => Object.assign(made, { etcdCheck: 'failed', leaseAgeSeconds: 95 })],
  ])('are left open where what the scrapes end with is not known, and the API server %s', async (_, api) => {
    const made = ended(3, (made) => {
      made.failing.set('scrapeErrors', 'not-served');
      api(made);
    });

    expect(await both(made)).toEqual(['inconclusive', 'inconclusive']);
    expect((await verdict(made, 'quorumLost')).reason).toContain('what the scrapes end with could not be read');
  });

  it('are down where the API server answers that it does not reach etcd', async () => {
    const made = ended(1, (made) => Object.assign(made, { etcdCheck: 'failed' }));

    expect(await both(made)).toEqual(['confirmed', 'confirmed']);
  });

  it.each(['timed-out', 'forbidden', 'unreachable'] as const)(
    'are left open where the API server is only %s',
    async (kind) => {
      expect(await both(ended(3, (made) => made.failing.set('Kubernetes', kind)))).toEqual([
        'inconclusive',
        'inconclusive',
      ]);
    },
  );

  it('are left open where one hangs: not all are witnessed to be gone', async () => {
    const made = ended(3, (made) => {
      refusing(made);
      for (const member of made.members.slice(2)) member.members.scrapeSeconds = 10;
    });

    expect((await verdict(made, 'quorumLost')).verdict).toBe('inconclusive');
  });
});

describe('the card', () => {
  it('does not call metrics collected of members whose scrapes fail', async () => {
    const { causes } = await look(alone());

    expect(causes.find(({ id }) => id === 'notObservable')?.reason).toBe(
      'all 3 members are scrape targets; scrapes of etcd-cp-2 (10.0.0.2:2379) and etcd-cp-3 (10.0.0.3:2379) fail now',
    );
  });

  it('shows what the last scrapes ended with', async () => {
    const { evidence } = await look(alone((_, [, , third]) => third && refuseScrapes(third)));

    expect(evidence.find(({ id }) => id === 'scrapeErrors')?.shown).toBe(
      '10.0.0.1:2379 no error; 10.0.0.2:2379 connect: connection refused; 10.0.0.3:2379 remote error: tls: bad certificate',
    );
  });

  it('does not offer to let etcd be scraped, which restarts it, where it was heard within the day', async () => {
    const lost = await look(
      world((made) => {
        scrapeAsClient(made);
        for (const member of made.members) lose(made, member, 0.001);
        made.etcdCheck = 'failed';
      }),
    );

    expect(lost.causes.find(({ id }) => id === 'notObservable')?.verdict).toBe('inconclusive');
    expect(lost.manualSteps.map(({ id }) => id)).toEqual(['restoreQuorum', 'reviveMember']);
  });
});
