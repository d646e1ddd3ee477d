import { confirmed, inconclusive, ruledOut } from '../../../engine/verdict.ts';
import { EVENTS_LIVE_SECONDS } from '../../evidence/event.ts';
import { conditionOf } from '../../evidence/node.ts';
import { clockTime, secondsSince } from '../../evidence/node-words.ts';
import type { Maybe } from '../schema.ts';
import { type DiskCause, denialOf, trusting } from '../signs.ts';
import { heldUpWords, stallOf } from '../stall.ts';
import { listed } from '../words.ts';

/** What node-problem-detector makes of the kernel's log (its config/kernel-monitor.json). */
const ERROR_EVENTS = ['IOError', 'Ext4Error', 'XfsHasShutdown', 'FilesystemIsReadOnly'];
const ERROR_CONDITIONS = ['ReadonlyFilesystem', 'XfsShutdown'];

/** Errors prove it. That none was seen proves nothing: few nodes have anybody who reads their kernel's log. */
export const failingDisk: DiskCause = {
  title: 'The disk fails: the kernel reports errors',
  judge: trusting((seen, maybe, { now }) => {
    const signs = signsOf(maybe, now);
    if (signs.length > 0) return confirmed(`${listed(signs)}${heldUpWords(maybe, now)}`);
    const stall = stallOf(seen, now);
    const denied = stall.state === 'calm' ? denialOf(maybe) : undefined;
    if (stall.state === 'calm' && !denied) return ruledOut(`no error was reported, and ${stall.words}`);
    return inconclusive(
      `no error was reported; the log of the machine's kernel would tell. ${stall.words}${denied ? `, but ${denied}` : ''}`,
    );
  }),
  remedies: ['cordon', 'replaceDisk'],
};

function signsOf({ node, events = [], mounts = [] }: Maybe, now: Date): readonly string[] {
  const conditions = ERROR_CONDITIONS.flatMap((type) => {
    const condition = node && conditionOf(node, type);
    return condition?.status === 'True' ? [`${type}=True (${condition.message})`] : [];
  });
  const last = events
    .filter(
      ({ reason, lastSeen }) => ERROR_EVENTS.includes(reason) && secondsSince(lastSeen, now) < EVENTS_LIVE_SECONDS,
    )
    .toSorted((a, b) => Date.parse(b.lastSeen) - Date.parse(a.lastSeen))[0];
  const turned = mounts.flatMap(({ turnedReadOnly, mountpoint }) => (turnedReadOnly === 1 ? [mountpoint] : []));
  return [
    ...conditions,
    ...(last ? [`event ${last.reason} at ${clockTime(last.lastSeen)}: ${last.message}`] : []),
    ...(turned.length > 0 ? [`${listed(turned)} turned read-only within 6 hours`] : []),
  ];
}
