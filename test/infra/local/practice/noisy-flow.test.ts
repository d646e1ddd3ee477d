import { describe, expect, it } from 'vitest';
import { levelBody, schemaBody } from '../../../../engine/changes/flow-objects.ts';
import { evict, podsOf, scale, workloadPath } from './acts.ts';
import { confirmedIn, diagnosed } from './diagnosis.ts';
import { type Stage, stage } from './practice.ts';

const WORLD = 'noisy-flow';
const FLOW = '/apis/flowcontrol.apiserver.k8s.io/v1';
const NAME = 'nightshift-security-default';
const client = { kind: 'ServiceAccount', namespace: 'security', name: 'default' } as const;

async function isolate({ send }: Stage, subject: Parameters<typeof schemaBody>[2]): Promise<void> {
  await send('POST', `${FLOW}/prioritylevelconfigurations`, {
    kind: 'PriorityLevelConfiguration',
    ...levelBody(NAME, 'plan-1', 10),
  });
  await send('POST', `${FLOW}/flowschemas`, { kind: 'FlowSchema', ...schemaBody(NAME, 'plan-1', subject) });
}
const well = async (on: Stage) => (await diagnosed(on, WORLD)).recovered.verdict;

describe('a client that asks too much', () => {
  it('is named, with the fixes that would do', async () => {
    await using on = await stage({ world: WORLD });
    const { remedies } = await diagnosed(on, WORLD);

    expect(remedies).toMatchObject([
      { id: 'isolateFlow', changes: [{ flow: 'security-default', subject: client, shares: 10 }] },
      { id: 'stopClient', changes: [{ workload: { namespace: 'security', name: 'scanner' }, replicas: 0 }] },
    ]);
  });

  it('disturbs nobody in a priority level of its own, where it is refused on and on', async () => {
    await using on = await stage({ world: WORLD });
    await isolate(on, client);
    on.wait(400);
    const report = await diagnosed(on, WORLD);
    const own = await on.query(
      `sum(rate(apiserver_flowcontrol_rejected_requests_total{priority_level="${NAME}"}[2m]))`,
    );

    expect(confirmedIn(report)).toEqual([]);
    expect(report.recovered.verdict).toBe('confirmed');
    expect(report.causes.find(({ id }) => id === 'noisyFlow')?.reason).toMatch(/in a level of their own/);
    expect(own[0]?.value).toBeGreaterThan(100);
  });

  it('fills the level of all again when its own is taken away', async () => {
    await using on = await stage({ world: WORLD });
    await isolate(on, client);
    on.wait(400);
    await on.send('DELETE', `${FLOW}/flowschemas/${NAME}`);
    on.wait(400);

    expect(confirmedIn(await diagnosed(on, WORLD))).toEqual(['noisyFlow']);
  });

  it('is not healed by isolating somebody else', async () => {
    await using on = await stage({ world: WORLD });
    await isolate(on, { ...client, namespace: 'shop' });
    on.wait(400);

    expect(await well(on)).toBe('ruled-out');
  });

  it('is not healed by evicting its pods: others take their place', async () => {
    await using on = await stage({ world: WORLD });
    for (const pod of await podsOf(on, 'security', 'scanner')) await evict(on, pod);
    on.wait(400);

    expect(confirmedIn(await diagnosed(on, WORLD))).toEqual(['noisyFlow']);
  });

  it('is quiet when it is scaled to zero, or mended by hand', async () => {
    await using stopped = await stage({ world: WORLD });
    await scale(stopped, workloadPath('security', 'scanner'), 0);
    stopped.wait(400);
    await using mended = await stage({ world: WORLD });
    mended.practice.doneByHand('calmClient');
    mended.wait(400);

    expect(await well(stopped)).toBe('confirmed');
    expect(confirmedIn(await diagnosed(stopped, WORLD))).toEqual([]);
    expect(await well(mended)).toBe('confirmed');
  });
});
