import { defineRunbook } from '../../engine/runbook.ts';
import { controllerManagerLease, readyz } from '../evidence/control-plane.ts';
import { controlPlaneNodes } from '../evidence/etcd-nodes.ts';
import { etcdPods } from '../evidence/etcd-pods.ts';
import { alerts } from './alerts.ts';
import { applyBackPressure } from './causes/apply.ts';
import { slowDisk, slowness } from './causes/disk.ts';
import { memberDown, quorumLost } from './causes/loss.ts';
import { slowNetwork } from './causes/network.ts';
import { starvedProcess } from './causes/process.ts';
import { unlessRestarting } from './causes/restarting.ts';
import { frozenApi, notObservable } from './causes/sight.ts';
import { noSpace } from './causes/space.ts';
import { memberStuck } from './causes/stuck.ts';
import { wrongTimers } from './causes/timers.ts';
import { each, eachWell, ofHere, ofOne } from './etcds.ts';
import { metricsEvidence } from './evidence.ts';
import { log } from './log/evidence.ts';
import { calmApplies, freeSpace, giveCpu, mendNetwork } from './manual/load.ts';
import { moveLeader, restoreQuorum, reviveMember } from './manual/members.ts';
import { exposeMetrics } from './manual/sight.ts';
import { setTimers } from './manual/timers.ts';
import { recovered } from './recovered.ts';
import { cordonLeaderNode, evictNoisyNeighbour } from './remedies.ts';
import { EtcdTarget } from './target.ts';

export const runbook = defineRunbook({
  id: 'etcd-heartbeat',
  title: 'Late heartbeats, slow or missing members',
  alerts,
  target: EtcdTarget,
  evidence: {
    ...metricsEvidence,
    readyz,
    lease: controllerManagerLease,
    pods: etcdPods,
    nodes: controlPlaneNodes,
    log,
  },
  causes: {
    // First of what stays open; never confirmed, so it never leads the card.
    notObservable: {
      title: "etcd's metrics are not collected",
      judge: each(notObservable),
      sight: true,
      remedies: ['exposeMetrics'],
    },
    quorumLost: {
      title: 'etcd has no leader',
      judge: each(quorumLost),
      present: true,
      remedies: ['restoreQuorum', 'reviveMember'],
    },
    memberDown: {
      title: 'An etcd member is down',
      judge: each((...of) => unlessRestarting(memberDown(...of), of[1], of[2].now)),
      present: true,
      remedies: ['reviveMember'],
    },
    memberStuck: {
      title: 'An etcd member is stuck',
      judge: each(memberStuck),
      present: true,
      remedies: ['reviveMember'],
    },
    noSpace: { title: "etcd's database is full", judge: each(noSpace), present: true, remedies: ['freeSpace'] },
    slowDisk: {
      title: "A member's disk is slow",
      judge: each(slowDisk),
      measure: slowness,
      remedies: ['evictNoisyNeighbour', 'cordonLeaderNode', 'moveLeader', 'setTimers'],
    },
    starvedProcess: {
      title: 'The etcd process does not get to run in time',
      judge: each(starvedProcess),
      remedies: ['giveCpu', 'moveLeader'],
    },
    slowNetwork: {
      title: 'The network between the members is at fault',
      judge: each(slowNetwork),
      remedies: ['mendNetwork', 'setTimers'],
    },
    applyBackPressure: { title: 'Applying entries is slow', judge: each(applyBackPressure), remedies: ['calmApplies'] },
    wrongTimers: { title: "etcd's timers do not fit", judge: ofHere(wrongTimers), remedies: ['setTimers'] },
    frozenApi: { title: "The API server's answers are frozen", judge: frozenApi, present: true },
  },
  remedies: { evictNoisyNeighbour, cordonLeaderNode },
  manual: {
    restoreQuorum: ofOne(restoreQuorum),
    reviveMember: ofOne(reviveMember),
    freeSpace: ofOne(freeSpace),
    moveLeader: ofOne(moveLeader),
    giveCpu: ofOne(giveCpu),
    mendNetwork: ofOne(mendNetwork),
    calmApplies: ofOne(calmApplies),
    setTimers: ofOne(setTimers),
    exposeMetrics,
  },
  recovered: eachWell(recovered),
});
