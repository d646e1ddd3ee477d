import { describe, expect, it } from 'vitest';
import { look, lose, verdict, type World, world } from './world.ts';

/** Two of three refuse scrapes, the last has no leader; what Prometheus saw before and who else is asked differ. */
const alone = (change: (made: World, members: World['members']) => void = () => {}) =>
  world((made, leader) => {
    for (const member of made.members.slice(1)) lose(made, member, 0.004);
    Object.assign(leader.members, { hasLeader: 0, leads: 0 });
    made.failing.set('Kubernetes', 'timed-out');
    change(made, made.members);
  });

async function both(made: World) {
  return [(await verdict(made, 'quorumLost')).verdict, (await verdict(made, 'memberDown')).verdict];
}

describe('two of three that refuse scrapes, and a last one without a leader', () => {
  it('have lost the quorum when all fell silent and leaderless at once', async () => {
    expect(await both(alone())).toEqual(['confirmed', 'confirmed']);
  });

  // Scraped every 30 s, with elections of 1 s: two scrapes and two elections are 62 s.
  it.each([
    [61, ['confirmed', 'confirmed']],
    [63, ['inconclusive', 'inconclusive']],
  ])('with a leader seen %d s after a quorum was last heard: %j', async (later, expected) => {
    const made = alone((_, [leader]) => Object.assign(leader?.heard ?? {}, { ledAgo: 120 - later }));

    expect(await both(made)).toEqual(expected);
  });

  it.each([
    [61, ['confirmed', 'confirmed']],
    [63, ['inconclusive', 'inconclusive']],
  ])('that themselves had a leader %d s after the last had lost it: %j', async (earlier, expected) => {
    const made = alone((_, [leader]) => Object.assign(leader?.heard ?? {}, { ledAgo: 120 + earlier }));

    expect(await both(made)).toEqual(expected);
  });

  it.each([
    ['nothing was seen of the hours before', (made: World) => void made.without.add('heard')],
    ['that could not be read', (made: World) => void made.failing.set('heard', 'timed-out')],
    ['the last restarted', ({ members: [leader] }: World) => Object.assign(leader?.members ?? {}, { restarts: 1 })],
    [
      'the last says nothing of its connections',
      ({ members: [leader] }: World) => Object.assign(leader?.peers ?? {}, { active: undefined }) && clear(leader),
    ],
    ['the last is connected to one of them', ({ members: [leader] }: World) => clear(leader)],
  ])('are left open when %s', async (_, change) => {
    expect(await both(alone(change))).toEqual(['inconclusive', 'inconclusive']);
  });

  it('are not the quorum where a write followed, and left open where it may have come before', async () => {
    const written = (leaseAgeSeconds: number, ledAgo: number) =>
      alone((made, [leader]) => {
        made.failing.delete('Kubernetes');
        Object.assign(made, { etcdCheck: 'failed', leaseAgeSeconds });
        for (const member of made.members) Object.assign(member.heard, { ledAgo });
        Object.assign(leader?.heard ?? {}, { ledAgo });
      });

    expect(await verdict(written(1, 300), 'quorumLost')).toMatchObject({
      verdict: 'ruled-out',
      reason: expect.stringContaining("the controller manager's lease was renewed 1 s ago, a write"),
    });
    expect((await verdict(written(20, 60), 'quorumLost')).verdict).toBe('inconclusive');
    expect((await verdict(written(31, 120), 'quorumLost')).verdict).toBe('confirmed');
  });
});

function clear(member: World['members'][number] | undefined): void {
  if (member) member.peersTo = {};
}

describe('members all of which refuse scrapes', () => {
  const ended = (size: number, change: (made: World) => void) =>
    world((made) => {
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
      'all 3 members are scrape targets; scrapes of etcd-cp-2 (10.0.0.2:2381) and etcd-cp-3 (10.0.0.3:2381) fail now',
    );
  });

  it('shows when each member was heard last', async () => {
    const { evidence } = await look(alone());

    expect(evidence.find(({ id }) => id === 'heard')?.shown).toBe(
      '10.0.0.1:2381 answered 12 s ago, had a leader 110 s ago; 10.0.0.2:2381 answered 120 s ago, had a leader 120 s ago; 10.0.0.3:2381 answered 120 s ago, had a leader 120 s ago',
    );
  });
});
