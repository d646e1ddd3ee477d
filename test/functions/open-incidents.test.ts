import { expect, it } from 'vitest';
import { answerCommand } from '../../functions/commands.ts';
import { night, nodeAlert } from '../engine/night.ts';

it('/nightshift incidents calls each by the headline of its card: one target may have several, a storm has many', async () => {
  await using tonight = await night();
  tonight.node('worker-9', false);
  for (const name of ['NodeClockAskew', 'NodeUnwell', 'NodeBattery']) {
    await tonight.send(nodeAlert('worker-9', { name }));
    await tonight.settle();
  }
  for (const node of ['worker-1', 'worker-2', 'worker-3', 'worker-4']) {
    tonight.node(node, false);
    await tonight.send(nodeAlert(node));
    await tonight.settle();
  }

  const { text, items = [] } = await answerCommand(tonight.desk, 'incidents', 'U-ASKER');

  expect(text).toBe('3 open:');
  expect(items.map(({ name }) => name).sort()).toEqual([
    '5 nodes in trouble at once',
    'Node worker-9: NodeBattery',
    'Node worker-9: NodeClockAskew',
  ]);
});
