import { describe, expect, it } from 'vitest';
import { cordon, podsOf, podsOn, scale, workloadPath } from '../infra/local/practice/acts.ts';
import { shiftIn } from './practice-shift.ts';

type Shift = Awaited<ReturnType<typeof shiftIn>>;
/** `… WAL fsync p99 243 ms (…` */
const p99In = (reason: string) => Number(/p99 (\d+) ms/.exec(reason)?.[1]);

describe('an etcd leader whose disk a neighbour floods', () => {
  /** On the leader's machine. */
  const neighbours = async ({ on }: Shift) =>
    (await podsOf(on, 'logging', 'audit-archiver')).filter(({ node }) => node === 'control-plane-1');
  const cordonAllOthers = async ({ on }: Shift) => {
    const { body } = await on.get('/api/v1/nodes');
    const names = Object.values(body.items ?? {}).map(({ metadata }) => String(metadata?.name));
    for (const name of names) await cordon(on, name, name !== 'control-plane-1');
  };

  it('is fixed by the eviction the card offers, and the verification says so when it has seen it', async () => {
    await using shift = await shiftIn('etcd-slow-disk');
    const [archiver] = await neighbours(shift);
    expect(await shift.offered()).toEqual(['evictNoisyNeighbour', 'cordonLeaderNode']);

    const plan = await shift.apply('evictNoisyNeighbour');
    const verified = await shift.verified('evictNoisyNeighbour');

    expect(plan).toMatchObject({
      state: 'applied',
      risk: 'medium',
      cause: { id: 'slowDisk' },
      changes: [{ verb: 'evict', namespace: 'logging', pod: archiver?.name }],
      inverse: { none: expect.any(String) },
    });
    expect(verified).toMatchObject({
      verdict: 'fixed',
      reason: expect.stringContaining('no heartbeat was late and WAL fsync p99 stayed under 32 ms'),
    });
    // Two minutes without a late heartbeat have to pass before anybody may say so.
    expect(verified.seconds).toBeGreaterThan(100);
    expect(await neighbours(shift)).toEqual([]);
    const { kinds, findings } = await shift.ledger();
    expect(kinds).toEqual(expect.arrayContaining(['requested', 'approved', 'executing', 'applied', 'verified']));
    expect(findings).toEqual([]);
  });

  it('is not fixed by the cordon, which is offered beside it', async () => {
    await using shift = await shiftIn('etcd-slow-disk');
    await shift.apply('cordonLeaderNode');

    expect(await shift.verified('cordonLeaderNode')).toMatchObject({
      verdict: 'not-fixed',
      reason: expect.stringContaining('WAL fsync p99'),
    });
    expect(await shift.incident()).toMatchObject({ state: 'diagnosed' });
    expect(await shift.offered()).toEqual(['evictNoisyNeighbour']);
  });

  it('is not fixed by an eviction after which the pod comes back to the same machine', async () => {
    await using shift = await shiftIn('etcd-slow-disk');
    const [before] = await neighbours(shift);
    await cordonAllOthers(shift);
    await shift.apply('evictNoisyNeighbour');

    expect(await shift.verified('evictNoisyNeighbour')).toMatchObject({ verdict: 'not-fixed' });
    const [after] = await neighbours(shift);
    expect(after).toMatchObject({ ready: true, name: expect.not.stringContaining(before?.name ?? '') });
    expect(await shift.offered()).toContain('evictNoisyNeighbour');
  });

  it('is not fixed, by far, with more such pods on its machine; then no single one is to blame any more', async () => {
    await using shift = await shiftIn('etcd-slow-disk');
    const plan = await shift.apply('cordonLeaderNode');
    await cordonAllOthers(shift);
    await scale(shift.on, workloadPath('logging', 'audit-archiver'), 4);
    const verified = await shift.verified('cordonLeaderNode');
    const remedies = (await shift.incident()).report?.remedies ?? [];

    expect(await neighbours(shift)).toHaveLength(3);
    // `worse` is a cause more than before; a disk three times as slow is the same cause, with its figures.
    expect(verified).toMatchObject({ verdict: 'not-fixed' });
    expect(p99In(verified.reason)).toBeGreaterThan(2 * p99In(plan.cause.reason));
    expect(remedies.find(({ id }) => id === 'evictNoisyNeighbour')).toMatchObject({
      unavailable: expect.stringContaining('no pod clearly writes most'),
    });
  });
});

describe('a stopped kubelet', () => {
  it('is not fixed by the cordon', async () => {
    await using shift = await shiftIn('kubelet-stopped');
    expect(await shift.offered()).toEqual(['cordon']);
    await shift.apply('cordon');

    expect(await shift.verified('cordon')).toMatchObject({ verdict: 'not-fixed' });
    expect(await shift.incident()).toMatchObject({ state: 'diagnosed' });
  });

  it('is fixed when somebody starts it while the cordon is being verified', async () => {
    await using shift = await shiftIn('kubelet-stopped');
    await shift.apply('cordon');
    shift.on.practice.heal();

    expect(await shift.verified('cordon')).toMatchObject({ verdict: 'fixed' });
  });
});

describe('a node left cordoned', () => {
  it('takes pods again after the uncordon the card offers', async () => {
    await using shift = await shiftIn('planned-drain');
    expect(await shift.offered()).toEqual(['uncordon']);
    const before = (await podsOn(shift.on, 'worker-1')).length;
    const plan = await shift.apply('uncordon');
    const verified = await shift.verified('uncordon');
    await scale(shift.on, workloadPath('shop', 'catalog'), 60);
    shift.on.wait(10);

    expect(plan).toMatchObject({ state: 'applied', inverse: [{ verb: 'cordon', node: 'worker-1' }] });
    expect(verified).toMatchObject({ verdict: 'fixed' });
    expect((await podsOn(shift.on, 'worker-1')).length).toBeGreaterThan(before);
  });
});
