import { expect, it } from 'vitest';
import { anyRunbook } from '../../engine/runbook.ts';
import { runbook as etcd } from '../../runbooks/etcd-heartbeat/index.ts';
import { type Night, night, nodeAlert } from './night.ts';

const etcdAlert = (name: string, labels: Record<string, string>) => {
  const fingerprint = `${name}-${labels.job}`;
  return { ...nodeAlert('', { name, fingerprint }), labels: { alertname: name, severity: 'critical', ...labels } };
};
const ofJob = (job: string) => etcdAlert('etcdMembersDown', { job });
const ofNone = etcdAlert('EtcdInsufficientMembers', {});

async function send(tonight: Night, ...alerts: readonly ReturnType<typeof nodeAlert>[]) {
  for (const alert of alerts) await tonight.send(alert);
  await tonight.settle();
  return (await tonight.incidents()).map(({ target, firing }) => [target, firing.length]);
}

const main = { kind: 'Component', name: 'etcd', job: 'kube-etcd', perJob: true };
const nightOf = () => night({ runbooks: [anyRunbook(etcd)] });

it('an alert that does not say which etcd joins the only one whose incident is open', async () => {
  await using tonight = await nightOf();
  expect(await send(tonight, ofJob('kube-etcd'), ofNone)).toEqual([[main, 2]]);
});

it('an incident that does not know which etcd takes the first that says it, and no other', async () => {
  await using tonight = await nightOf();
  expect(await send(tonight, ofNone, ofJob('kube-etcd'))).toEqual([[main, 2]]);

  const both = await send(tonight, ofJob('etcd-events'), etcdAlert('etcdNoLeader', { job: 'kube-etcd' }));

  expect(both).toHaveLength(2);
  expect(both).toContainEqual([main, 3]);
  expect(both).toContainEqual([{ ...main, job: 'etcd-events' }, 1]);
});

it('an alert that does not say which has a card of its own where two are open', async () => {
  await using tonight = await nightOf();
  expect(await send(tonight, ofJob('kube-etcd'), ofJob('etcd-events'), ofNone)).toHaveLength(3);
});
