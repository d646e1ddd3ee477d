import { describe, expect, it } from 'vitest';
import { blueprintOf } from '../../engine/acting/compile.ts';
import type { Change } from '../../engine/change.ts';
import { cordon } from '../infra/local/practice/acts.ts';
import { shiftIn } from './practice-shift.ts';

type Shift = Awaited<ReturnType<typeof shiftIn>>;

/** A colleague does it with kubectl. */
async function byHand({ acting }: Shift, changes: readonly Change[]): Promise<void> {
  const [cluster] = acting.clusters;
  const [writer] = [...acting.writers.values()];
  if (!cluster || !writer) throw new Error('there is a cluster to be changed');
  const basis = { incident: '', remedy: '', restsOn: '', changes, at: '', plan: 'by-hand' };
  const { actions, blocked } = await blueprintOf(cluster, basis);
  if (actions.length === 0) throw new Error(`nothing was done by hand: ${blocked.join('; ')}`);
  for (const action of actions) await writer.apply(action, { deadlineMs: 5_000 });
}

async function cordonAll({ on }: Shift): Promise<void> {
  const { body } = await on.get('/api/v1/nodes');
  for (const { metadata } of Object.values(body.items ?? {})) await cordon(on, String(metadata?.name), true);
}

describe('a version that was rolled back', () => {
  it.each(['log-flood', 'thread-leak'])('by a colleague is not brought back by the approver of %s', async (world) => {
    await using shift = await shiftIn(world);
    await shift.pass(15);
    const asked = await shift.ask('rollBack');
    expect(asked).toMatchObject({ state: 'requested', changes: [{ verb: 'undo', from: 2 }], blocked: [] });
    await byHand(shift, asked.changes);
    shift.on.wait(3);
    await shift.decide(asked.id, 'approve', 'U-LEAD');

    const plans = await shift.plans();
    expect(plans).toMatchObject([
      {
        state: 'outdated',
        because: expect.stringMatching(/revision 2 of .* is being replaced already, by revision 3/),
      },
    ]);
    expect(plans).toHaveLength(1);
  });

  it('by Nightshift is not brought back by the same fix, however long the rollout takes', async () => {
    await using shift = await shiftIn('log-flood');
    await shift.pass(15);
    await cordonAll(shift); // no room for the new pod: the old one goes on
    expect(await shift.apply('rollBack')).toMatchObject({ state: 'applied' });
    await shift.pass(660);
    expect(await shift.offered()).toContain('rollBack');

    await shift.ask('rollBack');
    expect(shift.whispers.at(-1)).toMatch(/revision 2 of .* is being replaced already, by revision 3/);
    expect((await shift.plans()).map(({ state }) => state).sort()).toEqual(['applied', 'shown']);
  });

  it('comes back only by its Undo, which says that this goes forward', async () => {
    await using shift = await shiftIn('log-flood');
    await shift.pass(15);
    const { id } = await shift.apply('rollBack');
    await shift.pass(60);
    await shift.decide(id, 'undo', 'U-ASKER');

    const undo = (await shift.plans()).find(({ undoes }) => undoes === id);
    expect(undo).toMatchObject({ state: 'requested', changes: [{ verb: 'undo', toRevision: 2 }], blocked: [] });
    expect(undo?.effects[0]).toMatch(/^forward from revision 3 .* to the template of revision 2 /);
  });
});
