import { describe, expect, it } from 'vitest';
import { accounts } from '../../engine/accounts.ts';
import { anyRunbook } from '../../engine/runbook.ts';
import { tick } from '../../functions/tick.ts';
import { runbook as anyAlert } from '../../runbooks/any-alert/index.ts';
import { night, nodeAlert, sample } from './night.ts';

const podAlert = (pod: string, change: Partial<ReturnType<typeof nodeAlert>> = {}) => ({
  ...nodeAlert('', { name: 'PodUnwell', labels: { pod, namespace: 'shop' } }),
  fingerprint: `pod-${pod}`,
  ...change,
});
const workers = (count: number) => Array.from({ length: count }, (_, index) => `worker-${index}`);

describe('a storm', () => {
  it('folds many nodes into one card and many pods into another, and the cards that came first into them', async () => {
    await using tonight = await night();
    for (const name of workers(30)) tonight.node(name, false);

    await tonight.send(...workers(30).map((name) => nodeAlert(name)), ...workers(50).map((name) => podAlert(name)));
    await tonight.settle();
    tonight.pass(5);
    await tonight.settle();

    const cards = tonight.channel.cards();
    const storms = cards.filter(({ title }) => title.endsWith('in trouble at once'));
    expect(cards.length).toBeLessThanOrEqual(8);
    expect(storms.map(({ title, alert }) => [title, alert?.firing]).sort()).toEqual([
      ['30 nodes in trouble at once', 30],
      ['50 pods in trouble at once', 50],
    ]);
    expect(cards.filter((card) => !storms.includes(card)).every(({ state }) => state === 'folded')).toBe(true);
  });

  it('says of one node what it saw of one node', async () => {
    await using tonight = await night();
    for (const name of workers(8)) tonight.node(name, name !== 'worker-7');

    await tonight.send(...workers(8).map((name) => nodeAlert(name)));
    await tonight.settle();

    const storm = tonight.channel.cards().find(({ title }) => title.endsWith('in trouble at once'));
    expect(storm?.summary).toMatch(/^Looked at Node worker-\d for all of them\. /);
  });

  it('accounts for every alert of it', async () => {
    await using tonight = await night();
    for (const name of workers(30)) tonight.node(name, false);

    await tonight.send(...workers(30).map((name) => nodeAlert(name)));
    await tonight.settle();

    const { totals } = await accounts(tonight.desk.store);
    expect((totals.alerts.posted ?? 0) + (totals.alerts.joined ?? 0)).toBe(30);
  });

  it('costs no lookups for the alerts it folds', async () => {
    await using tonight = await night();
    for (const name of workers(5)) tonight.node(name, false);
    await tonight.send(...workers(5).map((name) => nodeAlert(name)));
    await tonight.settle();
    const before = tonight.asked.length;

    await tonight.send(...workers(50).map((name) => podAlert(name)));
    await tonight.settle();

    expect(tonight.asked.length).toBe(before);
  });

  it('closes when its last alert is resolved and the node it looked at is well', async () => {
    await using tonight = await night();
    for (const name of workers(8)) tonight.node(name, false);
    await tonight.send(...workers(8).map((name) => nodeAlert(name)));
    await tonight.settle();

    for (const name of workers(8)) tonight.node(name, true);
    await tonight.send(...workers(8).map((name) => nodeAlert(name, { status: 'resolved' })));
    await tonight.settle();

    const storm = (await tonight.incidents()).find((incident) => incident.storm);
    expect(storm).toMatchObject({ state: 'closed', firing: [] });
  });

  it('lets a node have a card of its own again once it is over', async () => {
    await using tonight = await night();
    for (const name of workers(8)) tonight.node(name, false);
    await tonight.send(...workers(8).map((name) => nodeAlert(name)));
    await tonight.settle();
    for (const name of workers(8)) tonight.node(name, true);
    await tonight.send(...workers(8).map((name) => nodeAlert(name, { status: 'resolved' })));
    await tonight.settle();

    tonight.pass(1_200);
    tonight.node('worker-0', false);
    await tonight.send(nodeAlert('worker-0', { startsAt: '2026-11-21T03:20:00.000Z' }));
    await tonight.settle();

    expect(tonight.channel.cards().at(-1)).toMatchObject({
      state: 'diagnosed',
      title: 'Node worker-0: NodeUnwell',
    });
  });

  it('does not swallow the component a storm may come from', async () => {
    await using tonight = await night();
    const etcd = { ...nodeAlert(''), labels: { alertname: 'EtcdUnwell', job: 'etcd' }, fingerprint: 'etcd' };
    for (const name of workers(8)) tonight.node(name, false);

    await tonight.send(...workers(8).map((name) => nodeAlert(name)), etcd);
    await tonight.settle();

    expect(tonight.channel.cards()).toContainEqual(expect.objectContaining({ target: 'etcd', state: 'undiagnosed' }));
  });
});

