import type { Storm } from './incident.ts';
import { type Target, targetName } from './target.ts';
import { counted } from './words.ts';

/**
 * This many incidents about one kind of target within the window are one problem until shown otherwise: the next ones
 * of that kind share a card. Kinds stay apart: a node in trouble is not hidden among a hundred pods.
 */
export const STORM_OPENINGS = 3;
export const STORM_WINDOW_MS = 60_000;
/** A storm takes in new targets until it has been quiet for this long. */
export const STORM_QUIET_MS = 300_000;
/** Enough to name; a document must stay small however many alerts come. */
const MAX_MEMBERS = 500;

/** Per cluster and kind of target: what opened lately, and the storm that is going on. */
export interface StormWatch {
  readonly openings: readonly { readonly at: string; readonly incident: string }[];
  readonly storm?: { readonly incident: string; readonly lastAt: string };
}

export const calm: StormWatch = { openings: [] };

/** Components and the cluster itself keep their own card: they are where a storm comes from. */
export function canFold(target: Target): boolean {
  return target.kind !== 'Component' && target.kind !== 'Cluster';
}

export const stormKinds = ['Node', 'Pod', 'Service', 'Unresolved'] as const;

/** The document of a watch, and the key of its storm's incident. */
export function watchOf(cluster: string, kind: Target['kind']): { readonly id: string; readonly key: string } {
  return { id: `${cluster}/${kind}`, key: `${cluster}|storm|${kind}` };
}

/** The storm that is going on, if it has not gone quiet. */
export function stormNow(watch: StormWatch, now: Date): string | undefined {
  const { storm } = watch;
  return storm && now.getTime() - Date.parse(storm.lastAt) < STORM_QUIET_MS ? storm.incident : undefined;
}

/** Incidents opened within the window. */
export function recent(watch: StormWatch, now: Date): StormWatch['openings'] {
  return watch.openings.filter(({ at }) => now.getTime() - Date.parse(at) < STORM_WINDOW_MS);
}

export function noteOpening(watch: StormWatch, incident: string, now: Date): StormWatch {
  return { ...watch, openings: [...recent(watch, now), { at: now.toISOString(), incident }] };
}

export function noteStorm(watch: StormWatch, incident: string, now: Date): StormWatch {
  return { ...watch, storm: { incident, lastAt: now.toISOString() } };
}

/** Whether the watch should note that the storm goes on (not for every single alert). */
export function isStale({ storm }: StormWatch, now: Date): boolean {
  return storm !== undefined && now.getTime() - Date.parse(storm.lastAt) > STORM_QUIET_MS / 10;
}

/** Adds a target to those that share the card. */
export function withMember({ members, more }: Storm, target: Target): Storm {
  const name = targetName(target);
  if (members.includes(name)) return { members, more };
  return members.length < MAX_MEMBERS ? { members: [...members, name], more } : { members, more: more + 1 };
}

/** "37 nodes, 412 pods": what the storm took in, by kind. */
export function countMembers({ members, more }: Storm): string {
  const kinds = Map.groupBy(members, (name) => name.split('/')[0] ?? '');
  const counts = [...kinds].map(([kind, names]) =>
    counted(names.length, kind === 'unresolved' ? 'unknown target' : kind),
  );
  return [...counts, ...(more > 0 ? [`${more} more`] : [])].join(', ');
}
