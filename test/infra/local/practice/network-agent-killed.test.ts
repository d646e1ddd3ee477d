import { describe, expect, it } from 'vitest';
import { deletePod, podsOf, restart, workloadPath } from './acts.ts';
import { confirmedIn, diagnosed } from './diagnosis.ts';
import { type Stage, stage, strategic } from './practice.ts';

const WORLD = 'network-agent-killed';
const NODE = 'worker-4';
const DAEMON_SET = workloadPath('kube-system', 'kube-multus-ds', 'daemonsets');

async function agentOn(on: Stage, node: string) {
  const found = (await podsOf(on, 'kube-system', 'multus')).find((pod) => pod.node === node);
  if (!found) throw new Error(`there is an agent on ${node}`);
  return found;
}

const withLimit = ({ send }: Stage, memory: string) =>
  send(
    'PATCH',
    DAEMON_SET,
    { spec: { template: { spec: { containers: [{ name: 'kube-multus', resources: { limits: { memory } } }] } } } },
    strategic,
  );

describe('a network agent that is ended for its memory', () => {
  it('fails on one node, which is Ready; on all others it runs', async () => {
    await using on = await stage({ world: WORLD });
    const agents = await podsOf(on, 'kube-system', 'multus');
    const { body } = await on.get(DAEMON_SET);
    const node = await on.get(`/api/v1/nodes/${NODE}`);

    expect(agents.filter(({ ready }) => !ready).map((pod) => pod.node)).toEqual([NODE]);
    expect(agents.length).toBeGreaterThan(5);
    expect(Number(body.status?.numberReady)).toBe(agents.length - 1);
    expect(JSON.stringify(node.body.status?.conditions)).toContain('kubelet is posting ready status');
  });

  it('is offered a higher limit, and that heals it', async () => {
    await using on = await stage({ world: WORLD });
    const before = await diagnosed(on, WORLD);
    await withLimit(on, '100Mi');
    on.wait(420);
    const after = await diagnosed(on, WORLD);

    expect(confirmedIn(before)).toEqual(['agentMemory']);
    expect(before.remedies.find(({ id }) => id === 'raiseMemory')).toMatchObject({
      changes: [
        {
          verb: 'set-resources',
          workload: { kind: 'DaemonSet', namespace: 'kube-system', name: 'kube-multus-ds' },
          container: 'kube-multus',
          limits: { memory: '100Mi' },
        },
      ],
    });
    expect(confirmedIn(after)).toEqual([]);
    expect(after.recovered).toMatchObject({ verdict: 'confirmed' });
    expect((await podsOf(on, 'kube-system', 'multus')).every(({ ready }) => ready)).toBe(true);
  });

  it.each<[string, (on: Stage) => Promise<unknown>]>([
    ['being made anew', async (on) => deletePod(on, await agentOn(on, NODE))],
    ['a restart of all agents', (on) => restart(on, DAEMON_SET)],
    ['a lower limit', (on) => withLimit(on, '40Mi')],
    ['waiting', async () => {}],
  ])('is not healed by %s', async (_, act) => {
    await using on = await stage({ world: WORLD });
    await act(on);
    on.wait(600);
    const report = await diagnosed(on, WORLD);

    expect(confirmedIn(report)).toEqual(['agentMemory']);
    expect(report.recovered.verdict).toBe('ruled-out');
  });

  it('is mended by hand as well: more memory in its chart, and by no other word', async () => {
    await using on = await stage({ world: WORLD });
    on.practice.doneByHand('readAgent');
    on.wait(420);
    expect((await diagnosed(on, WORLD)).recovered.verdict).toBe('ruled-out');
    on.practice.doneByHand('giveMemory');
    on.wait(420);

    expect((await diagnosed(on, WORLD)).recovered.verdict).toBe('confirmed');
    expect((await agentOn(on, NODE)).ready).toBe(true);
  });
});
