import { expect, it } from 'vitest';
import { accounts } from '../../engine/accounts.ts';
import type { Alert } from '../../engine/alert.ts';
import { ReadFailure } from '../../engine/errors.ts';
import { anyRunbook } from '../../engine/runbook.ts';
import { tick } from '../../functions/tick.ts';
import { runbook as anyAlert } from '../../runbooks/any-alert/index.ts';
import { type Night, night, nodeAlert, sample } from './night.ts';

const ended = {
  exitCode: 137,
  reason: 'OOMKilled',
  startedAt: '2026-11-21T03:04:00Z',
  finishedAt: '2026-11-21T03:05:00Z',
};

/** A pod of worker-3 that the kernel ends for its memory, again and again. */
function crashes(name: string) {
  return {
    metadata: { uid: name, name, namespace: 'shop', creationTimestamp: '2026-11-20T00:00:00Z' },
    spec: {
      nodeName: 'worker-3',
      containers: [{ name: 'web', image: 'i' }],
    },
    status: {
      phase: 'Running',
      conditions: [{ type: 'Ready', status: 'False' }],
      containerStatuses: [
        {
          ...{ name: 'web', ready: false, restartCount: 56, image: 'i', imageID: '' },
          state: { waiting: { reason: 'CrashLoopBackOff' } },
          lastState: { terminated: ended },
        },
      ],
    },
  };
}

const podAlert = (pod: string, startsAt = '2026-11-21T03:05:00.000Z') =>
  nodeAlert('', {
    name: 'KubePodCrashLooping',
    fingerprint: `crash-${pod}`,
    startsAt,
    labels: { node: '', namespace: 'shop', pod, severity: 'critical' },
  });

async function send(tonight: Night, ...alerts: readonly Alert[]): Promise<void> {
  await tonight.send(...alerts);
  await tonight.settle();
  tonight.pass(40);
  await tonight.settle();
}

async function nightWithPods() {
  const tonight = await night({ runbooks: [sample, anyRunbook(anyAlert)] });
  for (const name of ['web-1', 'web-2']) tonight.answers.set(`get Pod shop/${name}`, crashes(name));
  return tonight;
}

const cards = (tonight: Night) =>
  tonight.channel.cards().map(({ target, state, likely }) => [target, state, ...likely.map(({ title }) => title)]);

const outgrown = ['Pod shop/web-1', 'trouble-seen', 'Its machine ran out of memory, and the kernel ended a container'];

it('a pod whose node looks well has a card and a look of its own, whatever alert of the node fires', async () => {
  await using tonight = await nightWithPods();
  tonight.node('worker-3', true);
  await send(tonight, nodeAlert('worker-3'));
  tonight.pass(600);

  await send(tonight, podAlert('web-1'));

  expect(cards(tonight)).toEqual([['Node worker-3', 'undiagnosed'], outgrown]);
});

it('one that came with its node’s alert has its own as soon as the node was seen to be well', async () => {
  await using tonight = await nightWithPods();
  tonight.node('worker-3', true);

  await send(tonight, nodeAlert('worker-3'), podAlert('web-1'));

  expect(cards(tonight)).toEqual([['Node worker-3', 'undiagnosed'], outgrown]);
  const node = (await tonight.incidents()).find(({ target }) => target.kind === 'Node');
  expect(node).toMatchObject({ parts: [], firing: ['NodeUnwell-worker-3'], beside: [] });
  expect((await accounts(tonight.desk.store)).totals.alerts.pending).toBeUndefined();
});

it('one that joined its node’s trouble is looked at when that is over, and the node’s card closes', async () => {
  await using tonight = await nightWithPods();
  tonight.node('worker-3', false);
  await send(tonight, nodeAlert('worker-3'));
  tonight.pass(300);
  await send(tonight, podAlert('web-1'));
  expect(cards(tonight)).toEqual([['Node worker-3', 'diagnosed', 'The kubelet stopped']]);

  tonight.node('worker-3', true);
  tonight.pass(600);
  await send(tonight, nodeAlert('worker-3', { status: 'resolved' }));
  expect(cards(tonight)).toEqual([['Node worker-3', 'closed'], outgrown]);

  tonight.pass(6 * 3_600);
  await send(tonight, podAlert('web-2', '2026-11-21T09:05:00.000Z'));
  expect(tonight.channel.cards().at(-1)).toMatchObject({ target: 'Pod shop/web-2' });
});

it('one that joined its node’s trouble stays there while that goes on; one that breaks after the node’s alert is over has its own', async () => {
  await using tonight = await nightWithPods();
  tonight.node('worker-3', false);
  await send(tonight, nodeAlert('worker-3'));
  await send(tonight, podAlert('web-1'));

  await send(tonight, nodeAlert('worker-3', { status: 'resolved' }));
  expect(tonight.channel.cards()).toMatchObject([{ target: 'Node worker-3', state: 'still-broken' }]);
  await send(tonight, podAlert('web-2'));
  expect(tonight.channel.cards().at(-1)).toMatchObject({ target: 'Pod shop/web-2' });

  await send(tonight, { ...podAlert('web-1'), status: 'resolved' });
  tonight.node('worker-3', true);
  tonight.pass(3_600);
  await tick(tonight.desk, tonight.queue);
  await tonight.settle();
  expect(tonight.channel.cards().map(({ target, state }) => [target, state])).toEqual([
    ['Node worker-3', 'closed'],
    ['Pod shop/web-2', 'trouble-seen'],
  ]);
});

it('one that joined is not let go by a look that saw nothing for once, but when that goes on', async () => {
  await using tonight = await nightWithPods();
  tonight.node('worker-3', false);
  await send(tonight, nodeAlert('worker-3'));
  await send(tonight, podAlert('web-1'));

  tonight.answers.set('get Node worker-3', new ReadFailure('timed-out', 'no answer within 5000 ms'));
  await send(tonight, nodeAlert('worker-3', { name: 'NodeUnwellToo' }));
  expect(cards(tonight)).toEqual([['Node worker-3', 'undiagnosed']]);

  for (let minute = 0; minute < 8; minute += 1) {
    tonight.pass(60);
    await tonight.settle();
  }
  expect(cards(tonight)).toEqual([['Node worker-3', 'undiagnosed'], outgrown]);
});
