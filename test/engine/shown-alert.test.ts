import { expect, it } from 'vitest';
import type { Alert } from '../../engine/alert.ts';
import { night, nodeAlert } from './night.ts';

it('a card shows of several alerts one that fires, the most severe: its name, its severity, its links', async () => {
  await using tonight = await night();
  tonight.node('worker-3', false);
  const alert = (name: string, severity: string) => nodeAlert('worker-3', { name, labels: { severity } });
  const shown = () => tonight.channel.cards().map(({ title, severity }) => [title, severity]);
  const says = async (...alerts: readonly Alert[]) => {
    await tonight.send(...alerts);
    await tonight.settle();
    tonight.pass(60);
    await tonight.settle();
    return shown();
  };

  expect(await says(alert('NodeUnwell', 'warning'))).toEqual([['Node worker-3: NodeUnwell', 'warning']]);
  const critical = alert('NodeUnwellToo', 'critical');
  expect(await says(critical)).toEqual([['Node worker-3: NodeUnwellToo', 'critical']]);
  const info = alert('ExporterUnwell', 'info');
  expect(await says({ ...info, labels: { ...info.labels, nodename: 'worker-3' } })).toEqual([
    ['Node worker-3: NodeUnwellToo', 'critical'],
  ]);
  expect(await says({ ...critical, status: 'resolved' })).toEqual([['Node worker-3: NodeUnwell', 'warning']]);
  const [card] = tonight.channel.cards();
  expect(card?.notes.join(' ')).not.toContain('Also firing: NodeUnwellToo');
});

it('since when is told of the alert that heads the card, and of the first one beside it', async () => {
  await using tonight = await night();
  tonight.node('worker-3', false);
  const labels = { severity: 'warning' };
  await tonight.send(nodeAlert('worker-3', { name: 'NodeUnwell', labels, startsAt: '2026-11-18T03:00:00.000Z' }));
  await tonight.settle();
  const startsAt = '2026-11-21T02:59:00.000Z';
  await tonight.send(nodeAlert('worker-3', { name: 'NodeUnwellToo', labels: { severity: 'critical' }, startsAt }));
  await tonight.settle();
  tonight.pass(60);
  await tonight.settle();
  const [card] = tonight.channel.cards();
  expect(card?.since).toEqual(new Date(startsAt));
  expect(card?.notes).toContain('The first of its alerts began at 2026-11-18 03:00 UTC');
});

it('the most severe of more than ten is told by name, and heads the card when the first is over', async () => {
  await using tonight = await night();
  tonight.node('worker-3', false);
  const alert = (name: string, severity: string, link = '') =>
    nodeAlert('worker-3', { name, fingerprint: `${name}${link}`, labels: { severity, ...(link ? { link } : {}) } });
  const first = alert('NodeUnwell', 'critical');
  const links = Array.from({ length: 12 }, (_, at) => alert('NodeUnwell', 'warning', `m${at}`));
  const late = alert('NodeUnwellToo', 'critical');
  const settled = async (...alerts: readonly Alert[]) => {
    await tonight.send(...alerts);
    await tonight.settle();
    tonight.pass(60);
    await tonight.settle();
  };
  await settled(first);
  await settled(...links);
  await settled(late);
  expect(tonight.channel.cards()[0]?.notes[0]).toContain('NodeUnwellToo');
  await settled({ ...first, status: 'resolved' });
  expect(tonight.channel.cards()[0]).toMatchObject({ title: 'Node worker-3: NodeUnwellToo', severity: 'critical' });
  await settled(
    { ...late, status: 'resolved' },
    ...links.slice(0, 10).map((one) => ({ ...one, status: 'resolved' as const })),
  );
  expect(tonight.channel.cards()[0]).toMatchObject({ title: 'Node worker-3: NodeUnwell', severity: 'warning' });
});

it('a card says that labels of its alert were left out or shortened', async () => {
  await using tonight = await night();
  await tonight.send({ ...nodeAlert('worker-3'), cut: { leftOut: 3, shortened: 0 } });
  await tonight.settle();

  expect(tonight.channel.cards()[0]?.notes).toContain(
    'Its labels and annotations are not all shown whole: 3 left out, because they are too many or too long',
  );
});
