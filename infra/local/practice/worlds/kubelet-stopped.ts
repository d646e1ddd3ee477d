import { withNode } from '../facts.ts';
import type { World } from '../world.ts';
import { notReady } from './node-alert.ts';

const NODE = 'worker-3';

/** The kubelet's process ended, the machine runs on: its port refuses, node_exporter answers. */
export const kubeletStopped: World = {
  id: 'kubelet-stopped',
  title: 'A kubelet stopped',
  description: `${NODE} stops answering; its pods run on`,
  runbook: 'node-not-ready',
  target: `node/${NODE}`,
  expect: ['kubeletStopped'],
  beganSecondsAgo: 180,
  trouble: (facts, beganAt) => withNode(facts, NODE, { kubeletStoppedAt: beganAt }),
  byHand: `start the kubelet on ${NODE}: sudo systemctl restart kubelet`,
  byHandFix: 'restartKubelet',
  react: (facts) =>
    facts.mendedAt === undefined ? facts : withNode(facts, NODE, { kubeletStartedAt: facts.mendedAt }),
  alerts: (facts) => [notReady(facts, NODE)],
  // Only about this node: an alert about another one is answered at the usual pace.
  slow: [
    { asks: new RegExp(`/pods\\?.*${NODE}\\b`), delayMs: 900 },
    { asks: new RegExp(`/events\\?.*${NODE}\\b`), delayMs: 1_600 },
    { asks: new RegExp(`kube_lease_renew_time.*"${NODE}"`), delayMs: 2_000 },
  ],
};
