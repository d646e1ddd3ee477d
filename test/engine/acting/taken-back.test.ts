import { describe, expect, it, test } from 'vitest';
import { WriteFailure } from '../../../engine/action.ts';
import { ReadFailure } from '../../../engine/errors.ts';
import { CLUSTER } from '../../real/support/crash/stage.ts';
import { deed } from './deed.ts';
import { lab } from './lab.ts';

/** The node of worker-1 was cordoned by Nightshift. */
async function applied() {
  const it = await deed();
  await it.trouble();
  const id = await it.requested();
  await it.press(id, 'approve', 'U-LEAD');
  return { it, id };
}

describe('a fix that was taken back', () => {
  it('is neither fixed nor not fixed, whatever becomes of the node, and says when it was taken back', async () => {
    const { it, id } = await applied();
    await using _shift = it;
    await it.press(id, 'undo', 'U-ASKER');
    await it.press('plan-2', 'approve', 'U-LEAD');
    it.cluster.setReady('worker-1', true);
    for (let look = 0; look < 20; look += 1) await it.pass(15);

    const plan = await it.plan(id);
    expect(plan).toMatchObject({ state: 'applied', takenBack: { plan: 'plan-2' } });
    expect(plan?.verification).toBeUndefined();
    expect(it.message(id)).toMatchObject({ headline: expect.stringContaining('taken back at'), buttons: [] });
    const verified = (await it.ledger()).filter(
      ({ kind, details }) => kind === 'verified' && details?.reason !== 'it is as it was before',
    );
    expect(verified).toEqual([]);
    expect((await it.plan('plan-2'))?.verification).toMatchObject({ verdict: 'fixed' });
  });

  it('is not taken back again when a colleague has done the same for reasons of their own', async () => {
    const { it, id } = await applied();
    await using _shift = it;
    await it.press(id, 'undo', 'U-ASKER');
    await it.press('plan-2', 'approve', 'U-LEAD');
    await it.pass(3700);
    it.cluster.put('Node', { ...it.cluster.node('worker-1'), spec: { unschedulable: true } } as never);

    await it.press(id, 'undo', 'U-ASKER');

    expect(it.whispers.at(-1)?.text).toContain('it was taken back already');
    expect(it.cluster.node('worker-1').spec.unschedulable).toBe(true);
  });
});

describe('an undo', () => {
  it('leaves alone what is another object of the same name now', async () => {
    const { it, id } = await applied();
    await using _shift = it;
    it.cluster.remove('Node', 'worker-1');
    const fresh = { name: 'worker-1', uid: 'uid-brand-new' };
    it.cluster.put('Node', {
      metadata: fresh,
      ready: false,
      spec: { unschedulable: true },
      status: { conditions: [] },
    });

    await it.press(id, 'undo', 'U-ASKER');

    expect((await it.plan('plan-2'))?.blocked).toContain('Node worker-1 is another one of the same name now');
    expect(it.whispers.at(-1)?.text).toContain('another one of the same name now');
    expect(it.cluster.node('worker-1').spec.unschedulable).toBe(true);
  });

  it('fits no longer when somebody changes the same field while it waits for approval', async () => {
    const { it, id } = await applied();
    await using _shift = it;
    await it.press(id, 'undo', 'U-ASKER');
    it.cluster.put('Node', { ...it.cluster.node('worker-1'), spec: { unschedulable: false } } as never);

    await it.press('plan-2', 'approve', 'U-LEAD');

    expect(await it.plan('plan-2')).toMatchObject({
      state: 'outdated',
      because: expect.stringContaining('spec.unschedulable is false now, and was left as true'),
    });
  });
});

const catalog = { kind: 'Deployment', namespace: 'shop', name: 'catalog' } as const;

test('replicas that somebody has changed since are theirs: nothing is taken back over their heads', async () => {
  await using it = await lab([{ verb: 'scale', workload: catalog, replicas: 6 }]);
  const { id } = await it.requested();
  expect(await it.approved(id)).toMatchObject({ state: 'applied' });
  await it.behindOurBack({ verb: 'scale', workload: catalog, replicas: 10 });

  await it.press(id, 'undo', 'U0ASKER');

  const { blocked, state } = await it.latest();
  expect(blocked).toEqual(['Deployment shop/catalog spec.replicas is 10 now, and was left as 6']);
  expect(state).toBe('shown');
});

