import { describe, expect, it } from 'vitest';
import type { Alert } from '../../engine/alert.ts';
import { ReadFailure } from '../../engine/errors.ts';
import { anyRunbook } from '../../engine/runbook.ts';
import { tick } from '../../functions/tick.ts';
import { runbook as anyAlert } from '../../runbooks/any-alert/index.ts';
import { type Night, night, nodeAlert, sample } from './night.ts';

const HOUR = 3_600;
const lasting = nodeAlert('worker-3', { name: 'NodeUnwellToo' });
const grave = nodeAlert('worker-3', { labels: { severity: 'critical' }, startsAt: '2026-11-21T05:00:00.000Z' });
const resolved = (alert: Alert): Alert => ({ ...alert, status: 'resolved' });

async function send(tonight: Night, ...alerts: readonly Alert[]): Promise<void> {
  await tonight.send(...alerts);
  await tonight.settle();
}

async function pass(tonight: Night, hours: number): Promise<void> {
  for (let hour = 0; hour < hours; hour += 1) {
    tonight.pass(HOUR);
    await tick(tonight.desk, tonight.queue);
    await tonight.settle();
  }
}

const looksAt = (tonight: Night) => tonight.asked.filter((asked) => asked === 'get Node worker-3').length;

describe('a cause that is mended while another alert fires', () => {
  it('is not named any more, though that alert goes on for days', async () => {
    await using tonight = await night();
    tonight.node('worker-3', true);
    await send(tonight, lasting);
    tonight.pass(2 * HOUR);
    tonight.node('worker-3', false);
    await send(tonight, grave);
    expect(tonight.channel.cards()).toMatchObject([{ state: 'diagnosed', severity: 'critical' }]);

    tonight.node('worker-3', true);
    tonight.pass(600);
    await send(tonight, resolved(grave));

    expect(tonight.channel.cards()).toMatchObject([
      {
        title: 'Node worker-3: NodeUnwellToo',
        state: 'undiagnosed',
        summary: 'It looks well: the node is ready',
        likely: [],
        lookedAt: new Date('2026-11-21T05:10:00Z'),
      },
    ]);
  });

  it('costs a look at once, and one for all that are resolved within the next half minute', async () => {
    await using tonight = await night();
    tonight.node('worker-3', false);
    const many = Array.from({ length: 20 }, (_, index) => nodeAlert('worker-3', { fingerprint: `f${index}` }));
    await send(tonight, lasting, ...many);
    tonight.pass(31);
    await tonight.settle();
    const before = looksAt(tonight);

    for (const alert of many) await send(tonight, resolved(alert));
    tonight.pass(31);
    await tonight.settle();

    expect(looksAt(tonight) - before).toBe(2);
  });
});

describe('a look that saw nothing', () => {
  const unreachable = new ReadFailure('unreachable', 'nothing listens');

  it('is repeated a minute later, because its alert still fires', async () => {
    await using tonight = await night();
    tonight.answers.set('get Node worker-3', unreachable);
    await send(tonight, grave);
    expect(tonight.channel.cards()).toMatchObject([{ state: 'undiagnosed' }]);

    tonight.node('worker-3', false);
    tonight.pass(61);
    await tonight.settle();

    expect(tonight.channel.cards()).toMatchObject([{ state: 'diagnosed', likely: [{ title: 'The kubelet stopped' }] }]);
  });

  it('is repeated in longer and longer steps, at last once an hour', async () => {
    await using tonight = await night();
    tonight.answers.set('get Node worker-3', unreachable);
    await send(tonight, grave);
    const looks = async () => (await tonight.incidents()).map(({ look }) => look.done)[0] ?? 0;
    for (let minute = 0; minute < 30; minute += 1) {
      tonight.pass(60);
      await tonight.settle();
    }
    expect(await looks()).toBe(6); // at once, and after 1, 3, 7, 15 and 30 minutes
    for (let quarter = 0; quarter < 40; quarter += 1) {
      tonight.pass(901);
      await tonight.settle();
    }
    const before = await looks();
    await pass(tonight, 5);
    expect((await looks()) - before).toBe(5);
  });
});

