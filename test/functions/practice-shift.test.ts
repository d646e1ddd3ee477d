import { describe, expect, it } from 'vitest';
import { cordon, evict, podsOf, podsOn, scale, workloadPath } from '../infra/local/practice/acts.ts';
import { shiftIn } from './practice-shift.ts';

type Shift = Awaited<ReturnType<typeof shiftIn>>;

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
    const figures = 'WAL fsync p99 of etcd-control-plane-1 243 ms → 3.9 ms';
    expect(verified.reason).toContain(figures);
    expect(shift.reads('plan')).toContain(`Verification: ✓ fixed: ${figures}`);
    expect(shift.reads('card')).toContain(`(fixed: ${figures}`);
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

  it('is worse with more such pods on its machine; then no single one is to blame any more', async () => {
    await using shift = await shiftIn('etcd-slow-disk');
    const plan = await shift.apply('cordonLeaderNode');
    await cordonAllOthers(shift);
    await scale(shift.on, workloadPath('logging', 'audit-archiver'), 6);
    const verified = await shift.verified('cordonLeaderNode');
    const remedies = (await shift.incident()).report?.remedies ?? [];

    expect(await neighbours(shift)).toHaveLength(5);
    expect(plan.before.confirmed.slowDisk).toMatchObject({ unit: 'seconds', worseWhen: 'higher' });
    expect(verified).toMatchObject({
      verdict: 'worse',
      reason: expect.stringContaining('WAL fsync p99 of etcd-control-plane-1 243 ms → 1.9 s'),
    });
    expect(shift.reads('card')).toContain('it is worse now');
    expect(remedies.find(({ id }) => id === 'evictNoisyNeighbour')).toMatchObject({
      unavailable: expect.stringContaining('no pod clearly writes most'),
    });
  });
});

describe('an etcd leader beside an index that keeps its data on the same disk', () => {
  const builder = async ({ on }: Shift) => (await podsOf(on, 'search', 'catalogue-index'))[0];

  it('is worse after the eviction the card offers: the pod comes back and begins its work anew', async () => {
    await using shift = await shiftIn('etcd-and-index');
    expect(await shift.offered()).toEqual(['evictNoisyNeighbour', 'cordonLeaderNode']);
    await shift.apply('evictNoisyNeighbour');
    const verified = await shift.verified('evictNoisyNeighbour');

    expect(verified.verdict).toBe('worse');
    expect(verified.reason).toMatch(/^WAL fsync p99 of etcd-control-plane-1 243 ms → 1\.9 s; /);
    expect(shift.reads('plan')).toContain(`Verification: ✗ worse than before: ${verified.reason.slice(0, 60)}`);
    expect(shift.reads('card')).toContain('(it is worse now: WAL fsync p99 of etcd-control-plane-1 243 ms → 1.9 s');
    expect(await builder(shift)).toMatchObject({ node: 'control-plane-1', ready: true });
    expect(await shift.incident()).toMatchObject({ state: 'diagnosed' });
    expect((await shift.ledger()).findings).toEqual([]);
  });

  it('is fixed when its machine is cordoned first, which alone fixes nothing: evicted then, the pod has to wait', async () => {
    await using shift = await shiftIn('etcd-and-index');
    await shift.apply('cordonLeaderNode');
    expect(await shift.verified('cordonLeaderNode')).toMatchObject({
      verdict: 'not-fixed',
      reason: expect.stringContaining('243 ms → 243 ms'),
    });
    // One target is left alone for ten minutes after each change.
    await shift.pass(600);
    await shift.apply('evictNoisyNeighbour');

    expect(await shift.verified('evictNoisyNeighbour')).toMatchObject({ verdict: 'fixed' });
    expect(await builder(shift)).toMatchObject({ node: '', phase: 'Pending' });
  });
});

