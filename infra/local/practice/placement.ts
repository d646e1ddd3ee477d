import type { BrokenPart } from './broken-part.ts';
import type { Facts, NodeFacts } from './facts.ts';
import { type Settler, settlerNamed, settlersOf, settlersOn } from './layout.ts';
import { existsAt, type Life } from './life/life.ts';
import { hasMoved, livesOf, movedWorkloads } from './life/moved.ts';
import type { Workload } from './workloads.ts';

/** One pod, before anything is said about its object: what it belongs to and where it runs. */
export interface PodPlace {
  readonly workload: Workload;
  /** Of a pod that no node takes: `nowhere`. */
  readonly node: NodeFacts;
  readonly name: string;
  readonly address: string;
  readonly createdAt: number;
  /** Of a static pod: it does not start. */
  readonly broken?: BrokenPart;
  /** Marked for deletion since then. */
  readonly evictedAt?: number;
  /** Of workloads to whose pods something has happened. */
  readonly life?: Life;
}

/** The node of a pod that is not scheduled. */
export const nowhere: NodeFacts = { index: -1, name: '', address: '', zone: '', controlPlane: false };

/** All pods bound to this node by now. */
export function podsOn(facts: Facts, node: NodeFacts, now: number): PodPlace[] {
  const stayed = settlersOn(facts, node).filter(({ workload }) => !hasMoved(facts, workload, now));
  const moved = movedWorkloads(facts, now).flatMap((workload) => livesOf(facts, workload));
  const here = moved.filter((life) => life.node === node && existsAt(life, now) && now >= (life.boundAt ?? now));
  return [...stayed, ...here.map((life) => placeOf(life, now))];
}

/** All pods of one workload. */
export function podsOf(facts: Facts, workload: Workload, now: number): PodPlace[] {
  if (!hasMoved(facts, workload, now)) return settlersOf(facts, workload);
  return livesOf(facts, workload).flatMap((life) => (existsAt(life, now) ? [placeOf(life, now)] : []));
}

/** A pod by name, without looking through all of them. */
export function podNamed(facts: Facts, namespace: string, name: string, now: number): PodPlace | undefined {
  const settler = settlerNamed(facts, namespace, name);
  if (settler && !hasMoved(facts, settler.workload, now)) return settler;
  const here = movedWorkloads(facts, now).filter((workload) => workload.namespace === namespace);
  const lives = here.flatMap((workload) => livesOf(facts, workload));
  const life = lives.find((each) => each.name === name && existsAt(each, now));
  return life && placeOf(life, now);
}

/** As the pod was at that moment: nobody knew then what would become of it. */
function placeOf(life: Life, now: number): PodPlace {
  const { workload, name, createdAt, address = '' } = life;
  const [bound, marked] = [isBy(life.boundAt, now), isBy(life.markedAt, now)];
  return {
    workload,
    node: (bound && life.node) || nowhere,
    name,
    address: bound ? address : '',
    createdAt,
    ...(life.broken ? { broken: life.broken } : {}),
    ...(marked && life.markedAt !== undefined ? { evictedAt: life.markedAt } : {}),
    life,
  };
}

function isBy(moment: number | undefined, now: number): boolean {
  return moment !== undefined && now >= moment;
}

/** Every pod that ever was, for series that reach back: where it was last, and while it was there. */
export interface PodHistory extends PodPlace {
  readonly wasThere: (at: number) => boolean;
}

export function podsEverOf(facts: Facts, workload: Workload): PodHistory[] {
  if (!hasMoved(facts, workload, Number.POSITIVE_INFINITY)) return settlersOf(facts, workload).map(always);
  return livesOf(facts, workload).map(whileAlive);
}

export function podsEverOn(facts: Facts, node: NodeFacts): PodHistory[] {
  const moved = movedWorkloads(facts, Number.POSITIVE_INFINITY);
  const stayed = settlersOn(facts, node).filter(({ workload }) => !moved.includes(workload));
  const here = moved.flatMap((workload) => livesOf(facts, workload)).filter((life) => life.node === node);
  return [...stayed.map(always), ...here.map(whileAlive)];
}

export function podsEverNamed(facts: Facts, namespace: string, name: string): PodHistory[] {
  const settler = settlerNamed(facts, namespace, name);
  const moved = movedWorkloads(facts, Number.POSITIVE_INFINITY);
  if (settler && !moved.includes(settler.workload)) return [always(settler)];
  const here = moved.filter((workload) => workload.namespace === namespace);
  return here.flatMap((workload) => livesOf(facts, workload).filter((life) => life.name === name)).map(whileAlive);
}

function always(settler: Settler): PodHistory {
  return { ...settler, wasThere: () => true };
}

function whileAlive(life: Life): PodHistory {
  return { ...placeOf(life, Number.POSITIVE_INFINITY), wasThere: (at) => existsAt(life, at) };
}
