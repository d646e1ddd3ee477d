import type { Case } from '../../../engine/replay.ts';
import { caseOf } from './case.ts';
import { calm, crashing, FLANNEL, FORK, flannel, klog, LOCK, lines, proxy, started, unready } from './worlds.ts';

const oom = (minutesAgo: number) => ({ minutesAgo, reason: 'OOMKilled' }) as const;

/** How long ago it was, and how often: what is past is no proof of now. */
export const past: Record<string, Case> = {
  'memory-hours-ago': caseOf(
    'It was ended for its memory five hours ago, and has run since: that is not what is wrong now.',
    { ...calm, agents: [flannel({ restarts: 1, ended: oom(300), startedMinutesAgo: 300 }), proxy()] },
    { recovered: 'confirmed' },
  ),
  'memory-three-minutes-ago': caseOf(
    'It runs again since three minutes, within the longest wait of a kubelet: it may end again.',
    { ...calm, agents: [flannel({ restarts: 3, ended: oom(3.5), startedMinutesAgo: 3 }), proxy()] },
    { confirmed: ['agentMemory'], recovered: 'ruled-out' },
  ),
  'killed-at-a-high-limit': caseOf(
    'Its limit is 700Mi already: whether it needs more, or holds what it should not, is for a person to see.',
    { ...calm, agents: [flannel({ ...crashing(oom(3), lines(started)), memory: '700Mi' }, unready), proxy()] },
    { confirmed: ['agentMemory'], recovered: 'ruled-out' },
  ),
  'killed-by-whom': caseOf(
    'SIGKILL, and no word that it was for its memory: a probe that failed ends it so, too.',
    { ...calm, agents: [flannel(crashing({ minutesAgo: 2, exitCode: 137 }, lines(started)), unready), proxy()] },
    { inconclusive: ['agentMemory', 'agentFails'], recovered: 'ruled-out' },
  ),
  'lock-twice': caseOf(
    'Two lines about the lock in ten minutes: the next pass made up for both.',
    { ...calm, agents: [flannel({ log: lines(started, klog(8, LOCK), klog(4, LOCK)) }), proxy()] },
    { inconclusive: ['xtablesLock'], recovered: 'confirmed' },
  ),
  'lock-half-an-hour-ago': caseOf(
    'Four lines about the lock, the latest 25 minutes ago: it was so, and is no proof of now.',
    {
      ...calm,
      agents: [flannel({ log: lines(started, ...[40, 35, 30, 25].map((minute) => klog(minute, LOCK))) }), proxy()],
    },
    { inconclusive: ['xtablesLock'], recovered: 'confirmed' },
  ),
  'lock-two-hours-ago': caseOf(
    'The same two hours ago.',
    { ...calm, agents: [flannel({ log: lines(started, klog(122, LOCK), klog(120, LOCK), klog(119, LOCK)) }), proxy()] },
    { recovered: 'confirmed' },
  ),
  'lock-without-a-time': caseOf(
    'Lines that tell no time prove nothing of now.',
    { ...calm, agents: [flannel({ log: lines(started, LOCK, LOCK, LOCK) }), proxy()] },
    { inconclusive: ['xtablesLock'], recovered: 'confirmed' },
  ),
  'lock-of-an-agent-that-fails': caseOf(
    'One line about the lock, of an agent that is not ready.',
    { ...calm, agents: [flannel({ log: lines(started, klog(1, LOCK)) }, unready), proxy()] },
    { confirmed: ['xtablesLock'], recovered: 'ruled-out' },
  ),
  'lock-by-the-old-words': caseOf(
    '"failed to acquire old iptables lock": kube-proxy and flannel of 2018.',
    {
      ...calm,
      agents: [
        flannel(),
        proxy({
          log: lines(
            started,
            ...[9, 6, 3].map((minute) =>
              klog(minute, 'Failed to execute iptables-restore: failed to acquire old iptables lock: timed out'),
            ),
          ),
        }),
      ],
    },
    { confirmed: ['xtablesLock'], recovered: 'ruled-out' },
  ),
  'forks-refused-at-eight-minutes': caseOf(
    'A fork was refused eight minutes ago, and another 40 minutes before that.',
    { ...calm, agents: [flannel(), proxy({ log: lines(started, klog(48, FORK), klog(8, FORK)) })] },
    { confirmed: ['agentPids'], recovered: 'ruled-out' },
  ),
  'forks-refused-before': caseOf(
    'The same twelve minutes ago, and not since.',
    { ...calm, agents: [flannel(), proxy({ log: lines(started, klog(12, FORK)) })] },
    { inconclusive: ['agentPids'], recovered: 'confirmed' },
  ),
  'pids-below-the-limit': caseOf(
    'An agent with 40 % of the PIDs it may have.',
    { ...calm, use: [{ pod: FLANNEL, pids: 0.4 }] },
    { recovered: 'confirmed' },
  ),
};
