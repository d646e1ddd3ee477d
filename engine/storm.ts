import { hasTopic } from './runbook.ts';
import { parseTarget, type Target } from './target.ts';

/** Targets that share one card, by name (`node/worker-3`). */
export interface Storm {
  readonly members: readonly string[];
  /** Alerts about further targets once the list is full. */
  readonly more: number;
  /** Incidents that were folded into it: they close with it. */
  readonly folded: readonly string[];
  /** Members that were seen broken: they are looked at first when its alerts are over. */
  readonly broken: readonly string[];
  /** Members that were seen well since its last alert was resolved. */
  readonly well: readonly string[];
  /** Its alerts have only the kind of their target in common: the most severe one leads, and is looked at. */
  readonly mixed?: true;
}

export const noStorm: Storm = { members: [], more: 0, folded: [], broken: [], well: [] };

/**
 * This many incidents about one kind of target within the window are one problem until shown otherwise: the next ones
 * of that kind share a card. Kinds stay apart (a node in trouble is not hidden among a hundred pods), and so do the
 * alerts of different runbooks; where none is about them, those of different names.
 */
const STORM_OPENINGS = 3;
/** Of alerts that no runbook is about so many of different names have a card each; the next ones share one. */
const MIXED_OPENINGS = 5;
const STORM_WINDOW_MS = 60_000;
/** A storm takes in new targets until it has been quiet for this long. */
const STORM_QUIET_MS = 300_000;
/** What was resolved is looked for in storms of the last day, too. */
const KEPT_MS = 86_400_000;
/** Enough to name; a document must stay small however many alerts come. */
const MAX_MEMBERS = 500;
/** Members looked at before a storm closes, one look (at most 25 Kubernetes calls) after the other. */
const MAX_LOOKS = 10;
const FEW_NAMES = 5;

/** Per cluster, kind of target and runbook: what opened lately, and the storm that is going on. */
export interface StormWatch {
  /** `name`: of its alert, where no runbook is about it. */
  readonly openings: readonly { readonly at: string; readonly incident: string; readonly name?: string }[];
  readonly storm?: Going;
  /** Storms of alerts of one name. */
  readonly named?: Readonly<Record<string, Going>>;
}

interface Going {
  readonly incident: string;
  readonly lastAt: string;
}

export const calm: StormWatch = { openings: [] };

/**
 * Components and the cluster itself keep their own card: they are where a storm comes from. Without a runbook they say
 * only that the alert's labels name no object.
 */
export function canFold(target: Target, runbook: string | null): boolean {
  return !hasTopic(runbook) || (target.kind !== 'Component' && target.kind !== 'Cluster');
}

/** The document of a watch, and the key of its storm's incident: of all, or of the alerts of this name. */
export function watchOf(cluster: string, kind: Target['kind'], runbook: string | null, name?: string) {
  return {
    id: `${encodeURIComponent(cluster)}/${kind}/${runbook ?? ''}`,
    key: [cluster, 'storm', kind, runbook ?? '', ...(name === undefined ? [] : [name])].join('|'),
  };
}

/** Whether the watch of this id is one of the cluster's. */
export function isWatchOf(cluster: string, id: string): boolean {
  return id.startsWith(`${encodeURIComponent(cluster)}/`);
}

/** Every storm that the watch knows of, also of the last day. */
export function stormsOf({ storm, named = {} }: StormWatch): readonly Going[] {
  return [...(storm ? [storm] : []), ...Object.values(named)];
}

/** The incidents of the storms that are going on, and have not gone quiet. */
export function stormsNow(watch: StormWatch, now: Date): readonly string[] {
  return stormsOf(watch).flatMap((going) => (goesOn(going, now) ? [going.incident] : []));
}

/** The one that takes in alerts of this name: their own, or that of all. */
export function stormFor({ storm, named = {} }: StormWatch, name: string | undefined, now: Date): string | undefined {
  const own = name === undefined ? undefined : named[name];
  return [own, storm].find((going) => goesOn(going, now))?.incident;
}

