import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { WriteFailure } from '../../../engine/action.ts';
import type { Change } from '../../../engine/change.ts';
import { ReadFailure } from '../../../engine/errors.ts';
import { lab } from './lab.ts';

const Pods = z.looseObject({ items: z.array(z.looseObject({ metadata: z.looseObject({ name: z.string() }) })) });
const drain = { verb: 'drain', node: 'worker-3', allow: ['local-storage', 'bare-pods'] } as const;
const more = {
  verb: 'scale',
  workload: { kind: 'Deployment', namespace: 'shop', name: 'web' },
  replicas: 12,
} as const;

/** A colleague does this right before request number `nth` is sent. */
function justBefore(it: Awaited<ReturnType<typeof lab>>, nth: number, change: Change) {
  it.faults.before = async (_action, sent) => {
    if (sent === nth) await it.behindOurBack(change);
    return undefined;
  };
}

/** Pods of web land on the node after the last look at it, and before the first request is sent. */
async function landUnseen(it: Awaited<ReturnType<typeof lab>>) {
  const { source } = it.cluster;
  const names = async () => {
    const pods = { verb: 'list', kind: 'Pod', fieldSelector: 'spec.nodeName=worker-3', fresh: true } as const;
    return Pods.parse((await source.read(pods, { deadlineMs: 5_000, maxBytes: 1e7 })).body);
  };
  const there = new Set((await names()).items.map(({ metadata }) => metadata.name));
  await it.behindOurBack(more);
  const landed = new Set((await names()).items.map(({ metadata }) => metadata.name).filter((name) => !there.has(name)));
  expect(landed.size).toBeGreaterThan(1);
  const read: typeof source.read = async (request, limits) => {
    const answer = await source.read(request, limits);
    if (request.verb !== 'list' || request.kind !== 'Pod' || it.sent.length > 0) return answer;
    const { items, ...rest } = Pods.parse(answer.body);
    return { ...answer, body: { ...rest, items: items.filter(({ metadata }) => !landed.has(metadata.name)) } };
  };
  Object.assign(it.cluster, { source: { ...source, read } });
}

describe('a drain all of whose steps were done', () => {
  test('is not called applied while pods that came before its cordon are on the node: they are named', async () => {
    await using it = await lab([drain]);
    await landUnseen(it);
    const { id } = await it.requested();
    const plan = await it.approved(id);

    expect(plan).toMatchObject({
      state: 'partly-applied',
      because: expect.stringMatching(
        /^every step was done, and yet \d+ pods came to node worker-3 meanwhile: shop\/web-\S+, shop\/web-/,
      ),
      steps: plan.steps.map(() => ({ state: 'done' })),
    });
    expect((await it.card(id)).buttons).toEqual(['undo', 'plan-again']);
    await it.press(id, 'plan-again', 'U0ASKER');
    const rest = await it.latest();
    expect(rest).toMatchObject({ state: 'requested', continues: id });
    expect(rest.diff.every(({ object }) => object.startsWith('Pod shop/web-'))).toBe(true);
  });

  test('is not called applied once somebody has uncordoned the node', async () => {
    await using it = await lab([drain]);
    const { id } = await it.requested();
    justBefore(it, 4, { verb: 'uncordon', node: 'worker-3' });

    expect(await it.approved(id)).toMatchObject({
      state: 'partly-applied',
      because: expect.stringContaining('node worker-3 was uncordoned meanwhile, and takes pods'),
    });
  });

  test('is applied, and says which pods are still ending until they are gone', async () => {
    await using it = await lab([drain]);
    const { id } = await it.requested();
    expect(await it.approved(id)).toMatchObject({
      state: 'applied',
      ending: expect.stringMatching(/^2 pods of node worker-3 still ending: \S+, \S+$/),
    });
    expect((await it.card(id)).headline).toContain('applied (2 pods of node worker-3 still ending: ');
    await it.behindOurBack({ verb: 'cordon', node: 'worker-1' }); // a minute goes by in the cluster
    await it.pass(60);

    expect((await it.card(id)).headline).not.toContain('ending');
  });

  test('says so, too, when they end after its verdict; for an hour it looks each minute, then says of when it is', async () => {
    await using it = await lab([drain]);
    const { id } = await it.requested();
    await it.approved(id);
    await it.pass(30);
    await it.pass(900);
    expect(await it.plan(id)).toMatchObject({
      verification: { verdict: 'not-fixed' },
      ending: expect.stringContaining('still ending'),
    });
    for (let minutes = 16; minutes < 62; minutes += 1) await it.pass(60);
    const { ending } = await it.plan(id);
    expect(ending).toMatch(/^as of \d\d:\d\d UTC, not looked at since: 2 pods of node worker-3 still ending: /);
    await it.pass(3_600);
    expect((await it.plan(id)).ending).toBe(ending);
    expect((await it.ledger(id)).filter(({ kind }) => kind === 'verified')).toHaveLength(1);

    await using other = await lab([drain]);
    const { id: second } = await other.requested();
    await other.approved(second);
    await other.pass(30);
    await other.pass(900);
    await other.behindOurBack({ verb: 'cordon', node: 'worker-1' }); // a minute goes by in the cluster
    await other.pass(60);
    expect((await other.card(second)).headline).toBe('Fix it: applied; verified: not fixed');
  });

  test('is partly applied as soon as it is seen that the node takes pods, if it could not be looked at before', async () => {
    await using it = await lab([drain]);
    const { id } = await it.requested();
    const steps = (await it.plan(id)).diff.length;
    justBefore(it, 2, { verb: 'uncordon', node: 'worker-3' });
    const { source } = it.cluster;
    let isAway = true;
    const read: typeof source.read = async (request, limits) => {
      const isLast = it.sent.length >= steps && request.verb === 'list' && request.kind === 'Pod';
      if (isAway && isLast) throw new ReadFailure('unreachable', 'connect ECONNREFUSED');
      return source.read(request, limits);
    };
    Object.assign(it.cluster, { source: { ...source, read } });
    expect(await it.approved(id)).toMatchObject({
      state: 'applied',
      ending: 'whether other pods came to the node meanwhile could not be looked at: connect ECONNREFUSED',
    });
    isAway = false;
    await it.pass(30);

    expect(await it.plan(id)).toMatchObject({
      state: 'partly-applied',
      because: expect.stringMatching(
        /^every step was done, and yet node worker-3 was uncordoned meanwhile, and takes pods; 1 pod came to node worker-3/,
      ),
      verification: { verdict: 'waiting' },
    });
    expect((await it.card(id)).buttons).toEqual(['undo', 'plan-again']);
    expect((await it.ledger(id)).filter(({ kind }) => kind === 'partly-applied')).toHaveLength(1);
  });

  test('is not called applied by the word of a person alone while its node takes pods', async () => {
    await using it = await lab([drain]);
    const { id } = await it.requested();
    const steps = (await it.plan(id)).diff.length;
    it.faults.before = async (_action, sent) => {
      if (sent === 3) await it.behindOurBack({ verb: 'uncordon', node: 'worker-3' });
      return sent === steps ? new WriteFailure('timed-out', 'no answer within 15 s', true) : undefined;
    };
    expect(await it.approved(id)).toMatchObject({ state: 'unknown' });

    expect(await it.press(id, 'it-was-applied', 'U0LEAD')).toMatchObject({
      state: 'partly-applied',
      because: expect.stringMatching(
        /^a person has looked: it was applied; every step was done, and yet node worker-3 was uncordoned meanwhile/,
      ),
      inverse: [{ verb: 'uncordon', node: 'worker-3' }],
    });
  });
});
