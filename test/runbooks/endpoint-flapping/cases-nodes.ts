import type { Told } from './case.ts';
import { notReadyOfPod, type PodIs } from './objects.ts';
import { flapping } from './told.ts';
import { quiet, service } from './world.ts';

const probe = {
  ...{ reason: 'Unhealthy', message: 'Readiness probe failed: HTTP probe failed with statuscode: 503' },
  ...{ count: 40, last: 30, stored: 900 },
};
const probed: readonly PodIs[] = ['web-1', 'web-2'].map((name) => ({ name, ready: false, changed: 300 }));
const ofNodes = [
  ...(['controlPlane', 'controllerManager', 'clockJumped', 'kubeletStalled', 'tooDense'] as const),
  ...(['stuckConnection', 'graceTooSmall', 'kubeletReport'] as const),
];
const rebooted = { reason: 'Unknown', exitCode: 255, secondsAgo: 300 };

/** A Service on several nodes, of which one is looked at; a machine that was back before anybody missed it. */
export const nodeCases: Readonly<Record<string, Told>> = {
  'service-on-two-nodes-and-the-other-was-silent': {
    about: 'Two pods on worker-3 fail their probe; the third was called not ready with worker-4, and is back.',
    world: {
      ...{ ...quiet, target: service },
      pods: [...probed, { name: 'web-3', node: 'worker-4', changed: 390 }],
      podEvents: { 'web-1': [probe], 'web-2': [probe], 'web-3': [notReadyOfPod(400)] },
    },
    expect: { confirmed: ['nodeHeartbeat', 'readinessProbe'], inconclusive: ofNodes, recovered: 'ruled-out' },
  },
  'service-on-two-nodes-and-both-probe': {
    about: 'Pods of two nodes fail their probe, and nobody says anything against the nodes.',
    world: {
      ...{ ...quiet, target: service },
      pods: [...probed, { name: 'web-3', node: 'worker-4', ready: false, changed: 300 }],
      podEvents: { 'web-1': [probe], 'web-2': [probe], 'web-3': [probe] },
    },
    expect: { confirmed: ['readinessProbe'], recovered: 'ruled-out' },
  },
  'service-on-two-nodes-and-the-silent-one-has-fewer': {
    about: 'One pod on worker-3 is called not ready with its containers ready; two on worker-4 fail their probe.',
    world: {
      ...{ ...flapping(), target: service },
      pods: [
        ...probed.map((one) => ({ ...one, node: 'worker-4' })),
        { name: 'web-3', ready: false, containersReady: true, changed: 390 },
      ],
      podEvents: { 'web-1': [probe], 'web-2': [probe], 'web-3': [notReadyOfPod(400)] },
    },
    expect: { confirmed: ['graceTooSmall', 'nodeHeartbeat', 'readinessProbe'], recovered: 'ruled-out' },
  },
  'machine-rebooted-and-back-at-once': {
    about: 'A machine was rebooted and back before its node was missed: its containers are found gone.',
    world: {
      ...quiet,
      pods: quiet.pods.map((one) => ({ ...one, restarts: 1, ended: rebooted, changed: 270 })),
      events: [{ reason: 'Rebooted', from: 'kubelet', last: 290, message: 'Node worker-3 has been rebooted' }],
    },
    expect: { inconclusive: ['nodeHeartbeat', 'containerEnds', 'readinessProbe'], recovered: 'ruled-out' },
  },
};