describe('what happened before a fix was applied', () => {
  it('is not held against it: the verification compares with what was seen last before', async () => {
    await using shift = await shiftIn('etcd-and-index');
    const asked = await shift.ask('cordonLeaderNode');
    const [builder] = await podsOf(shift.on, 'search', 'catalogue-index');
    if (builder) await evict(shift.on, builder);
    shift.on.wait(180);
    await shift.approve('cordonLeaderNode');

    expect(asked.before.confirmed.slowDisk).toMatchObject({ value: expect.closeTo(0.243, 3) });
    expect(await shift.verified('cordonLeaderNode')).toMatchObject({
      verdict: 'not-fixed',
      reason: expect.stringContaining('1.9 s → 1.9 s'),
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

  it('is well when somebody starts it while the cordon is being verified, which is not called the work of the cordon', async () => {
    await using shift = await shiftIn('kubelet-stopped');
    await shift.apply('cordon');
    shift.on.practice.heal();

    expect(await shift.verified('cordon')).toMatchObject({
      verdict: 'cannot-tell',
      reason: expect.stringMatching(
        /^it is well \(Ready=True.*this fix only keeps harm from spreading; something else did it$/,
      ),
    });
  });

  it('is fixed by whoever says that they started it, and not by the cordon before', async () => {
    await using shift = await shiftIn('kubelet-stopped');
    await shift.pass(15);
    await shift.apply('cordon');
    await shift.pass(30);
    const { report } = await shift.incident();
    const start = report?.manualSteps.find(({ steps }) => steps.some(({ kind }) => kind === 'change'));
    await shift.doneByHand(start?.id ?? '');

    expect(await shift.verified('cordon')).toMatchObject({
      verdict: 'cannot-tell',
      reason: expect.stringContaining(`only keeps harm from spreading; meanwhile "${start?.title}" was done by hand (`),
    });
    await shift.pass(120);
    expect((await shift.incident()).byHand).toMatchObject([{ verification: { verdict: 'fixed' } }]);
  });
});

describe('an etcd that Prometheus does not scrape', () => {
  it('is not made worse by being scraped: what is seen then was there before', async () => {
    let isHidden = true;
    await using shift = await shiftIn(
      'etcd-slow-disk',
      (request) => isHidden && /etcd/.test(JSON.stringify(request)) && !/apiserver/.test(JSON.stringify(request)),
    );
    await shift.pass(15);
    expect((await shift.incident()).report?.manualSteps.map(({ id }) => id)).toContain('exposeMetrics');
    await shift.doneByHand('exposeMetrics');
    isHidden = false;
    await shift.pass(700);

    expect((await shift.incident()).byHand).toMatchObject([
      {
        verification: {
          verdict: 'fixed',
          reason: expect.stringMatching(
            /^etcd's metrics are not collected\? No more: .* It could not be told before, and is seen now: A member's disk is slow/,
          ),
        },
      },
    ]);
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

describe('a node that somebody cordoned for a reason', () => {
  it('is worse after the uncordon the card offers, though it looked well for a minute', async () => {
    await using shift = await shiftIn('cordon-with-reason');
    expect(await shift.offered()).toEqual(['uncordon']);
    await shift.apply('uncordon');
    await shift.pass(30);
    const meanwhile = (await shift.planOf('uncordon')).verification;
    const verified = await shift.verified('uncordon');

    expect(meanwhile).toMatchObject({ verdict: 'waiting', reason: expect.stringContaining('No more') });
    expect(verified).toMatchObject({ verdict: 'worse', reason: expect.stringContaining('DiskPressure=True') });
    expect(shift.reads('plan')).toContain('Verification: ✗ worse than before: The node is short of');
    expect(shift.reads('card')).toContain('(it is worse now: The node is short of disk: DiskPressure');
  });

  it('is fixed by the same uncordon once those who cordoned it were asked, and said so', async () => {
    await using shift = await shiftIn('cordon-with-reason');
    await shift.doneByHand('askWhoCordoned');
    await shift.apply('uncordon');
    const verified = await shift.verified('uncordon');

    expect(verified).toMatchObject({ verdict: 'fixed', reason: expect.stringContaining('it is not cordoned') });
    // It was well all along, so only the end of the time proves that it stays so.
    expect(verified.seconds).toBeGreaterThanOrEqual(180);
    expect(await podsOf(shift.on, 'shop', 'catalogue-builder')).toMatchObject([{ node: 'worker-2', ready: true }]);
  });

  it('is not healed by taking the uncordon back, for the pod is there by now', async () => {
    await using shift = await shiftIn('cordon-with-reason');
    await shift.apply('uncordon');
    await shift.verified('uncordon');
    await shift.undo('uncordon');
    await shift.pass(60);

    expect(await shift.incident()).toMatchObject({
      report: { causes: expect.arrayContaining([expect.objectContaining({ id: 'pressure', verdict: 'confirmed' })]) },
    });
  });
});

describe('an etcd at its memory limit', () => {
  it('has no fix with a button; it is fixed by whoever says that they raised the limit', async () => {
    await using shift = await shiftIn('etcd-memory');
    expect(await shift.offered()).toEqual([]);
    await shift.doneByHand('raiseMemory');
    await shift.pass(60);

    expect((await shift.incident()).byHand).toMatchObject([
      {
        title: 'Give etcd more memory',
        verification: {
          verdict: 'fixed',
          reason: expect.stringMatching(/^etcd is at its memory limit\? No more: etcd-control-plane-1 uses 16 %/),
        },
      },
    ]);
  });

  it('is not fixed by whoever says that they did something else', async () => {
    await using shift = await shiftIn('etcd-memory');
    await shift.doneByHand('endInstance');
    await shift.pass(60);

    expect((await shift.incident()).byHand).toBeUndefined();
    expect((await shift.incident()).report?.causes).toContainEqual(
      expect.objectContaining({ id: 'etcdAtMemoryLimit', verdict: 'confirmed' }),
    );
  });
});
