import type { Case } from '../../../engine/replay.ts';
import { caseOf } from './case.ts';
import type { World } from './compose.ts';
import { onSystem } from './recording-changes.ts';
import { exporter, wellMachine } from './worlds.ts';

const DAY_SECONDS = 86_400;
const EL7 = ['CentOS Linux 7 (Core)', '3.10.0-693.2.2.el7.x86_64'] as const;
const EL8 = ['Red Hat Enterprise Linux 8.10 (Ootpa)', '4.18.0-553.el8_10.x86_64'] as const;

const silentNow = { systemdAnswers: 0, systemdAnswered: 1, systemdVersion: 219 };

/** The runtime hangs on a machine of this system that is up for so many days; its node_exporter says this of systemd. */
function hanging(system: readonly [string, string], days: number, systemd: Readonly<Record<string, number>>): World {
  const recording = onSystem('runtime-stopped', ...system);
  const bootedAt = Date.parse(recording.now) / 1000 - days * DAY_SECONDS;
  return { recording, exporter, machine: { ...wellMachine, bootedAt, ...systemd } };
}

const broken = { confirmed: ['runtimeHangs'], recovered: 'ruled-out' } as const;
const open = { ...broken, inconclusive: ['systemdSilent'] } as const;

/** An old systemd that answers nobody: composed on the recorded node whose runtime hangs, which had a later one. */
export const systems: Readonly<Record<string, Case>> = {
  'old-systemd-is-silent': caseOf(
    'CentOS 7 up for 151 days: the runtime hangs, and systemd does not answer node_exporter any more.',
    hanging(EL7, 151, silentNow),
    { ...broken, confirmed: ['runtimeHangs', 'systemdSilent'] },
  ),
  'old-systemd-is-silent-after-20-days': caseOf(
    'The same on a machine that is up for 20 days, too few for the known defect.',
    hanging(EL7, 20, silentNow),
    open,
  ),
  'old-systemd-answers': caseOf(
    'CentOS 7 up for 151 days: the runtime hangs, and systemd answers.',
    hanging(EL7, 151, { systemdAnswers: 1, systemdAnswered: 1, systemdVersion: 219 }),
    broken,
  ),
  'old-systemd-never-asked': caseOf(
    'CentOS 7 up for 151 days: the runtime hangs, and node_exporter does not ask systemd, as by default.',
    hanging(EL7, 151, {}),
    open,
  ),
  'old-systemd-never-answered': caseOf(
    'node_exporter has never reached systemd: its socket is not mounted, which is no sign.',
    hanging(EL7, 151, { systemdAnswers: 0, systemdAnswered: 0 }),
    open,
  ),
  'some-systemd-is-silent': caseOf(
    'A system of which it is not known whether its systemd is mended, and that does not answer any more.',
    hanging(EL8, 151, { ...silentNow, systemdVersion: 239 }),
    open,
  ),
  'mended-systemd-is-silent': caseOf(
    'A systemd that is mended does not answer any more: something else.',
    hanging(EL8, 151, { ...silentNow, systemdVersion: 252 }),
    broken,
  ),
};
