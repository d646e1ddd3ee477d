import type { Fate } from './alert.ts';
import type { Incident } from './incident.ts';

/** More alerts than one process works on at once (32), so that none that a killed one leaves behind has fallen out. */
const REMEMBERED = 64;
const SHORT = 8;

/**
 * Which alerts an incident has counted lately, by the start of their record's key. An alert is counted with one write and
 * its fate noted with the next: whoever comes again after a crash in between must find that it was counted. The first one
 * opened it, unless a person did, and stays.
 */
export type Counted = readonly string[];

export function openedWith(record: string | undefined): Counted {
  return [record?.slice(0, SHORT) ?? ''];
}

export function counting<T extends Pick<Incident, 'counted'>>(incident: T, record: string | undefined): T {
  if (record === undefined) return incident;
  const [first = '', ...others] = incident.counted ?? [];
  return { ...incident, counted: [first, ...others.slice(2 - REMEMBERED), record.slice(0, SHORT)] };
}

/** What became of it the first time; `undefined`: it was not counted here. */
export function fateBefore({ id, counted }: Incident, record: string | undefined) {
  const at = record === undefined ? -1 : (counted?.indexOf(record.slice(0, SHORT)) ?? -1);
  if (at < 0) return undefined;
  return { outcome: at === 0 ? 'opened' : 'joined', incident: id } satisfies Fate;
}