function goesOn(going: Going | undefined, now: Date): going is Going {
  return going !== undefined && now.getTime() - Date.parse(going.lastAt) < STORM_QUIET_MS;
}

/** What the next incident is: one by itself, one more of its name, or one too many of all. */
export function nextIs(watch: StormWatch, name: string | undefined, now: Date): 'single' | 'named' | 'mixed' {
  const opened = recent(watch, now);
  if (opened.filter((opening) => opening.name === name).length >= STORM_OPENINGS) return 'named';
  return name !== undefined && opened.length >= MIXED_OPENINGS ? 'mixed' : 'single';
}

/** Incidents opened within the window. */
export function recent(watch: StormWatch, now: Date): StormWatch['openings'] {
  return watch.openings.filter(({ at }) => now.getTime() - Date.parse(at) < STORM_WINDOW_MS);
}

export function noteOpening(watch: StormWatch, incident: string, now: Date, name?: string): StormWatch {
  const opening = { at: now.toISOString(), incident, ...(name === undefined ? {} : { name }) };
  return { ...watch, openings: [...recent(watch, now), opening] };
}

/**
 * What opened before belongs to the storm: when that is over, counting begins anew. The card of a storm of one name counts
 * among the others as one of theirs.
 */
export function noteStorm(watch: StormWatch, incident: string, now: Date, name?: string): StormWatch {
  const going = { incident, lastAt: now.toISOString() };
  if (name === undefined) return { ...watch, openings: [], storm: going };
  const named = Object.entries(watch.named ?? {}).filter(([, one]) => now.getTime() - Date.parse(one.lastAt) < KEPT_MS);
  const counted = watch.openings.some((one) => one.incident === incident)
    ? watch
    : noteOpening(watch, incident, now, name);
  return { ...counted, named: { ...Object.fromEntries(named), [name]: going } };
}

/** Whether the watch should note that this storm goes on (not for every single alert). */
export function isStale(watch: StormWatch, incident: string, now: Date): boolean {
  const going = stormsOf(watch).find((one) => one.incident === incident);
  return going !== undefined && now.getTime() - Date.parse(going.lastAt) > STORM_QUIET_MS / 10;
}

/** Adds one to those that share the card. */
export function withMember(storm: Storm, name: string): Storm {
  const { members, more } = storm;
  if (members.includes(name)) return storm;
  return members.length < MAX_MEMBERS ? { ...storm, members: [...members, name] } : { ...storm, more: more + 1 };
}

/** With the names that members were found to have; of two that are the same one stays. */
export function withNames(storm: Storm, names: ReadonlyMap<string, string>): Storm {
  return { ...storm, members: [...new Set(storm.members.map((name) => names.get(name) ?? name))] };
}

export function withBroken(storm: Storm, name: string): Storm {
  return { ...storm, broken: [...new Set([...storm.broken, name])].slice(0, MAX_LOOKS) };
}

export function seenWell(storm: Storm, name: string): Storm {
  return { ...storm, well: [...new Set([...storm.well, name])] };
}

/** The member of this kind to look at next, those first that were seen broken; none when all were, or enough. */
export function nextToLookAt({ members, broken, well }: Storm, kind: Target['kind']): Target | undefined {
  if (well.length >= MAX_LOOKS) return undefined;
  for (const name of [...broken, ...members]) {
    const target = well.includes(name) ? undefined : parseTarget(name);
    // A pod that came with its node's trouble is nothing its runbook could look at.
    if (target?.kind === kind) return target;
  }
  return undefined;
}

/** Why a storm is over: how many members were looked at, and which were not. */
export function seenWellWords(storm: Storm, reason: string): string {
  const { members, more, well } = storm;
  const left = members.filter((name) => !well.includes(name));
  const others = left.length - FEW_NAMES + more;
  const named = [...left.slice(0, FEW_NAMES), ...(others > 0 ? [`${others} more`] : [])].join(', ');
  const unseen = left.length + more > 0 ? `. Not looked at: ${named}` : '';
  return `looked at ${well.length} of ${members.length + more}, all of them well (${well.at(-1)}: ${reason})${unseen}`;
}
