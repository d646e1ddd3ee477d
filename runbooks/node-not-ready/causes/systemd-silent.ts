import { confirmed, inconclusive, ruledOut } from '../../../engine/verdict.ts';
import { duration } from '../../evidence/node-words.ts';
import type { Maybe } from '../evidence.ts';
import { type NodeCause, trusting } from '../signs.ts';

/**
 * Systems that came with a systemd before 242: its messages are counted in 32 bits, and after some months of containers
 * that come and go it answers nobody any more, so that none can be made (systemd/systemd#11809, mended by #11818).
 */
const OLD =
  /\b(CentOS Linux|Red Hat Enterprise Linux( Server)?|Oracle Linux( Server)?|Scientific Linux) 7\b|Amazon Linux 2$|Ubuntu 1[68]\.04|Debian GNU\/Linux (9|10)\b|SUSE Linux Enterprise Server 12/;
/** Linux 5.2 came three months after it was mended: what is made for that kernel brings a later systemd. */
const YOUNG_KERNEL = [5, 2] as const;
const MENDED_IN_VERSION = 242;
/** Seen after five months; our own limit. */
const LONG_DAYS = 60;
const DAY_SECONDS = 86_400;

export const systemdSilent: NodeCause = {
  title: 'An old systemd answers nobody on the machine',
  present: true,
  judge: trusting(({ node }, maybe, { now }) => {
    const system = node.os || 'its system, which is not told,';
    if (/^Windows\b/.test(node.os)) return ruledOut(`${node.os} has no systemd`);
    if (!OLD.test(node.os) && isYoung(node.kernel)) {
      return ruledOut(`${system} with kernel ${node.kernel} is younger than the defect (systemd before 242)`);
    }
    const { systemdAnswers, systemdAnswered, systemdVersion } = maybe.machine ?? {};
    if ((systemdVersion ?? 0) >= MENDED_IN_VERSION) return ruledOut(`its systemd ${systemdVersion} is mended (242)`);
    if (systemdAnswers === 1) return ruledOut('systemd answers node_exporter');
    if (systemdAnswers === undefined || systemdAnswered !== 1) {
      return inconclusive(
        `${system} may have a systemd before 242, which answers nobody any more after some months; whether it does node_exporter does not tell (its systemd collector is off by default). On the machine: timeout 10 systemctl status`,
      );
    }
    const words = `systemd does not answer node_exporter any more, which it did within the day, on ${system}`;
    const up = upSeconds(maybe, now);
    if (up === undefined) return inconclusive(`${words}; for how long the machine runs could not be seen`);
    const since = `after ${duration(up)}`;
    if (up < LONG_DAYS * DAY_SECONDS) return inconclusive(`${words} ${since}: early for the known defect`);
    return OLD.test(node.os)
      ? confirmed(`${words} ${since}: no container can be made or ended`)
      : inconclusive(`${words} ${since}; whether its systemd is an old one is not known`);
  }),
  remedies: ['cordon', 'reviveSystemd', 'keepPods'],
};

function isYoung(kernel: string): boolean {
  const [major = 0, minor = 0] = kernel.split('.').map((part) => Number.parseInt(part, 10));
  return major > YOUNG_KERNEL[0] || (major === YOUNG_KERNEL[0] && minor >= YOUNG_KERNEL[1]);
}

function upSeconds({ machine }: Maybe, now: Date): number | undefined {
  return machine?.bootedAt === undefined ? undefined : now.getTime() / 1000 - machine.bootedAt;
}
