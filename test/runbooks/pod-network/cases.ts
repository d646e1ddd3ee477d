import type { Case } from '../../../engine/replay.ts';
import { caseOf } from './case.ts';
import { absent } from './cases-absent.ts';
import { contradicted } from './cases-contradicted.ts';
import { edges } from './cases-edges.ts';
import { past } from './cases-past.ts';
import { proved } from './cases-proved.ts';
import { recordedCases } from './cases-recorded.ts';
import { unseen } from './cases-unseen.ts';
import { words } from './cases-words.ts';
import { calm, crashing, flannel, klog, LOCK, lines, NO_API, proxy, started, unready, waiting } from './worlds.ts';

const oom = { minutesAgo: 3, reason: 'OOMKilled' } as const;
const NO_ADDRESS =
  'plugin type="flannel" failed (add): failed to allocate for range 0: no IP addresses available in range set: 10.244.3.1-10.244.3.254';

/** Two at once, and what follows from what. */
const mixtures: Record<string, Case> = {
  'memory-and-a-lock': caseOf(
    'kube-proxy is ended for its memory; flannel waits for the lock at the same time, for a reason of its own.',
    {
      ...calm,
      agents: [
        flannel({ log: lines(started, ...[8, 6, 4].map((minute) => klog(minute, LOCK))) }, { sharesLock: false }),
        proxy({ ...crashing(oom, lines(started)), memory: '64Mi' }, unready),
      ],
      proxyUp: 0,
    },
    { confirmed: ['agentMemory', 'xtablesLock'], recovered: 'ruled-out' },
  ),
  'killed-and-counted': caseOf(
    'flannel is ended for its memory, and the kernel counts it: one cause, told once.',
    {
      ...calm,
      agents: [flannel(crashing(oom, lines(started)), unready), proxy()],
      use: [{ pod: 'kube-flannel-ds-x2x9q', container: 'kube-flannel', memory: 0.99, ooms: 2 }],
    },
    { confirmed: ['agentMemory'], recovered: 'ruled-out' },
  ),
  'kube-proxy-and-what-follows': caseOf(
    'kube-proxy is ended for its memory, so flannel finds no way to the API server: one is the cause, the other follows.',
    {
      ...calm,
      agents: [
        flannel(crashing({ minutesAgo: 1 }, lines(started, klog(1, NO_API))), unready),
        proxy({ ...crashing(oom, lines(started)), memory: '64Mi' }, unready),
      ],
      proxyUp: 0,
    },
    { confirmed: ['agentMemory'], inconclusive: ['apiUnreached', 'agentFails'], recovered: 'ruled-out' },
  ),
  'two-that-fail': caseOf(
    'flannel is ended for its memory; kube-proxy fails as well, and why is not told.',
    {
      ...calm,
      agents: [
        flannel(crashing(oom, lines(started)), unready),
        proxy(crashing({ minutesAgo: 3 }, lines(started, klog(3, 'unable to load configuration'))), unready),
      ],
      proxyUp: 0,
    },
    { confirmed: ['agentMemory'], inconclusive: ['agentFails'], recovered: 'ruled-out' },
  ),
  'lock-and-addresses': caseOf(
    'The lock is waited for, and no address is left.',
    {
      ...calm,
      agents: [flannel({ log: lines(started, ...[9, 6, 3].map((minute) => klog(minute, LOCK))) }), proxy()],
      pods: [...calm.pods, waiting(NO_ADDRESS)],
    },
    { confirmed: ['xtablesLock', 'poolExhausted'], recovered: 'ruled-out' },
  ),
};

/** What only looks so. */
const elsewhere: Record<string, Case> = {
  healthy: caseOf('All agents are ready, no pod waits.', calm, { recovered: 'confirmed' }),
  'running-pods-are-named': caseOf(
    'A pod waits for a volume: the kubelet says nothing of its network.',
    {
      ...calm,
      pods: [
        ...calm.pods,
        waiting(undefined, 0, {
          events: [{ minutesAgo: 1, reason: 'FailedMount', message: 'MountVolume.SetUp failed for volume "data"' }],
        }),
      ],
    },
    { recovered: 'confirmed' },
  ),
  'runtime-gone': caseOf(
    'The kubelet says "container runtime is down": Ready=False has the same reason, and is another matter.',
    { ...calm, ready: 'False', message: 'container runtime is down' },
    { inconclusive: ['pluginMissing'], recovered: 'ruled-out' },
  ),
};

export const cases: Readonly<Record<string, Case>> = {
  ...proved,
  ...mixtures,
  ...elsewhere,
  ...edges,
  ...contradicted,
  ...absent,
  ...past,
  ...unseen,
  ...words,
  ...recordedCases,
};
