import type { Case } from '../../../engine/replay.ts';
import { caseOf, whose } from './case.ts';
import { calm, hosted, last, network } from './worlds.ts';

const forkAt = (day: string, time: string) =>
  `E${day} ${time}.204417       1 proxier.go:1564] "Failed to execute iptables-restore" err="fork/exec /usr/sbin/iptables: resource temporarily unavailable"`;
const lockAt = (day: string, time: string) =>
  `E${day} ${time}.118020       1 iptables.go:307] running [/sbin/iptables -t nat -C POSTROUTING --wait]: exit status 4: iptables: Resource temporarily unavailable.`;
const thrice = (line: (day: string, time: string) => string, day: string, times: readonly string[]) =>
  times.map((time) => line(day, time)).join('\n');
/** What flannel wrote two days ago, and has written nothing since. */
const oldForks = thrice(forkAt, '1119', ['10:00:00', '10:01:00', '10:02:00']);
const oldLocks = thrice(lockAt, '1119', ['10:00:00', '10:02:00', '10:04:00']);
/** The clock of its container is of Tokyo. */
const aheadForks = thrice(forkAt, '1121', ['11:56:11', '11:57:11', '11:58:11']);
const tight = { ...hosted, machine: { ...hosted.machine, threads: last(12, 24_900, 9_000) } };

/** Two agents of the network: what one wrote at another time hides nothing of what the other one writes now. */
export const ofAgents: Record<string, Case> = {
  'fork-refused-beside-old-lines': caseOf(
    'kube-proxy was refused a fork four minutes ago, flannel three two days ago; 4 % of the PIDs are in use.',
    { ...calm, pods: [{ name: 'db-0' }, ...network(forkAt('1121', '02:56:11'), oldForks)] },
    { inconclusive: [...whose, 'threshold'], recovered: 'confirmed' },
  ),
  'fork-of-iptables-beside-old-lines': caseOf(
    'The same with 76 % of the PIDs seen in use: the fork that was refused just now says that they ran out.',
    { ...tight, pods: [{ name: 'db-0' }, ...network(forkAt('1121', '02:56:11'), oldForks)] },
    { confirmed: ['hostProcess'], recovered: 'ruled-out' },
  ),
  'fork-of-iptables-beside-a-clock-ahead': caseOf(
    'The same, where flannel writes the time of Tokyo: its lines seem to be the latest.',
    { ...tight, pods: [{ name: 'db-0' }, ...network(forkAt('1121', '02:56:11'), aheadForks)] },
    { confirmed: ['hostProcess'], recovered: 'ruled-out' },
  ),
  'lock-beside-old-lines': caseOf(
    'kube-proxy waits for the lock of iptables again and again; flannel did two days ago.',
    {
      ...calm,
      pods: [{ name: 'db-0' }, ...network(thrice(lockAt, '1121', ['02:51:40', '02:53:40', '02:55:40']), oldLocks)],
    },
    { confirmed: ['xtablesLock'], recovered: 'confirmed' },
  ),
};
