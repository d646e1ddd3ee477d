import { describe, expect, it } from 'vitest';
import type { Alert } from '../../engine/alert.ts';
import { ReadFailure } from '../../engine/errors.ts';
import { slackHandlers } from '../../functions/slack.ts';
import { tick } from '../../functions/tick.ts';
import { type Night, night, nodeAlert } from './night.ts';

const address = '10.0.0.4';
/** As Prometheus labels its own scrape: no node, only where it asked. */
const byAddress: Alert = {
  ...nodeAlert('', { name: 'ExporterUnwell' }),
  labels: { alertname: 'ExporterUnwell', instance: `${address}:10250` },
};

function list(tonight: Night, answer: 'answers' | 'fails'): void {
  const columns = ['Name', 'Status', 'Internal-IP', 'External-IP'].map((name) => ({ name }));
  const table = { columnDefinitions: columns, rows: [{ cells: ['worker-4', 'Ready', address, '<none>'] }] };
  const failure = new ReadFailure('timed-out', 'no answer within 5000 ms');
  tonight.answers.set('list Node --as table', answer === 'answers' ? table : failure);
}

async function storm(tonight: Night): Promise<void> {
  const names = Array.from({ length: 5 }, (_, index) => `storm-${index}`);
  for (const name of names) tonight.node(name, false);
  await tonight.send(...names.map((name) => nodeAlert(name)));
  await tonight.settle();
}

const resolved = (alert: Alert): Alert => ({ ...alert, status: 'resolved' });

async function send(tonight: Night, ...alerts: readonly Alert[]): Promise<void> {
  await tonight.send(...alerts);
  await tonight.settle();
}

const about = async (tonight: Night, label: string) =>
  (await tonight.incidents()).find(({ alert }) => alert?.labels.instance === label || alert?.labels.node === label);

describe('a resolved alert', () => {
  it('finds its incident in a storm that began meanwhile', async () => {
    await using tonight = await night();
    list(tonight, 'answers');
    tonight.node('worker-4', false);
    await send(tonight, byAddress);
    tonight.pass(65);
    await storm(tonight);
    tonight.node('worker-4', true);
    list(tonight, 'fails');

    await send(tonight, resolved(byAddress));

    expect(await about(tonight, `${address}:10250`)).toMatchObject({
      state: 'closed',
      closedBecause: 'the node is ready',
    });
  });

  it('finds its node’s incident after its pod is gone', async () => {
    await using tonight = await night();
    tonight.node('worker-3', false);
    tonight.answers.set('get Pod shop/web-1', { metadata: { uid: 'u1' }, spec: { nodeName: 'worker-3' } });
    const pod = {
      ...nodeAlert('', { name: 'PodUnwell', labels: { pod: 'web-1', namespace: 'shop' } }),
      fingerprint: 'web-1',
    };
    await send(tonight, nodeAlert('worker-3'), pod);
    tonight.answers.delete('get Pod shop/web-1');
    tonight.node('worker-3', true);

    await send(tonight, resolved(pod));
    await send(tonight, resolved(nodeAlert('worker-3')));

    expect(await tonight.incidents()).toMatchObject([{ state: 'closed', firing: [] }]);
  });

  it('finds the storm its incident was folded into', async () => {
    await using tonight = await night();
    await storm(tonight);

    await send(tonight, resolved(nodeAlert('storm-0')));

    const folder = (await tonight.incidents()).find((incident) => incident.storm);
    expect(folder?.firing).toHaveLength(4);
  });
});

