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
