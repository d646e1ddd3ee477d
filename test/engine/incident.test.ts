import { describe, expect, it } from 'vitest';
import { accounts } from '../../engine/accounts.ts';
import { alertKey } from '../../engine/alert.ts';
import { ReadFailure } from '../../engine/errors.ts';
import { Ambiguous } from '../../engine/ports.ts';
import { triage } from '../../engine/triage.ts';
import { night, nodeAlert } from './night.ts';

describe('the life of an incident', () => {
  it('becomes one card with the diagnosis, and its evidence in the thread', async () => {
    await using tonight = await night();
    tonight.node('worker-3', false);

    await tonight.send(nodeAlert('worker-3'));
    await tonight.settle();

    expect(tonight.channel.cards()).toMatchObject([
      {
        state: 'diagnosed',
        title: 'Node worker-3: NodeUnwell',
        likely: [{ title: 'The kubelet stopped', reason: 'ready is false' }],
      },
    ]);
    expect(tonight.channel.posts.map(({ message, thread }) => [message.kind, thread?.ts])).toEqual([
      ['card', undefined],
      ['evidence', '1'],
    ]);
  });

  it('takes resends, a second Alertmanager and other alerts about the node into one incident', async () => {
    await using tonight = await night();
    tonight.node('worker-3', false);

    await tonight.send(nodeAlert('worker-3'));
    await tonight.send(nodeAlert('worker-3'));
    await tonight.send(nodeAlert('worker-3', { startsAt: '2026-11-21T02:59:00.001Z' }));
    await tonight.send(nodeAlert('worker-3', { name: 'NodeUnwellToo' }));
    await tonight.settle();

    expect(await tonight.incidents()).toMatchObject([{ alertNames: { NodeUnwell: 2, NodeUnwellToo: 1 } }]);
    expect((await accounts(tonight.desk.store)).totals).toMatchObject({
      webhooks: { received: 4 },
      alerts: { posted: 1, joined: 3 },
    });
  });

  it('is one when several alerts about it are worked on at the same moment', async () => {
    await using tonight = await night();
    tonight.node('worker-3', false);
    const names = ['NodeUnwell', 'NodeUnwellToo', 'ExporterUnwell'];
    const alerts = names.flatMap((name) =>
      ['a', 'b'].map((to) => nodeAlert('worker-3', { name, labels: { to }, fingerprint: `${name}-${to}` })),
    );
    await tonight.send(...alerts);
    const [webhook] = await tonight.queue.receive('investigate', { max: 1, leaseMs: 60_000, waitMs: 0 });
    if (webhook) await tonight.handle(webhook);

    const fates = await Promise.all(alerts.map((alert) => triage(tonight.desk, alertKey(alert))));
    await tonight.settle();

    expect(fates.map(({ outcome }) => outcome).sort()).toEqual([
      'joined',
      'joined',
      'joined',
      'joined',
      'joined',
      'opened',
    ]);
    expect(await tonight.incidents()).toMatchObject([{ alertCount: 6 }]);
    expect(await tonight.desk.store.list('closed')).toEqual([]);
  });

  it('closes when the alert is resolved and the node itself looks well', async () => {
    await using tonight = await night();
    tonight.node('worker-3', false);
    await tonight.send(nodeAlert('worker-3'));
    await tonight.settle();

    tonight.node('worker-3', true);
    await tonight.send(nodeAlert('worker-3', { status: 'resolved' }));
    await tonight.settle();

    expect(tonight.channel.cards()).toMatchObject([{ state: 'closed', summary: 'Closed: the node is ready' }]);
  });

  it('stays open when the alert is resolved but the node is still broken, and looks again until it is not', async () => {
    await using tonight = await night();
    tonight.node('worker-3', false);
    await tonight.send(nodeAlert('worker-3'));
    await tonight.settle();

    await tonight.send(nodeAlert('worker-3', { status: 'resolved' }));
    await tonight.settle();
    expect(tonight.channel.cards()).toMatchObject([
      { state: 'still-broken', summary: 'Alertmanager says resolved, but: the node is not ready' },
    ]);

    tonight.node('worker-3', true);
    tonight.pass(61);
    await tonight.settle();
    expect(tonight.channel.cards()).toMatchObject([{ state: 'closed' }]);
  });

  it('says “could not be checked”, not “still broken”, when the alert is resolved and the node cannot be seen', async () => {
    await using tonight = await night();
    tonight.node('worker-3', false);
    await tonight.send(nodeAlert('worker-3'));
    await tonight.settle();

    tonight.answers.set('get Node worker-3', new ReadFailure('unreachable', 'nothing listens on prod-eu:6443'));
    await tonight.send(nodeAlert('worker-3', { status: 'resolved' }));
    await tonight.settle();
    expect(tonight.channel.cards()).toMatchObject([
      {
        state: 'unchecked',
        summary: 'Alertmanager says resolved, but that could not be checked: could not be seen: Node object',
      },
    ]);
    expect((await accounts(tonight.desk.store)).incidents).toMatchObject([{ state: 'unchecked', severity: 'warning' }]);

    tonight.node('worker-3', true);
    tonight.pass(61);
    await tonight.settle();
    expect(tonight.channel.cards()).toMatchObject([{ state: 'closed' }]);
  });

  it('opens one incident when the resolution overtakes the alert, and closes it after a look', async () => {
    await using tonight = await night();
    tonight.node('worker-3', true);

    await tonight.send(nodeAlert('worker-3', { status: 'resolved' }));
    await tonight.settle();
    await tonight.send(nodeAlert('worker-3'));
    await tonight.settle();

    expect(await tonight.incidents()).toMatchObject([{ state: 'closed', closedBecause: 'the node is ready' }]);
    expect((await accounts(tonight.desk.store)).totals.alerts).toEqual({ suppressed: 1, posted: 1 });
  });

  it('goes on with the same card when it fires again within ten minutes, and with a new one after that', async () => {
    await using tonight = await night();
    const again = async (startsAt: string) => {
      tonight.node('worker-3', false);
      await tonight.send(nodeAlert('worker-3', { startsAt }));
      await tonight.settle();
      tonight.node('worker-3', true);
      await tonight.send(nodeAlert('worker-3', { startsAt, status: 'resolved' }));
      await tonight.settle();
    };

    await again('2026-11-21T02:59:00.000Z');
    tonight.pass(120);
    await again('2026-11-21T03:01:00.000Z');
    expect(tonight.channel.cards()).toHaveLength(1);

    tonight.pass(1_200);
    await again('2026-11-21T03:22:00.000Z');
    expect(tonight.channel.cards()).toHaveLength(2);
  });

  it('makes a card of an alert no runbook answers, and closes it on Alertmanager’s word', async () => {
    await using tonight = await night();
    const odd = nodeAlert('', { name: 'CertificateExpiresSoon', labels: { pod: 'web-1', namespace: 'shop' } });

    await tonight.send(odd);
    await tonight.settle();
    expect(tonight.channel.cards()).toMatchObject([
      { state: 'undiagnosed', summary: 'No runbook answers this alert', target: 'Pod shop/web-1' },
    ]);

    await tonight.send({ ...odd, status: 'resolved' });
    await tonight.settle();
    expect(tonight.channel.cards()).toMatchObject([{ state: 'closed' }]);
  });

  it('leaves Watchdog alone, and refuses alerts of a cluster that is not ours, and says so', async () => {
    await using tonight = await night({ match: { cluster: 'prod-eu' } });

    await tonight.send(
      nodeAlert('worker-3', { name: 'Watchdog' }),
      nodeAlert('worker-3', { labels: { cluster: 'prod-us' } }),
    );
    await tonight.settle();

    const { webhooks } = await accounts(tonight.desk.store);
    expect(webhooks[0]?.alerts).toMatchObject([
      { outcome: 'suppressed', why: 'Watchdog always fires: it shows that alerting works' },
      { outcome: 'rejected', why: 'its labels fit none of the configured clusters: prod-eu (cluster=prod-eu)' },
    ]);
    expect(tonight.channel.posts).toEqual([]);
  });

  it('decides anew about an alert that no cluster fitted, once the configuration was mended', async () => {
    const match: Record<string, string> = { cluster: 'prod-us' };
    await using tonight = await night({ match });
    tonight.node('worker-3', false);
    const alert = nodeAlert('worker-3', { labels: { cluster: 'prod-eu' } });
    for (const minutes of [0, 5, 5, 5]) {
      tonight.pass(minutes * 60);
      await tonight.send(alert);
      await tonight.settle();
    }
    const { totals } = await accounts(tonight.desk.store);
    expect(totals.alerts).toEqual({ rejected: expect.any(Number) });
    match.cluster = 'prod-eu';
    tonight.pass(60);
    await tonight.send(alert);
    await tonight.settle();

    expect(tonight.channel.cards()).toMatchObject([{ state: 'diagnosed' }]);
  });
});