describe('a target that could not be looked up in a storm', () => {
  it('is found in the list of the nodes, which costs one read for all', async () => {
    await using tonight = await night();
    list(tonight, 'answers');
    await storm(tonight);

    await send(tonight, byAddress);

    const folder = (await tonight.incidents()).find((incident) => incident.storm);
    expect(folder?.storm?.members).toContain('node/worker-4');
  });

  it('is looked up when the storm is over', async () => {
    await using tonight = await night();
    list(tonight, 'fails');
    await storm(tonight);
    tonight.node('worker-4', false);
    await send(tonight, byAddress);
    expect(tonight.channel.cards().at(-1)).toMatchObject({ state: 'undiagnosed', canLook: true });

    list(tonight, 'answers');
    tonight.pass(301);
    await tick(tonight.desk, tonight.queue);
    await tonight.settle();
    expect(tonight.channel.cards().at(-1)).toMatchObject({ state: 'diagnosed', target: 'Node worker-4' });

    tonight.node('worker-4', true);
    await send(tonight, resolved(byAddress));
    expect(tonight.channel.cards().at(-1)).toMatchObject({ state: 'closed', summary: 'Closed: the node is ready' });
  });

  it('is looked up when somebody asks to run again, found or not', async () => {
    await using tonight = await night();
    list(tonight, 'fails');
    await storm(tonight);
    tonight.node('worker-4', false);
    await send(tonight, byAddress);
    const runAgain = async () => {
      const incident = (await about(tonight, `${address}:10250`))?.id ?? '';
      await slackHandlers(() => tonight.desk, tonight.queue).runAgain({
        incident,
        userId: 'U1',
        channelId: 'C1',
        teamId: 'T1',
      });
      await tonight.settle();
      return tonight.channel.cards().at(-1);
    };

    expect(await runAgain()).toMatchObject({ state: 'undiagnosed', canLook: true });
    list(tonight, 'answers');
    tonight.pass(11);
    expect(await runAgain()).toMatchObject({ state: 'diagnosed', target: 'Node worker-4' });
  });

  it('is looked up at the latest when its alert is resolved', async () => {
    await using tonight = await night();
    list(tonight, 'fails');
    await storm(tonight);
    tonight.node('worker-4', true);
    await send(tonight, byAddress);

    list(tonight, 'answers');
    tonight.pass(301);
    await send(tonight, resolved(byAddress));

    expect(await about(tonight, `${address}:10250`)).toMatchObject({
      state: 'closed',
      closedBecause: 'the node is ready',
    });
  });

  it('gives its alert to the incident its node has already', async () => {
    await using tonight = await night();
    list(tonight, 'fails');
    await storm(tonight);
    await send(tonight, byAddress);
    tonight.pass(301);
    tonight.node('worker-4', false);
    await send(tonight, nodeAlert('worker-4'));

    list(tonight, 'answers');
    await tick(tonight.desk, tonight.queue);
    await tonight.settle();

    expect(await about(tonight, `${address}:10250`)).toMatchObject({
      state: 'closed',
      closedBecause: 'its target was found: Node worker-4, which has a card already',
    });
    expect(await about(tonight, 'worker-4')).toMatchObject({
      alertCount: 2,
      firing: ['NodeUnwell-worker-4', byAddress.fingerprint],
    });
    await send(tonight, resolved(byAddress));
    expect(await about(tonight, 'worker-4')).toMatchObject({ firing: ['NodeUnwell-worker-4'] });
  });

  it('has one incident from then on, whichever of its alerts was heard first', async () => {
    await using tonight = await night();
    const byExporter: Alert = { ...byAddress, labels: { ...byAddress.labels, instance: `${address}:9100` } };
    list(tonight, 'fails');
    tonight.node('worker-4', false);
    await send(tonight, byAddress, { ...byExporter, fingerprint: 'exporter' });
    expect(await tonight.incidents()).toHaveLength(2);

    list(tonight, 'answers');
    tonight.pass(301);
    await tick(tonight.desk, tonight.queue);
    await tonight.settle();
    const [first, second] = [await about(tonight, `${address}:10250`), await about(tonight, `${address}:9100`)];
    const [held, handed] = first?.state === 'closed' ? [second, first] : [first, second];
    expect(held).toMatchObject({ state: 'diagnosed', target: { kind: 'Node', name: 'worker-4' } });
    expect(handed).toMatchObject({ state: 'closed', foldedInto: held?.id });

    await send(tonight, nodeAlert('worker-4'));
    const open = (await tonight.incidents()).filter(({ state }) => state !== 'closed');
    expect(open).toMatchObject([{ id: held?.id, firing: { length: 3 } }]);

    tonight.node('worker-4', true);
    // Of the pair of Alertmanagers the one that says so knew it since another moment.
    const later = { ...byAddress, startsAt: '2026-11-21T02:58:30Z' };
    await send(tonight, resolved(later), resolved({ ...byExporter, fingerprint: 'exporter' }));
    await send(tonight, resolved(nodeAlert('worker-4')));
    expect((await tonight.incidents()).filter(({ state }) => state !== 'closed')).toEqual([]);

    tonight.pass(3_600);
    tonight.node('worker-4', false);
    await send(tonight, nodeAlert('worker-4'));
    const again = (await tonight.incidents()).filter(({ state }) => state !== 'closed');
    expect(again).toMatchObject([{ target: { kind: 'Node', name: 'worker-4' }, firing: { length: 1 } }]);
    expect(again[0]?.id).not.toBe(held?.id);
  });
});

