import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { TryLater } from '../../../engine/errors.ts';
import type { Plan, Step } from '../../../engine/plan.ts';
import { lab } from './lab.ts';

const drain = { verb: 'drain', node: 'worker-3', allow: ['local-storage', 'bare-pods'] } as const;
type Lab = Awaited<ReturnType<typeof lab>>;

const Pods = z.object({
  items: z.array(
    z.object({
      metadata: z.object({ name: z.string(), namespace: z.string(), uid: z.string() }),
      spec: z.object({ nodeName: z.string().optional() }),
    }),
  ),
});

/** Somebody else ends a pod; its controller, or the end of its Job, would do the same. */
async function ends(it: Lab, namespace: string, name: string, uid: string) {
  const { before } = it.faults;
  delete it.faults.before;
  const [writer] = it.acting.writers.values();
  await writer?.apply({ verb: 'delete', object: { kind: 'Pod', namespace, name }, uid }, { deadlineMs: 5_000 });
  await it.behindOurBack({
    verb: 'annotate',
    object: { kind: 'Node', name: 'worker-1' },
    key: 'nightshift.dev/later',
    value: it.acting.newId(),
  });
  if (before) it.faults.before = before;
}

const waiting = ({ steps }: Plan) => steps.filter(({ state, verb }) => state === 'waiting' && verb === 'evict');
const endOf = async (it: Lab, step: Step | undefined) => {
  const { object, uid } = step ?? {};
  if (!object?.namespace || !uid) throw new Error('no eviction waits');
  await ends(it, object.namespace, object.name, uid);
};

/** While its request of this number is on its way. */
function when(it: Lab, request: number, happening: () => Promise<void>) {
  it.faults.before = async (_action, nth) => {
    if (nth === request) await happening();
    return undefined;
  };
}

describe('a pod goes by itself before a drain has come to it', () => {
  test('which is what was wanted: the drain goes on, and says so', async () => {
    await using it = await lab([drain]);
    const { id } = await it.requested();
    // After the cordon, so that what takes its place does not come to the same node.
    when(it, 2, async () => endOf(it, waiting(await it.plan(id))[0]));
    const plan = await it.approved(id);
    expect([plan.state, plan.because]).toEqual(['applied', undefined]);
    expect(plan.steps.filter(({ said }) => said === 'it was gone already')).toHaveLength(1);
    expect(plan.steps.every(({ state }) => state === 'done')).toBe(true);
    const told = (await it.ledger(id)).filter(({ kind }) => kind === 'applied');
    expect(told.map(({ details }) => details?.because)).toContain('it was gone already');
  });

  test('while it waits for the directory: what is left is still what was approved', async () => {
    await using it = await lab([drain]);
    const { id } = await it.requested();
    const { person } = it.acting.people;
    when(it, 2, async () => {
      it.acting.people.person = async () => {
        throw new TryLater('Slack does not answer', 1_000);
      };
    });
    await it.approved(id);
    const paused = await it.plan(id);
    expect(paused).toMatchObject({ state: 'executing', paused: { because: expect.any(String) } });
    for (const step of waiting(paused)) await endOf(it, step);
    it.acting.people.person = person;
    await it.passEverywhere(61);
    const plan = await it.plan(id);
    expect(plan).toMatchObject({ state: 'applied' });
    expect(plan.steps.filter(({ said }) => said === 'it was gone already')).toHaveLength(waiting(paused).length);
    expect(it.sent.filter(({ verb }) => verb === 'evict')).toHaveLength(1);
  });
});

describe('the process has to end in the middle of a drain', () => {
  test('it pauses between two requests, and another process does the rest, none of it twice', async () => {
    await using it = await lab([drain]);
    const { id } = await it.requested();
    const stop = new AbortController();
    Object.assign(it.acting, { stopping: stop.signal });
    when(it, 2, async () => stop.abort());
    await it.approved(id);
    const paused = await it.plan(id);
    expect(paused).toMatchObject({ state: 'executing', paused: { because: expect.stringContaining('has to end') } });
    expect(paused.steps.filter(({ state }) => state === 'done')).toHaveLength(2);
    Object.assign(it.acting, { stopping: new AbortController().signal });
    await it.passEverywhere(61);
    const plan = await it.plan(id);
    expect(plan).toMatchObject({ state: 'applied' });
    expect(it.sent).toHaveLength(plan.steps.length);
    expect(new Set(it.sent.map((action) => JSON.stringify(action))).size).toBe(plan.steps.length);
  });

  test('an approved one is not begun', async () => {
    await using it = await lab([drain]);
    const { id } = await it.requested();
    Object.assign(it.acting, { stopping: AbortSignal.abort() });
    await it.approved(id);
    expect(await it.plan(id)).toMatchObject({ state: 'approved', paused: { because: expect.stringContaining('end') } });
    expect(it.sent).toEqual([]);
  });
});

describe('in the middle of a drain', () => {
  test('the other replica of a workload goes: its last one is not evicted', async () => {
    await using it = await lab([drain]);
    const { id } = await it.requested();
    const elsewhere = async () => {
      const request = { verb: 'list', kind: 'Pod', namespace: 'kube-system', fresh: true } as const;
      const { body } = await it.cluster.source.read(request, { deadlineMs: 5_000, maxBytes: 10_000_000 });
      return Pods.parse(body).items.filter(
        ({ metadata, spec }) => /^coredns/.test(metadata.name) && spec.nodeName !== 'worker-3',
      );
    };
    when(it, 1, async () => {
      const { before } = it.faults;
      delete it.faults.before;
      const [writer] = it.acting.writers.values();
      for (const { metadata } of await elsewhere()) {
        const { namespace, name, uid } = metadata;
        await writer?.apply({ verb: 'delete', object: { kind: 'Pod', namespace, name }, uid }, { deadlineMs: 5_000 });
      }
      if (before) it.faults.before = before;
    });
    const plan = await it.approved(id);
    expect(plan).toMatchObject({
      state: 'partly-applied',
      because: expect.stringMatching(
        /Not the last replica: none would be ready until others have started: ReplicaSet kube-system\/coredns/,
      ),
    });
    expect(it.sent.filter(({ object, verb }) => verb === 'evict' && /^coredns/.test(object.name))).toEqual([]);
  });

  test('a node of its pool vanishes: it counts as gone, and not as one that never was', async () => {
    await using it = await lab([drain]);
    const { source } = it.cluster;
    let gone = false;
    const read: typeof source.read = async (request, limits) => {
      const answer = await source.read(request, limits);
      if (!gone || request.verb !== 'list' || request.as !== 'table') return answer;
      const table = structuredClone(answer.body) as { rows: { cells: unknown[] }[] };
      return { ...answer, body: { ...table, rows: table.rows.filter(({ cells }) => !cells.includes('worker-2')) } };
    };
    Object.assign(it.cluster, { source: { ...source, read } });
    const { id } = await it.requested();
    when(it, 1, async () => {
      gone = true;
    });
    const plan = await it.approved(id);
    expect(plan).toMatchObject({
      state: 'partly-applied',
      because: expect.stringContaining(
        '1 of 3 would be left ready and schedulable (1 has vanished since it began); at least 2 must',
      ),
    });
    expect(it.sent).toHaveLength(1);
  });
});