describe('alerts that no runbook is about, at once', () => {
  const odd = (name: string, pod: string, severity = 'warning') =>
    podAlert(pod, {
      fingerprint: `${name}-${pod}`,
      labels: { alertname: name, namespace: 'shop', pod, severity },
    });
  const generic = { runbooks: [sample, anyRunbook(anyAlert)] };

  it('have a card each where they have nothing in common but that they are about pods', async () => {
    await using tonight = await night(generic);
    const names = ['Throttled', 'Throttled', 'CrashLooping', 'Waiting'];
    await tonight.send(
      ...names.map((name, index) => odd(name, `pod-${index}`)),
      odd('PaymentsDown', 'till', 'critical'),
    );
    await tonight.settle();

    expect(tonight.channel.cards()).toHaveLength(5);
    expect(tonight.channel.cards().at(-1)).toMatchObject({
      title: 'Pod shop/till: PaymentsDown',
      severity: 'critical',
    });
    expect(tonight.asked).toContain('get Pod shop/till');
  });

  it('of one target are called many alerts, not one object in trouble', async () => {
    await using tonight = await night(generic);
    await tonight.send(...Array.from({ length: 12 }, (_, index) => odd(`Odd${index}`, 'till')));
    await tonight.settle();
    tonight.pass(3);
    await tonight.settle();

    const titles = tonight.channel.cards().map(({ title }) => title);
    expect(titles).toHaveLength(6);
    expect(titles.at(-1)).toBe('Many alerts at once about pod/shop/till');
  });

  it('share a card from the sixth on, which speaks of the most severe of them', async () => {
    await using tonight = await night(generic);
    const names = Array.from({ length: 40 }, (_, index) => `Odd${index}`);
    for (const name of names) {
      await tonight.send(odd(name, name.toLowerCase()));
      await tonight.settle();
    }
    await tonight.send(odd('PaymentsDown', 'till', 'critical'));
    await tonight.settle();
    tonight.pass(3);
    await tonight.settle();

    const cards = tonight.channel.cards();
    expect(cards).toHaveLength(6);
    expect(cards.map(({ state }) => state)).not.toContain('folded');
    expect(cards.at(-1)).toMatchObject({
      title: '36 pods in trouble at once',
      severity: 'critical',
      alert: { name: 'PaymentsDown' },
      summary: expect.stringMatching(/^Looked at Pod shop\/till, one of them\. /),
    });
    expect(tonight.asked).toContain('get Pod shop/till');
  });

  it('share one from the fourth on where they have one name, and the others keep theirs', async () => {
    await using tonight = await night(generic);
    for (const worker of workers(8)) await tonight.send(odd('Throttled', worker));
    await tonight.send(odd('PaymentsDown', 'till', 'critical'));
    await tonight.settle();
    tonight.pass(3);
    await tonight.settle();

    const cards = tonight.channel.cards().filter(({ state }) => state !== 'folded');
    expect(cards.map(({ title, severity }) => [title, severity])).toEqual([
      ['Pod shop/till: PaymentsDown', 'critical'],
      ['8 pods in trouble at once', 'warning'],
    ]);

    // Of another name, about one of them.
    tonight.pass(120);
    await tonight.send(odd('Waiting', 'worker-0'));
    await tonight.settle();
    expect(tonight.channel.cards().map(({ title }) => title)).toContain('Pod shop/worker-0: Waiting');
  });
});