describe('a storm of alerts that name their nodes by address, while the API server does not answer', () => {
  const numbers = [1, 2, 3, 4, 5, 6];
  const byInstance = (n: number): Alert => ({
    ...byAddress,
    labels: { ...byAddress.labels, instance: `10.0.0.${n}:10250` },
    fingerprint: `node-${n}`,
  });
  const nodes = (tonight: Night, broken: readonly number[]) => {
    const columns = ['Name', 'Status', 'Internal-IP', 'External-IP'].map((name) => ({ name }));
    const rows = numbers.map((n) => ({ cells: [`worker-${n}`, 'Ready', `10.0.0.${n}`, '<none>'] }));
    tonight.answers.set('list Node --as table', { columnDefinitions: columns, rows });
    for (const n of numbers) tonight.node(`worker-${n}`, !broken.includes(n));
  };
  const stormOf = async (tonight: Night) => (await tonight.incidents()).find(({ storm }) => storm !== undefined);

  const byAddressOf = (label: string) => (n: number) => ({
    ...byInstance(n),
    labels: { ...byAddress.labels, instance: '', [label]: `10.0.0.${n}` },
  });

  it.each([
    ['instance', byInstance, 'instance=10.0.0.5:10250'],
    ['node', byAddressOf('node'), 'node=10.0.0.5'],
    ['nodename', byAddressOf('nodename'), 'nodename=10.0.0.5'],
  ])('knows all of them by %s once it answers, and is not over before those were looked at', async (_, byIt, fifth) => {
    await using tonight = await night();
    list(tonight, 'fails');
    await send(tonight, ...numbers.map(byIt));
    expect((await stormOf(tonight))?.storm?.members).toContain(`unresolved/${fifth}`);

    nodes(tonight, [5]);
    tonight.pass(31);
    await tick(tonight.desk, tonight.queue);
    await tonight.settle();
    const found = await stormOf(tonight);
    expect([...(found?.storm?.members ?? [])].sort()).toEqual(numbers.map((n) => `node/worker-${n}`));
    expect(tonight.channel.cards().findLast(({ title }) => title.includes('at once'))?.title).toBe(
      '6 nodes in trouble at once',
    );

    await send(tonight, nodeAlert('worker-5'));
    expect((await stormOf(tonight))?.firing).toHaveLength(7);
    await send(tonight, resolved(nodeAlert('worker-5')));
    await send(tonight, ...numbers.map(byIt).map(resolved));
    expect(await stormOf(tonight)).toMatchObject({
      state: 'still-broken',
      target: { kind: 'Node', name: 'worker-5' },
    });

    nodes(tonight, []);
    tonight.pass(901);
    await tonight.settle();
    expect((await stormOf(tonight))?.closedBecause).toMatch(/^looked at 6 of 6, all of them well/);
  });
});
