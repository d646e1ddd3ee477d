import { confirmed, inconclusive, ruledOut } from '../../../engine/verdict.ts';
import { EVENTS_LIVE_SECONDS } from '../../evidence/event.ts';
import { conditionOf } from '../../evidence/node.ts';
import { clockTime, secondsSince } from '../../evidence/node-words.ts';
import { diskOf, disksOf, errorDevice, isKubeletsDisk } from '../devices.ts';
import { limits } from '../limits.ts';
import type { Maybe, Mounts, Seen } from '../schema.ts';
import { type DiskCause, denialOf, trusting } from '../signs.ts';
import { heldUpWords, type Stall, stallOf } from '../stall.ts';
import { listed } from '../words.ts';

/** What node-problem-detector makes of the kernel's log (its config/kernel-monitor.json). */
const ERROR_EVENTS = ['IOError', 'Ext4Error', 'XfsHasShutdown', 'FilesystemIsReadOnly'];
const ERROR_CONDITIONS = ['ReadonlyFilesystem', 'XfsShutdown'];

/** An error in words; `doubt`: why it need not be of the disk and the time in question. */
interface Sign {
  readonly words: string;
  readonly doubt?: string | undefined;
}

/**
 * Errors of the disk that the kubelet needs prove it: a file system that is read-only now, or an error while that disk was
 * saturated. An error of a volume that was being detached is none. That none was seen proves nothing: few nodes have
 * anybody who reads their kernel's log.
 */
export const failingDisk: DiskCause = {
  title: 'The disk fails: the kernel reports errors',
  judge: trusting((seen, maybe, { now }) => {
    const turned = turnedSigns(maybe, now);
    const turnedProofs = turned.filter(({ doubt }) => doubt === undefined);
    if (turnedProofs.length > 0) return confirmed(listed(turnedProofs.map(({ words }) => words)));
    const stall = stallOf(seen, now);
    const signs = [...turned, ...conditionSigns(maybe), ...eventSigns(maybe, stall, now)];
    const proved = signs.filter(({ doubt }) => doubt === undefined);
    if (proved.length > 0)
      return confirmed(`${listed(proved.map(({ words }) => words))}. ${stall.words}${heldUpWords(maybe, now)}`);
    const denied = stall.state === 'calm' ? denialOf(maybe) : undefined;
    if (signs.length > 0)
      return inconclusive(`${listed(signs.map(({ words, doubt }) => `${words} (${doubt})`))}. ${stall.words}`);
    if (stall.state === 'calm' && !denied) return ruledOut(`no error was reported, and ${stall.words}`);
    return inconclusive(
      `no error was reported; the log of the machine's kernel would tell. ${stall.words}${denied ? `, but ${denied}` : ''}`,
    );
  }),
  remedies: ['cordon', 'replaceDisk'],
};

/**
 * What is read-only now is so whenever it began. Of what holds nothing of the kubelet's it may be on purpose (a hardened
 * /usr or /boot that is writable during an upgrade only), unless the kernel reports errors of that disk.
 */
function turnedSigns({ disks = [], mounts = [], events = [] }: Maybe, now: Date): readonly Sign[] {
  const turned = mounts.filter(
    ({ turnedReadOnly, device }) => turnedReadOnly === 1 && isKubeletsDisk(device, disksOf(disks), mounts) === true,
  );
  const failing = new Set(
    errorsIn(events, now).flatMap(({ message }) => {
      const device = errorDevice(message);
      return device ? [diskOf(device)] : [];
    }),
  );
  const inUse = new Set(mounts.filter(({ holdsData }) => holdsData !== undefined).map(({ device }) => device));
  const isProof = ({ device }: Mounts[number]) => inUse.has(device) || failing.has(diskOf(device));
  const told = (rows: Mounts, doubt?: string): readonly Sign[] =>
    rows.length === 0
      ? []
      : [{ words: `${listed(rows.map(({ mountpoint }) => mountpoint))} turned read-only within 6 hours`, doubt }];
  return [
    ...told(turned.filter(isProof)),
    ...told(
      turned.filter((row) => !isProof(row)),
      'the kubelet keeps nothing on that file system, and the kernel reports no error of its disk: it may be on purpose',
    ),
  ];
}

function errorsIn(events: Seen['events'], now: Date): Seen['events'] {
  return events.filter(
    ({ reason, lastSeen }) => ERROR_EVENTS.includes(reason) && secondsSince(lastSeen, now) < EVENTS_LIVE_SECONDS,
  );
}

/** What node-problem-detector keeps saying until it is started again: of some file system, at some time. */
function conditionSigns({ node }: Maybe): readonly Sign[] {
  return ERROR_CONDITIONS.flatMap((type) => {
    const condition = node && conditionOf(node, type);
    if (condition?.status !== 'True') return [];
    return [
      { words: `${type}=True (${condition.message})`, doubt: 'of which file system, and since when, is not told' },
    ];
  });
}

function eventSigns(maybe: Maybe, stall: Stall, now: Date): readonly Sign[] {
  const { events = [] } = maybe;
  const signs = errorsIn(events, now)
    .toSorted((a, b) => Date.parse(b.lastSeen) - Date.parse(a.lastSeen))
    .map(({ reason, lastSeen, message }) => ({
      words: `event ${reason} at ${clockTime(lastSeen)}: ${message}`,
      doubt: doubtOf(errorDevice(message), secondsSince(lastSeen, now) / 60, stall, maybe),
    }));
  const proved = signs.find(({ doubt }) => doubt === undefined);
  return (proved ? [proved] : signs).slice(0, 1);
}

function doubtOf(
  device: string | undefined,
  minutesAgo: number,
  stall: Stall,
  { disks = [], mounts = [] }: Maybe,
): string | undefined {
  if (device === undefined) return 'of which disk is not told';
  const isNeeded = isKubeletsDisk(device, disksOf(disks), mounts);
  if (isNeeded === undefined) return `whether the kubelet keeps its data on ${device} is not known`;
  if (!isNeeded) return `the kubelet keeps nothing on ${device}`;
  if (stall.state !== 'saturated') return 'no disk is proved to have held the node up';
  if (diskOf(device) !== stall.disk.device) return `it was ${stall.disk.device} that was saturated`;
  const isNear = stall.minutes.some((minute) => Math.abs(minute - minutesAgo) <= limits.errorMinutes);
  return isNear ? undefined : `not when ${stall.disk.device} was saturated`;
}
