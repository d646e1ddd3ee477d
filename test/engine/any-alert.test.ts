import { describe, expect, it } from 'vitest';
import { accounts } from '../../engine/accounts.ts';
import { answererOf } from '../../engine/match.ts';
import { anyRunbook } from '../../engine/runbook.ts';
import { runbook } from '../../runbooks/any-alert/index.ts';
import { node } from '../runbooks/any-alert/world.ts';
import { night, nodeAlert, sample } from './night.ts';

const generic = anyRunbook(runbook);
const runbooks = [sample, generic];
const expr = 'x > 1';

/** About one pod; the night knows no such pod unless it is told. */
const podAlert = (name: string, more: Parameters<typeof nodeAlert>[1] = {}) =>
  nodeAlert('', { name, labels: { namespace: 'shop', pod: 'web-1', node: '' }, fingerprint: name, expr, ...more });

const web = (ready: boolean) => ({
  metadata: { name: 'web-1', uid: 'u', creationTimestamp: '2026-11-20T00:00:00Z' },
  spec: { nodeName: 'worker-3' },
  status: {
    phase: 'Running',
    conditions: [{ type: 'Ready', status: ready ? 'True' : 'False' }],
    containerStatuses: [],
  },
});

async function nightWith(ready: boolean) {
  const tonight = await night({ runbooks });
  tonight.answers.set('get Pod shop/web-1', web(ready));
  tonight.answers.set('get Node worker-3', node());
  tonight.answers.set(`range 3600s/60s ${expr}`, []);
  tonight.answers.set('query count(up)', [{ labels: {}, value: 3, at: new Date() }]);
  return tonight;
}

