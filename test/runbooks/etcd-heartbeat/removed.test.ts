import { describe, expect, it } from 'vitest';
import { lose } from './members-lost.ts';
import { look, verdict, type World, world } from './world.ts';

/** The three verdicts on lost members. */
async function lossesOf(made: World) {
  const { causes } = await look(made);
  const of = (id: string) => causes.find((cause) => cause.id === id)?.verdict;
  return { quorum: of('quorumLost'), down: of('memberDown'), stuck: of('memberStuck') };
}

describe('members that were removed', () => {
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
      reason: expect.stringMatching(/^peers still count gone, .* the leader sends nothing: a member that was removed/),
    });
    expect(causes.flatMap(({ id, verdict }) => (verdict === 'ruled-out' ? [] : [id]))).toEqual(['memberDown']);
    expect(causes.find(({ id }) => id === 'quorumLost')?.reason).toContain('3 of 3 members answer (quorum 2)');
  });

  it('are not taken for one that was added and has not come up: sends to that fail', async () => {
    const made = removed(({ members }) => {
      for (const member of members) member.peersTo = { gone: { ...left, active: undefined, failures: 90, tried: 90 } };
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
      lose(made, last, 0.001);
      for (const member of made.members) member.peersTo = { [last.id]: left };
    });

    expect(await lossesOf(made)).toEqual({ quorum: 'ruled-out', down: 'inconclusive', stuck: 'ruled-out' });
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