it('what goes on is looked at once an hour, because it may have changed', async () => {
  await using tonight = await night();
  tonight.node('worker-3', false);
  await send(tonight, grave);
  const before = looksAt(tonight);
  await pass(tonight, 3);
  expect(looksAt(tonight) - before).toBe(3);

  tonight.node('worker-3', true);
  await pass(tonight, 1);

  expect(tonight.channel.cards()).toMatchObject([{ state: 'undiagnosed', likely: [] }]);
});

describe('an alert whose end was never heard, as when it was silenced', () => {
  it('is a new card when it begins anew', async () => {
    await using tonight = await night();
    tonight.node('worker-3', false);
    await send(tonight, nodeAlert('worker-3'));
    tonight.node('worker-3', true);
    await pass(tonight, 20);

    tonight.node('worker-3', false);
    const startsAt = '2026-11-21T22:59:00.000Z';
    await send(tonight, nodeAlert('worker-3', { startsAt, annotations: { summary: 'the second night' } }));

    expect(tonight.channel.cards()).toMatchObject([
      { state: 'closed', summary: 'Closed: nothing was heard of it for 20 hours; it fires again, on a new card' },
      { state: 'diagnosed', since: new Date(startsAt), alert: { annotations: { summary: 'the second night' } } },
    ]);
  });

  it('is the same one when only its startsAt has moved by a little', async () => {
    await using tonight = await night();
    tonight.node('worker-3', false);
    await send(tonight, nodeAlert('worker-3'));
    tonight.pass(600);

    await send(tonight, nodeAlert('worker-3', { startsAt: '2026-11-21T03:05:00.000Z' }));

    expect(await tonight.incidents()).toMatchObject([{ state: 'diagnosed', alertCount: 2 }]);
  });

  it('shows its new report where others have kept its card open', async () => {
    await using tonight = await night();
    tonight.node('worker-3', false);
    await send(tonight, nodeAlert('worker-3'), lasting);
    await pass(tonight, 12);
    await send(tonight, lasting);

    const startsAt = '2026-11-21T15:05:00.000Z';
    await send(tonight, nodeAlert('worker-3', { startsAt, annotations: { summary: 'the second night' } }));
    tonight.pass(60);
    await tonight.settle();

    expect(tonight.channel.cards()).toMatchObject([
      { since: new Date(startsAt), alert: { annotations: { summary: 'the second night' } } },
    ]);
  });

  it('is over after a day of silence where nothing can show whether it goes on', async () => {
    await using tonight = await night({ runbooks: [sample, anyRunbook(anyAlert)] });
    const about = (name: string, labels: Record<string, string>) =>
      nodeAlert('', { name, fingerprint: name, labels: { node: '', pod: '', namespace: '', ...labels } });
    const columns = ['Name', 'Status', 'Internal-IP', 'External-IP'].map((name) => ({ name }));
    tonight.answers.set('list Node --as table', { columnDefinitions: columns, rows: [] });
    await send(tonight, about('KubePodCrashLooping', { namespace: 'shop', pod: 'web-1' }));
    await send(tonight, about('CheckoutErrors', { job: 'checkout' }));
    await send(tonight, about('NodeUnwell', { node: 'ip-10-0-0-7' }), about('NodeUnwellToo', {}));
    tonight.node('worker-3', false);
    await send(tonight, nodeAlert('worker-3'));
    await pass(tonight, 23);
    expect(tonight.channel.cards().map(({ state }) => state)).not.toContain('closed');

    await pass(tonight, 4);

    const [closed, ...others] = Map.groupBy(tonight.channel.cards(), ({ state }) => state === 'closed').values();
    expect(closed?.map(({ target }) => target)).toEqual([
      'Pod shop/web-1',
      'checkout',
      'node=ip-10-0-0-7',
      'The cluster',
    ]);
    for (const { summary } of closed ?? [])
      expect(summary).toMatch(
        /^Closed: Alertmanager has been silent about it since 2026-11-21 03:00 UTC: it is silenced there, or its "resolved" was lost/,
      );
    expect(others).toMatchObject([[{ state: 'diagnosed', target: 'Node worker-3' }]]);
  });

  it('is over after that day, too, where nobody has a runbook for it', async () => {
    await using tonight = await night();
    await send(tonight, nodeAlert('worker-3', { name: 'Odd' }));
    await pass(tonight, 25);

    expect(tonight.channel.cards()).toMatchObject([
      { state: 'closed', summary: expect.stringContaining('Alertmanager has been silent about it since') },
    ]);
  });
});
