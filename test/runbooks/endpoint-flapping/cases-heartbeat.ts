import type { Told } from './case.ts';
import { flapping, heartbeatCauses, late, podCauses, silences, uncounted } from './told.ts';
import { quiet, type World } from './world.ts';

const silent = flapping();
const grace50 = { version: 'v1.33.4' };
const change = (more: Partial<World>): World => ({ ...silent, ...more });
const kubelet = (more: World['kubelet']) => ({ ...quiet.kubelet, ...more });
const fleet = (more: World['fleet']) => ({ ...quiet.fleet, ...more });
const except = (...those: readonly string[]) => heartbeatCauses.filter((cause) => !those.includes(cause));

/** Late once, by two minutes. */
const cut: World['heartbeats'] = { age: (minutesAgo) => (minutesAgo === 6 ? 118 : 9.8), unknown: [6] };

/** Why a node falls silent. */
export const heartbeatCases: Readonly<Record<string, Told>> = {
  healthy: { about: 'Nothing is wrong.', world: quiet, expect: { recovered: 'confirmed' } },
  article: {
    about: "The article's story: heartbeats come a second later than the controller manager waits, again and again.",
    world: silent,
    expect: { confirmed: ['graceTooSmall', 'nodeHeartbeat'], recovered: 'ruled-out' },
  },
  'article-in-its-log': {
    about: 'The controller manager tells in its log how late the heartbeats of this node and of another were.',
    world: change({
      manager: { flags: ['--v=2'] },
      log: [
        "W0511 02:53:20.103111       1 node_lifecycle_controller.go:1123] node worker-3 hasn't been updated for 40.032883982s. Last Ready is: &NodeCondition{Type:Ready,Status:True,LastHeartbeatTime:2026-11-21 02:52:31 +0000 UTC,Reason:KubeletReady,}",
        'I1121 02:53:20.103400       1 node_lifecycle_controller.go:878] "Node hasn\'t been updated" node="worker-9" duration="2m5.699574064s" nodeConditionType="Ready" currentCondition={}',
      ].join('\n'),
    }),
    expect: { confirmed: ['graceTooSmall', 'nodeHeartbeat'] },
  },
  'grace-of-50-by-default': {
    about: 'Since Kubernetes 1.32 the controller manager waits 50 s, and heartbeats were later still.',
    world: change({ manager: grace50, heartbeats: late(58) }),
    expect: { confirmed: ['nodeHeartbeat'] },
  },
  'grace-of-45-by-flag': {
    about: 'A flag sets exactly what a connection that hangs takes: not enough.',
    world: change({ manager: { ...grace50, flags: ['--node-monitor-grace-period=45s'] }, heartbeats: late(44.9) }),
    expect: { confirmed: ['graceTooSmall', 'nodeHeartbeat'], inconclusive: ['controllerManager'] },
  },
  'grace-of-20-and-prometheus-down': {
    about: 'Prometheus is blind: 20 s do not hold four renewals, but whether any came late is not known.',
    world: change({ manager: { flags: ['--node-monitor-grace-period=20s'] } }),
    expect: { confirmed: ['nodeHeartbeat'], inconclusive: heartbeatCauses },
    failing: ['range', 'query'],
  },
  'grace-of-40-and-prometheus-down': {
    about: 'Prometheus is blind: how late heartbeats were is not known.',
    world: silent,
    expect: { confirmed: ['nodeHeartbeat'], inconclusive: heartbeatCauses },
    failing: ['range', 'query'],
  },
  'back-after-20-seconds': {
    about: 'The silence lasted longer than a little: 50 s may not cover it.',
    world: flapping(400, 20),
    expect: { confirmed: ['nodeHeartbeat'], inconclusive: ['graceTooSmall'] },
  },
  'late-by-48-seconds': {
    about: 'Between what a connection that hangs takes and what is advised.',
    world: change({ heartbeats: late(48) }),
    expect: { confirmed: ['nodeHeartbeat'], inconclusive: ['graceTooSmall'] },
  },
  'managed-control-plane': {
    about: 'A managed control plane shows no controller manager.',
    world: change({ manager: null }),
    expect: { confirmed: ['nodeHeartbeat'], inconclusive: ['controllerManager', 'graceTooSmall'] },
  },
  'of-unknown-version': {
    about: 'Neither a flag nor the image tells how long the controller manager waits.',
    world: change({ manager: { version: 'latest' } }),
    expect: { confirmed: ['nodeHeartbeat'], inconclusive: ['controllerManager', 'graceTooSmall'] },
  },
  'still-silent': {
    about: 'The node has been Unknown for a minute.',
    world: change({
      node: { ready: 'Unknown', since: 60, message: 'Kubelet stopped posting node status.' },
      events: silences(60, undefined, 1),
      pods: quiet.pods.map((one) => ({ ...one, ready: false, containersReady: true, changed: 60 })),
      lease: { age: 105 },
      heartbeats: { age: (minutesAgo) => (minutesAgo < 2 ? 100 : 9.8), unknown: [0] },
    }),
    expect: { confirmed: ['nodeHeartbeat'], inconclusive: ['clockJumped', ...uncounted], recovered: 'ruled-out' },
  },

  'off-for-20-minutes-and-a-grace-of-20': {
    about: 'The machine lost power 20 minutes ago: that its controller manager waits only 20 s is not why.',
    world: change({
      node: { ready: 'Unknown', since: 1_200, message: 'Kubelet stopped posting node status.' },
      events: silences(1_200, undefined, 1),
      pods: quiet.pods.map((one) => ({ ...one, ready: false, containersReady: true, changed: 1_200 })),
      lease: { age: 1_224 },
      manager: { flags: ['--node-monitor-grace-period=20s'] },
      heartbeats: { age: (minutesAgo) => (minutesAgo < 20 ? 1_220 - minutesAgo * 60 : 9.8), unknown: [0] },
    }),
    expect: {
      confirmed: ['nodeHeartbeat'],
      inconclusive: ['graceTooSmall', 'clockJumped', ...uncounted],
      recovered: 'ruled-out',
    },
  },
  'grace-of-20-by-flag': {
    about: 'A flag of 20 s does not hold four renewals, and a heartbeat was 22 s late: 50 s would have covered that.',
    world: change({ manager: { flags: ['--node-monitor-grace-period=20s'] }, heartbeats: late(22, 15) }),
    expect: { confirmed: ['graceTooSmall', 'nodeHeartbeat'] },
  },
  'grace-of-20-and-back-after-a-minute': {
    about: 'A flag of 20 s, and a silence that 50 s would not have covered.',
    world: { ...flapping(400, 60), manager: { flags: ['--node-monitor-grace-period=20s'] }, heartbeats: late(81) },
    expect: { confirmed: ['nodeHeartbeat'], inconclusive: ['graceTooSmall'] },
  },
  'grace-of-39-and-heartbeats-in-time': {
    about: 'A flag of 39 s holds three renewals, but none was late: a slow controller manager missed them.',
    world: change({
      manager: { flags: ['--node-monitor-grace-period=39s'] },
      heartbeats: { age: () => 9.9, every: 15 },
      fleet: fleet({ managerPass: 12 }),
    }),
    expect: { confirmed: ['controllerManager', 'nodeHeartbeat'] },
  },
  'back-for-half-a-minute': {
    about: 'It has just come back: what its kubelet counts of a stall may not have been scraped yet.',
    world: flapping(32),
    expect: { confirmed: ['graceTooSmall', 'nodeHeartbeat'], inconclusive: uncounted },
  },

  'kubelet-stalled': {
    about: 'Relists of the pods begin over 10 s late, and are not slow themselves: the process stood still.',
    world: change({ kubelet: kubelet({ late: 3 }), heartbeats: late(71) }),
    expect: { confirmed: ['kubeletStalled', 'nodeHeartbeat'] },
  },
  'stalled-once': {
    about: 'Once is enough.',
    world: change({ kubelet: kubelet({ late: 1, cores: 0.3 }), heartbeats: late(71) }),
    expect: { confirmed: ['kubeletStalled', 'nodeHeartbeat'] },
  },
  'runtime-slow': {
    about: 'A false lead: relists are slow. That holds up no lease.',
    world: change({ kubelet: kubelet({ late: 2, slow: 2, runtime: 14 }) }),
    expect: { confirmed: ['graceTooSmall', 'nodeHeartbeat'], inconclusive: ['kubeletStalled'] },
  },
  'stalled-with-many-others': {
    about: 'It stood still, and so did others: something they share.',
    world: change({ kubelet: kubelet({ late: 3 }), fleet: fleet({ flapping: 5 }), heartbeats: late(71) }),
    expect: { confirmed: ['controlPlane', 'nodeHeartbeat'], inconclusive: ['kubeletStalled'] },
  },
  'stalled-and-others-not-exported': {
    about:
      'It stood still; whether others did, as the API server is scraped and kube-state-metrics is not, nobody saw.',
    world: change({ kubelet: kubelet({ late: 3 }), fleet: { leaseUpdate: 0.02 }, heartbeats: late(71) }),
    expect: { confirmed: ['nodeHeartbeat'], inconclusive: ['kubeletStalled', 'controlPlane'] },
  },
  'too-dense': {
    about: 'As many pods as the node may have, and its kubelet stands still.',
    world: change({ kubelet: kubelet({ late: 4, pods: 108 }), heartbeats: late(71) }),
    expect: { confirmed: ['kubeletStalled', 'tooDense', 'nodeHeartbeat'] },
  },
  'busy-kubelet': {
    about: 'Its kubelet takes nearly two cores for few pods with many threads.',
    world: change({ kubelet: kubelet({ late: 4, cores: 1.8 }), heartbeats: late(71) }),
    expect: { confirmed: ['kubeletStalled', 'tooDense', 'nodeHeartbeat'] },
  },
  'full-and-not-stalled': {
    about: "A false lead, and the old article's: full of pods, and nothing stands still.",
    world: change({ kubelet: kubelet({ pods: 108 }) }),
    expect: { confirmed: ['graceTooSmall', 'nodeHeartbeat'], inconclusive: ['tooDense'] },
  },
  'relists-not-scraped': {
    about: 'The kubelet shows its pods and its CPU, but no relists.',
    world: change({ kubelet: { pods: 108, cores: 1.8, unanswered: 2 } }),
    expect: {
      confirmed: ['graceTooSmall', 'nodeHeartbeat'],
      inconclusive: ['kubeletStalled', 'tooDense', 'stuckConnection'],
    },
  },

  'connection-hangs': {
    about: 'Calls of the kubelet got no answer, it ran on, and was back at once: a connection that hung for 45 s.',
    world: change({ kubelet: kubelet({ unanswered: 3 }), heartbeats: late(43) }),
    expect: { confirmed: ['stuckConnection', 'graceTooSmall', 'nodeHeartbeat'] },
  },
  'cut-off-for-two-minutes': {
    about: 'Calls of the kubelet got no answer for longer than one connection can hang.',
    world: { ...flapping(400, 75), kubelet: kubelet({ unanswered: 12 }), heartbeats: late(118) },
    expect: { confirmed: ['nodeHeartbeat'], inconclusive: ['stuckConnection'] },
  },
  'stalled-at-another-time': {
    about: 'A cut of two minutes; fifteen minutes before it one relist began late.',
    world: { ...flapping(400, 75), kubelet: kubelet({ late: 1 }), countedAgo: 22, heartbeats: cut },
    expect: { confirmed: ['nodeHeartbeat'], inconclusive: ['kubeletStalled'] },
  },
  'full-and-stalled-at-another-time': {
    about: 'The same of a node that is full of pods: both are no reason for this silence.',
    world: { ...flapping(400, 75), kubelet: kubelet({ late: 1, pods: 108 }), countedAgo: 22, heartbeats: cut },
    expect: { confirmed: ['nodeHeartbeat'], inconclusive: ['kubeletStalled', 'tooDense'] },
  },
  'unanswered-at-another-time': {
    about: 'Calls got no answer ten minutes after the node was back: a connection that hung then made nobody silent.',
    world: { ...flapping(1200), kubelet: kubelet({ unanswered: 3 }), heartbeats: { ...late(43), unknown: [20] } },
    expect: { confirmed: ['graceTooSmall', 'nodeHeartbeat'], inconclusive: ['stuckConnection'] },
  },
  'stalled-in-an-earlier-silence': {
    about: 'Events tell of the last silence of four alone; when another one was, kube-state-metrics tells.',
    world: change({ kubelet: kubelet({ late: 1 }), countedAgo: 19, heartbeats: late(71) }),
    expect: { confirmed: ['kubeletStalled', 'nodeHeartbeat'] },
  },
  'kubelet-not-scraped-since': {
    about: 'Its counters were last scraped before the node was silent.',
    world: change({ countedUntil: 8 }),
    expect: { confirmed: ['graceTooSmall', 'nodeHeartbeat'], inconclusive: uncounted },
  },
  'stalled-and-unanswered': {
    about: 'Two causes look the same: its calls got no answer, and it stood still.',
    world: change({ kubelet: kubelet({ late: 2, unanswered: 3 }), heartbeats: late(71) }),
    expect: { confirmed: ['kubeletStalled', 'nodeHeartbeat'], inconclusive: ['stuckConnection'] },
  },

  'many-nodes': {
    about: 'Five of eleven others come and go as well.',
    world: change({ fleet: fleet({ flapping: 5 }) }),
    expect: { confirmed: ['controlPlane', 'graceTooSmall', 'nodeHeartbeat'] },
  },
  'many-nodes-and-unanswered': {
    about: 'Calls got no answer, of five others as well: not the connection of this node.',
    world: change({ kubelet: kubelet({ unanswered: 3 }), fleet: fleet({ flapping: 5 }) }),
    expect: { confirmed: ['controlPlane', 'graceTooSmall', 'nodeHeartbeat'], inconclusive: ['stuckConnection'] },
  },
  'unanswered-and-others-not-exported': {
    about: 'Calls got no answer; whether those of other nodes did, nobody saw.',
    world: change({ kubelet: kubelet({ unanswered: 3 }), fleet: { leaseUpdate: 0.02 } }),
    expect: {
      confirmed: ['graceTooSmall', 'nodeHeartbeat'],
      inconclusive: ['stuckConnection', 'controlPlane'],
    },
  },
  'two-other-nodes': {
    about: 'Two others are no proof.',
    world: change({ fleet: fleet({ flapping: 2 }) }),
    expect: { confirmed: ['graceTooSmall', 'nodeHeartbeat'], inconclusive: ['controlPlane'] },
  },
  'four-of-a-hundred': {
    about: 'Nor are four of a hundred.',
    world: change({ fleet: fleet({ nodes: 100, flapping: 4 }) }),
    expect: { confirmed: ['graceTooSmall', 'nodeHeartbeat'], inconclusive: ['controlPlane'] },
  },
  'leases-stored-slowly': {
    about: 'The API server takes seconds to store a lease, and another node comes and goes.',
    world: change({ fleet: fleet({ flapping: 1, leaseUpdate: 2.5 }) }),
    expect: { confirmed: ['controlPlane', 'graceTooSmall', 'nodeHeartbeat'] },
  },
  'leases-stored-in-400-ms': {
    about: 'Not quick, and never the reason.',
    world: change({ fleet: fleet({ flapping: 1, leaseUpdate: 0.4 }) }),
    expect: { confirmed: ['graceTooSmall', 'nodeHeartbeat'] },
  },
  'etcd-lost': {
    about: 'The API server has lost etcd: what it says is old, and no heartbeat can be stored.',
    world: change({ etcdLost: true }),
    expect: {
      confirmed: ['controlPlane'],
      inconclusive: [...except('controlPlane'), ...podCauses, 'kubeletReport', 'nodeHeartbeat'],
      recovered: 'inconclusive',
    },
  },
};
