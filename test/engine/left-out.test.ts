import { expect, it } from 'vitest';
import { accounts } from '../../engine/accounts.ts';
import { acceptWebhook, arrivalNow } from '../../engine/intake.ts';
import { night, nodeAlert } from './night.ts';

it('alerts that Alertmanager left out of a webhook are told on the cards of the others, and accounted for', async () => {
  await using tonight = await night();
  const { store, clock } = tonight.desk;
  tonight.node('worker-3', false);
  await tonight.send(nodeAlert('worker-3'));
  await tonight.settle();
  expect(tonight.channel.cards()[0]?.notes).toEqual([]);

  const alerts = [nodeAlert('worker-3', { name: 'NodeUnwellToo' })];
  await acceptWebhook(store, arrivalNow(clock), { alerts, truncatedAlerts: 3 });
  await tonight.settle();
  tonight.pass(3);
  await tonight.settle();

  expect(tonight.channel.cards()[0]?.notes.join()).toContain(
    'Alertmanager left 3 alerts of this group out (max_alerts',
  );
  const { webhooks } = await accounts(store);
  expect(webhooks.map(({ leftOut }) => leftOut)).toEqual([undefined, 3]);
});