describe('an alert that no runbook is about', () => {
  it('is answered by the runbook for any alert, if that is not switched off', () => {
    const { fingerprint, ...rest } = podAlert('Odd');
    expect(answererOf({ fingerprint, ...rest }, runbooks)).toEqual({ runbook: generic });
    expect(answererOf(nodeAlert('worker-3'), runbooks)).toMatchObject({ runbook: sample });
    expect(answererOf({ fingerprint, ...rest }, [sample])).toEqual({ runbook: undefined });
  });

  it('is one that a runbook would answer, if its labels named what that looks at', () => {
    const summedUp = nodeAlert('', { name: 'NodeUnwell', labels: { node: '', job: 'kubelet' } });
    expect(answererOf(summedUp, runbooks)).toEqual({ runbook: generic, topic: 'sample' });
    expect(answererOf(summedUp, [sample])).toMatchObject({ runbook: sample });
    const where = { name: 'NodeUnwell', labels: { node: '', pod: '', instance: '10.0.0.4:9100' } };
    expect(answererOf(nodeAlert('', where), runbooks)).toMatchObject({ runbook: sample });
    const itself = { name: 'NodeUnwell', labels: { node: '', instance: '10.0.0.4:8080' } };
    expect(answererOf(nodeAlert('', itself), runbooks)).toEqual({ runbook: generic, topic: 'sample' });
    const byAddress = { name: 'ExporterUnwell', labels: { node: '', instance: '10.0.0.4:9100' } };
    expect(answererOf(nodeAlert('', byAddress), runbooks)).toMatchObject({ runbook: sample });
  });

  it('is looked at, under its own name, with what was seen around it', async () => {
    await using tonight = await nightWith(false);
    await tonight.send(podAlert('Odd'));
    await tonight.settle();

    const [card] = tonight.channel.cards();
    expect(card).toMatchObject({
      title: 'Pod shop/web-1: Odd',
      target: 'Pod shop/web-1',
      state: 'undiagnosed',
      summary: expect.stringMatching(
        /^No runbook is about this alert, and none of the everyday troubles is proved here/,
      ),
      canLook: true,
    });
    expect(card?.evidence.find(({ id }) => id === 'expression')?.query).toContain(expr);
  });

  it('is told from one whose runbook has nothing to look at, because its labels name nothing', async () => {
    await using tonight = await nightWith(false);
    await tonight.send(nodeAlert('', { name: 'NodeUnwell', labels: { node: '', job: 'kubelet' } }));
    await tonight.settle();

    const [card] = tonight.channel.cards();
    expect(card?.summary).toMatch(/^Runbook sample has nothing of this alert to look at, and none of the everyday/);
    expect(card?.notes).toContain('Runbook sample is about this alert, but its labels name nothing that this looks at');
    expect(JSON.stringify(card)).not.toContain('No runbook');
  });

  it('is accounted for without what its name gives away', async () => {
    await using tonight = await nightWith(false);
    await tonight.send({ ...podAlert('Odd password=hunter2secret'), fingerprint: 'f1' });
    await tonight.settle();

    const told = JSON.stringify(await accounts(tonight.desk.store));
    expect(told).toContain('Odd password=[redacted]');
    expect(told).not.toContain('hunter2secret');
  });

  it('has a trouble that is seen on its card, which is not called its cause', async () => {
    await using tonight = await nightWith(false);
    tonight.answers.set('get Node worker-3', node('True', true));
    await tonight.send(podAlert('Odd'));
    await tonight.settle();

    expect(tonight.channel.cards()[0]).toMatchObject({
      state: 'trouble-seen',
      isBeside: true,
      summary: 'Trouble seen, not yet the cause: Its node is in trouble. worker-3: MemoryPressure',
    });
  });

  it('has a card of its own beside another about the same pod, and each names the other', async () => {
    await using tonight = await nightWith(true);
    await tonight.send(podAlert('Odd'));
    await tonight.settle();
    await tonight.send(podAlert('Other'));
    await tonight.settle();

    const cards = tonight.channel.cards();
    expect(cards.map(({ title }) => title)).toEqual(['Pod shop/web-1: Odd', 'Pod shop/web-1: Other']);
    const near = cards.map(({ evidence }) => evidence.find(({ id }) => id === 'neighbours')?.shown);
    expect(near[1]).toBe('pod/shop/web-1 (Odd)');
  });

  it('closes when its target looks well and its expression gives nothing', async () => {
    await using tonight = await nightWith(true);
    await tonight.send(podAlert('Odd'));
    await tonight.settle();
    await tonight.send(podAlert('Odd', { status: 'resolved' }));
    await tonight.settle();

    expect(tonight.channel.cards()).toMatchObject([
      { state: 'closed', summary: "Closed: its pods are ready, and the alert's expression gives nothing any more" },
    ]);
  });

  it('stays open while the pod is not ready, whatever Alertmanager says', async () => {
    await using tonight = await nightWith(false);
    await tonight.send(podAlert('Odd'));
    await tonight.settle();
    await tonight.send(podAlert('Odd', { status: 'resolved' }));
    await tonight.settle();

    expect(tonight.channel.cards()).toMatchObject([
      { state: 'still-broken', summary: 'Alertmanager says resolved, but: web-1 is not ready' },
    ]);
  });

  it("closes on Alertmanager's word where there is nothing to look at", async () => {
    await using tonight = await night({ runbooks });
    const odd = nodeAlert('', { name: 'Odd', fingerprint: 'odd', labels: { node: '', pod: '', namespace: '' } });
    await tonight.send(odd);
    await tonight.settle();
    expect(tonight.channel.cards()).toMatchObject([{ state: 'undiagnosed', target: 'The cluster', title: 'Odd' }]);

    await tonight.send({ ...odd, status: 'resolved' });
    await tonight.settle();
    expect(tonight.channel.cards()).toMatchObject([
      {
        state: 'closed',
        summary: 'Closed: Alertmanager says resolved; there is no object that shows whether it is over',
      },
    ]);
  });

  it('whose target is unknown says so, is not looked at, and closes', async () => {
    await using tonight = await night({ runbooks });
    const odd = nodeAlert('<!channel>', { name: 'Odd', fingerprint: 'odd' });
    await tonight.send(odd);
    await tonight.settle();
    expect(tonight.channel.cards()).toMatchObject([
      { state: 'undiagnosed', summary: "The alert's target could not be found: no node can be called <!channel>" },
    ]);

    await tonight.send({ ...odd, status: 'resolved' });
    await tonight.settle();
    expect(tonight.channel.cards()).toMatchObject([{ state: 'closed' }]);
  });
});
