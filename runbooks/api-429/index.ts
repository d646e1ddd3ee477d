import { defineRunbook } from '../../engine/runbook.ts';
import { alerts } from './alerts.ts';
import { acceptQueue } from './causes/accept-queue.ts';
import { etcdAtMemoryLimit } from './causes/etcd-memory.ts';
import { etcdLatency, etcdSlow } from './causes/etcd-slow.ts';
import { evictionBudget } from './causes/eviction-budget.ts';
import { fairnessOff } from './causes/fairness-off.ts';
import { noise, noisyFlow } from './causes/noisy-flow.ts';
import { shuttingDown } from './causes/shutting-down.ts';
import { notObservable } from './causes/sight.ts';
import { slowWebhook } from './causes/slow-webhook.ts';
import { starvedServer } from './causes/starved-server.ts';
import { stuckInstance } from './causes/stuck-instance.ts';
import { watchCache } from './causes/watch-cache.ts';
import { evidence } from './evidence.ts';
import { calmClient, calmWebhook, turnFairnessOn, waitForBudget } from './manual/clients.ts';
import { askEtcd, raiseMemory } from './manual/etcd.ts';
import { acceptFaster, endInstance, giveCpu, waitForCache, waitForShutdown, whatNotToDo } from './manual/servers.ts';
import { byOwn } from './members.ts';
import { recovered } from './recovered.ts';
import { isolateFlow, stopClient } from './remedies.ts';
import { ApiServerTarget } from './target.ts';

/** The API server answers 429, or is slow: who refuses, and what fills it. */
export const runbook = defineRunbook({
  id: 'api-429',
  title: 'The API server refuses requests',
  alerts,
  target: ApiServerTarget,
  evidence,
  causes: {
    notObservable: { title: 'The API server is not seen by Prometheus', judge: notObservable, sight: true },
    evictionBudget: {
      title: 'A disruption budget holds evictions up',
      judge: evictionBudget,
      remedies: ['waitForBudget'],
    },
    etcdAtMemoryLimit: {
      title: 'etcd is at its memory limit',
      judge: byOwn(etcdAtMemoryLimit),
      remedies: ['raiseMemory', 'whatNotToDo'],
    },
    etcdSlow: {
      title: 'etcd is slow or does not answer',
      judge: byOwn(etcdSlow),
      measure: byOwn(etcdLatency),
      remedies: ['askEtcd', 'whatNotToDo'],
    },
    noisyFlow: {
      title: 'One client asks too much',
      judge: byOwn(noisyFlow),
      measure: noise,
      remedies: ['isolateFlow', 'stopClient', 'calmClient', 'whatNotToDo'],
    },
    slowWebhook: { title: 'An admission webhook is slow', judge: byOwn(slowWebhook), remedies: ['calmWebhook'] },
    starvedServer: { title: 'The API server is short of CPU', judge: byOwn(starvedServer), remedies: ['giveCpu'] },
    watchCache: { title: 'The watch cache is being filled', judge: byOwn(watchCache), remedies: ['waitForCache'] },
    shuttingDown: {
      title: 'An API server is ending, or ended just now',
      judge: shuttingDown,
      remedies: ['waitForShutdown'],
    },
    fairnessOff: { title: 'Priority and fairness is off', judge: fairnessOff, remedies: ['turnFairnessOn'] },
    // The two false leads of old articles, each true in one rare case.
    stuckInstance: {
      title: 'One API server hangs, and a restart would help',
      judge: byOwn(stuckInstance),
      remedies: ['endInstance'],
    },
    acceptQueue: {
      title: "The API server's accept queue is too short",
      judge: byOwn(acceptQueue),
      remedies: ['acceptFaster'],
    },
  },
  remedies: { isolateFlow, stopClient },
  manual: {
    waitForBudget,
    raiseMemory,
    askEtcd,
    calmClient,
    calmWebhook,
    giveCpu,
    waitForCache,
    waitForShutdown,
    turnFairnessOn,
    endInstance,
    acceptFaster,
    whatNotToDo,
  },
  recovered: byOwn(recovered),
  budget: { kubernetesCalls: 6, kubernetesAtOnce: 2 },
});