const web = { kind: 'Deployment', namespace: 'shop', name: 'web' } as const;

describe('a rollback that was taken back', () => {
  const memory = (amount: string) =>
    ({ verb: 'set-resources', workload: web, container: 'web', limits: { memory: amount } }) as const;

  it('is not "as before" when somebody has changed the template since', async () => {
    await using it = await lab([{ verb: 'undo', workload: web }]);
    await it.behindOurBack(memory('600Mi'));
    const { id, diff } = await it.requested();
    expect(diff).toContainEqual(
      expect.objectContaining({ path: expect.stringContaining('limits.memory'), before: '600Mi' }),
    );
    await it.approved(id);
    await it.behindOurBack({
      verb: 'annotate',
      object: { kind: 'Node', name: 'worker-3' },
      key: 'nightshift.dev/t',
      value: '1',
    });
    await it.press(id, 'undo', 'U0ASKER');
    const { id: undo } = await it.latest();
    expect(await it.approved(undo)).toMatchObject({ state: 'applied' });
    await it.behindOurBack(memory('777Mi'));
    await it.pass(16);

    expect((await it.plan(undo)).verification).toMatchObject({
      verdict: 'waiting',
      reason: 'somebody has changed the pod template of Deployment shop/web since',
    });
  });
});

describe('a rollback of which a person has said that it was applied', () => {
  const other = { verb: 'set-resources', workload: web, container: 'web', limits: { memory: '777Mi' } } as const;

  /** Done, but its answer was lost. */
  async function inDoubt() {
    const it = await lab([{ verb: 'undo', workload: web }]);
    await it.behindOurBack({ verb: 'restart', workload: web });
    const { id } = await it.requested();
    const writer = it.acting.writers.get(CLUSTER);
    if (!writer) throw new Error('no writer');
    const lost: typeof writer = {
      rehearse: (...asked) => writer.rehearse(...asked),
      apply: async (...asked) => {
        await writer.apply(...asked);
        throw new WriteFailure('timed-out', 'no answer within 15 s', true);
      },
    };
    const writers = it.acting.writers as Map<string, typeof writer>;
    writers.set(CLUSTER, lost);
    expect(await it.approved(id)).toMatchObject({ state: 'unknown' });
    writers.set(CLUSTER, writer);
    // Its controller has taken it up by then.
    await it.behindOurBack();
    return { it, id };
  }

  test('is taken back while the template is the one that was there then', async () => {
    const { it: _lab, id } = await inDoubt();
    await using it = _lab;
    await it.press(id, 'it-was-applied', 'U0LEAD');
    await it.press(id, 'undo', 'U0ASKER');
    expect(await it.latest()).toMatchObject({ state: 'requested', blocked: [] });
  });

  test('is not taken back over what somebody has made of the template since', async () => {
    const { it: _lab, id } = await inDoubt();
    await using it = _lab;
    await it.press(id, 'it-was-applied', 'U0LEAD');
    await it.behindOurBack(other);
    await it.press(id, 'undo', 'U0ASKER');
    expect(await it.latest()).toMatchObject({
      state: 'shown',
      blocked: ['somebody has changed the pod template of Deployment shop/web since'],
    });
  });

  test('is not taken back where nobody could look then, and says that it cannot be told', async () => {
    const { it: _lab, id } = await inDoubt();
    await using it = _lab;
    const { source } = it.cluster;
    const { read } = source;
    source.read = async () => {
      throw new ReadFailure('unreachable', 'connection refused');
    };
    await it.press(id, 'it-was-applied', 'U0LEAD');
    source.read = read;
    await it.press(id, 'undo', 'U0ASKER');
    expect(await it.latest()).toMatchObject({
      state: 'shown',
      blocked: ['whether somebody has changed the pod template of Deployment shop/web since cannot be told'],
    });
  });
});