describe('secrets in an alert', () => {
  it('reach neither the card nor its links, encoded or not', async () => {
    await using tonight = await night();
    const labels = { pod: 'web-1', namespace: 'shop', password: 'hunter2secret', note: 'Bearer abcdef0123456789' };
    const annotations = {
      text: 'AWS_SECRET_ACCESS_KEY=wJalrXUtnFEMI',
      runbook_url: 'https://wiki.example/?token%3Dhunter2token',
    };

    await tonight.send({
      ...nodeAlert('', { name: 'Odd', labels }),
      annotations,
      externalURL: 'http://alertmanager:9093',
    });
    await tonight.settle();

    const shown = decodeURIComponent(JSON.stringify(tonight.channel.cards()));
    expect(shown).toContain('silences/new');
    for (const secret of ['hunter2secret', 'abcdef0123456789', 'wJalrXUtnFEMI', 'hunter2token'])
      expect(shown).not.toContain(secret);
  });
});

it('a label name of Prometheus 3 stands in quotes in the link to a silence, where Alertmanager wants them', async () => {
  await using tonight = await night();
  const labels = { 'my.label': 'x', pod: 'web-1' };
  await tonight.send({ ...nodeAlert('', { name: 'Odd', labels }), externalURL: 'http://alertmanager:9093' });
  await tonight.settle();

  const [card] = tonight.channel.cards();
  const { url = '' } = card?.links?.find(({ label }) => label === 'Silence') ?? {};
  expect(decodeURIComponent(url)).toMatch(/\{.*pod="web-1".*\}/);
  expect(decodeURIComponent(url)).toContain('"my.label"="x"');
});

describe('the card in the channel', () => {
  it('is not posted twice when the answer to the post was lost', async () => {
    await using tonight = await night();
    tonight.node('worker-3', false);
    tonight.channel.afterwards.push(() => new Ambiguous('connection reset'));

    await tonight.send(nodeAlert('worker-3'));
    await tonight.settle();

    expect(tonight.channel.cards()).toMatchObject([{ state: 'diagnosed' }]);
  });

  it('is posted after all when the post never arrived', async () => {
    await using tonight = await night();
    tonight.node('worker-3', false);
    tonight.channel.faults.push(() => new Ambiguous('time-out'));

    await tonight.send(nodeAlert('worker-3'));
    await tonight.settle();

    expect(tonight.channel.cards()).toMatchObject([{ state: 'diagnosed' }]);
  });

  it('is not edited when nothing changed', async () => {
    await using tonight = await night();
    tonight.node('worker-3', false);
    await tonight.send(nodeAlert('worker-3'));
    await tonight.settle();
    const edits = tonight.channel.posts[0]?.edits;

    await tonight.send(nodeAlert('worker-3'));
    await tonight.settle();

    expect(tonight.channel.posts[0]?.edits).toBe(edits);
  });
});