it('a storm turns to another of its members when the one that its card speaks of is well again', async () => {
  await using tonight = await night();
  for (const name of workers(5)) tonight.node(name, false);
  await tonight.send(...workers(5).map((name) => nodeAlert(name)));
  await tonight.settle();
  const storm = () => tonight.channel.cards().find(({ title }) => title.endsWith('at once'));
  const spokenOf = (storm()?.target ?? '').replace('Node ', '');

  tonight.node(spokenOf, true);
  for (let look = 0; look < 2; look += 1) {
    tonight.pass(3_601);
    await tick(tonight.desk, tonight.queue);
    await tonight.settle();
  }

  expect(storm()).toMatchObject({ state: 'diagnosed', likely: [{ title: 'The kubelet stopped' }] });
  expect(storm()?.target).not.toBe(`Node ${spokenOf}`);
});

describe('a pod on a node in trouble', () => {
  it('joins its node’s card', async () => {
    await using tonight = await night();
    tonight.node('worker-3', false);
    tonight.answers.set('get Pod shop/web-1', { metadata: { uid: 'u1' }, spec: { nodeName: 'worker-3' } });
    await tonight.send(nodeAlert('worker-3'));
    await tonight.settle();

    await tonight.send(podAlert('web-1'));
    await tonight.settle();
    tonight.pass(3);
    await tonight.settle();

    expect(tonight.channel.cards()).toMatchObject([
      { target: 'Node worker-3', notes: ['Also firing: PodUnwell (pod=web-1, namespace=shop)'] },
    ]);
  });

  it('does not head it, however bad its alert, and says nothing of since when the node is unwell', async () => {
    await using tonight = await night();
    tonight.node('worker-3', false);
    tonight.answers.set('get Pod shop/web-1', { metadata: { uid: 'u1' }, spec: { nodeName: 'worker-3' } });
    await tonight.send(nodeAlert('worker-3'));
    await tonight.settle();
    const pod = podAlert('web-1', { startsAt: '2026-11-21T02:50:00.000Z' });
    await tonight.send({ ...pod, labels: { ...pod.labels, severity: 'critical' } });
    await tonight.settle();
    tonight.pass(3);
    await tonight.settle();

    const since = new Date('2026-11-21T02:59:00.000Z');
    expect(tonight.channel.cards()).toMatchObject([{ title: 'Node worker-3: NodeUnwell', severity: 'warning', since }]);
    await tonight.send(nodeAlert('worker-3', { status: 'resolved' }));
    await tonight.settle();
    expect(tonight.channel.cards()).toMatchObject([{ title: 'Node worker-3: NodeUnwell' }]);
  });

  it('has a card of its own where its trouble is older than the node’s', async () => {
    await using tonight = await night();
    tonight.node('worker-3', false);
    tonight.answers.set('get Pod shop/web-1', { metadata: { uid: 'u1' }, spec: { nodeName: 'worker-3' } });
    await tonight.send(nodeAlert('worker-3'));
    await tonight.settle();
    await tonight.send(podAlert('web-1', { startsAt: '2026-11-20T22:00:00.000Z' }));
    await tonight.settle();

    expect(tonight.channel.cards()).toMatchObject([{ target: 'Node worker-3' }, { target: 'Pod shop/web-1' }]);
  });

  it('closes the node’s card only when the node’s own alert is gone as well', async () => {
    await using tonight = await night();
    tonight.node('worker-3', false);
    tonight.answers.set('get Pod shop/web-1', { metadata: { uid: 'u1' }, spec: { nodeName: 'worker-3' } });
    await tonight.send(nodeAlert('worker-3'), podAlert('web-1'));
    await tonight.settle();
    tonight.node('worker-3', true);

    await tonight.send(podAlert('web-1', { status: 'resolved' }));
    await tonight.settle();
    expect(await tonight.incidents()).toMatchObject([{ state: 'diagnosed' }]);

    await tonight.send(nodeAlert('worker-3', { status: 'resolved' }));
    await tonight.settle();
    expect(await tonight.incidents()).toMatchObject([{ state: 'closed' }]);
  });
});
