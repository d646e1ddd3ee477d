import { clockTime, duration, secondsSince } from '../evidence/node-words.ts';
import { hostOf } from '../evidence/scrape-targets.ts';
import { endingWords, isBetweenEnds } from './ending.ts';
import type { Maybe, Seen } from './evidence.ts';
import type { Lead } from './lead.ts';
import { limits } from './limits.ts';
import type { Machine } from './machines.ts';
import { type StaticPod, stateWords } from './pods.ts';
import type { Scrape } from './scrapes.ts';
import { type Context, freshest } from './seen.ts';

/**
 * One instance of the component. `stopped`: its container does not run; `unready`: it runs and fails its probe; `ending`: it
 * runs, and ended several times, the last time just now; `silent`: nothing is heard of its machine; `missing`: the machine is
 * well and has no such pod.
 */
export interface Instance {
  readonly node: string;
  readonly state: 'runs' | 'stopped' | 'unready' | 'ending' | 'silent' | 'missing' | 'unclear';
  readonly words: string;
  readonly pod?: StaticPod;
}

/** All instances; none where the control plane is not seen as static pods. */
export interface Fleet {
  readonly instances: readonly Instance[];
  /** That something is wrong with, or that could not be told. */
  readonly down: readonly Instance[];
  readonly unclear: readonly Instance[];
}

export const NO_PODS = 'no static pod of it is seen here: its provider runs it, or it is a service of its machines';

export function fleetOf(seen: Pick<Seen, 'pods'>, maybe: Maybe, lead: Lead, { now, target }: Context): Fleet {
  const own = seen.pods.filter(({ component }) => component === target.name);
  // A machine counts when some static pod of the control plane is there: others run it as a service.
  const { machines = [] } = maybe;
  const hosts = new Set(seen.pods.map(({ node }) => node));
  const nodes = [
    ...new Set([...own.map(({ node }) => node), ...machines.map(({ name }) => name).filter((n) => hosts.has(n))]),
  ];
  const { elections } = maybe;
  const isManager = target.name === 'kube-controller-manager';
  const manager = isManager ? elections?.own : elections?.others['kube-controller-manager'];
  const clock = {
    // Somebody works who would turn a silent node Unknown.
    isJudged: manager ? secondsSince(manager.renewedAt, now) <= limits.runOutSeconds : false,
    isRight: maybe.readyz?.clockAheadSeconds !== undefined || freshest(maybe, now) !== undefined,
  };
  const instances = nodes.sort().map((node): Instance => {
    const pod = own.find((one) => one.node === node);
    const machine = machines.find(({ name }) => name === node);
    const isSeen = answersThere(maybe, pod, machine);
    const leads = lead.state === 'held' && [node, machine?.hostname].includes(lead.machine);
    const silence = machine && silenceOf(machine, clock, now);
    const found = silence
      ? withWorks(silence, isSeen)
      : machine
        ? stateOf({ pod, machine, isSeen, leads, lead }, now)
        : UNSEEN;
    return { node, ...found, ...(pod ? { pod } : {}) };
  });
  return {
    instances,
    down: instances.filter(({ state }) => !['runs', 'ending', 'unclear'].includes(state)),
    unclear: instances.filter(({ state }) => state === 'unclear'),
  };
}

type Found = Pick<Instance, 'state' | 'words'>;
const UNSEEN: Found = { state: 'unclear', words: 'its machine is no node that was seen' };

interface Facts {
  readonly pod: StaticPod | undefined;
  readonly machine: Machine;
  /** Prometheus is answered there; `undefined`: Prometheus did not tell, or has no target there. */
  readonly isSeen: boolean | undefined;
  readonly leads: boolean;
  readonly lead: Lead;
}

function answersThere(maybe: Maybe, pod: StaticPod | undefined, machine: Machine | undefined): boolean | undefined {
  const { now = [], gone = [] } = maybe.scrapes ?? {};
  const there = [...now, ...gone].filter((scrape) => isOf(scrape, pod, machine));
  return there.length === 0 ? undefined : there.some(({ up }) => up === 1);
}

function stateOf({ pod, machine, isSeen, leads, lead }: Facts, now: Date): Found {
  if (pod?.stopped) return { state: 'stopped', words: stateWords(pod) };
  if (pod?.ready && isBetweenEnds(pod, now)) return { state: 'ending', words: endingWords(pod, now) };
  if (pod) return { state: pod.ready ? 'runs' : 'unready', words: stateWords(pod) };
  const age = secondsSince(machine.createdAt, now);
  if (age < limits.joiningSeconds) return unclear(`it joined ${duration(age)} ago and has no such pod`);
  // The copy that the kubelet reports may be refused while the container runs: who runs takes a lease that is free.
  const missing: Found = { state: 'missing', words: 'its kubelet is well and reports no such pod' };
  if (lead.state === 'stale') return missing;
  if (leads) return unclear(`${missing.words}, but it renews the lease`);
  if (isSeen === undefined) return unclear(`${missing.words}; whether it runs all the same only Prometheus could tell`);
  return isSeen ? unclear(`${missing.words}, but it answers Prometheus`) : missing;
}

/**
 * A node is called Unknown only by a controller manager that works: without one the kubelet's own lease must tell. `False`
 * is the word of the kubelet itself.
 */
function silenceOf(
  { ready, readySince, renewedAt }: Machine,
  { isJudged, isRight }: { readonly isJudged: boolean; readonly isRight: boolean },
  now: Date,
): Found | undefined {
  const since = readySince ? ` since ${clockTime(readySince)}` : '';
  if (ready === 'Unknown') return { state: 'silent', words: `its node is Ready=${ready}${since}` };
  const age = renewedAt === undefined ? undefined : secondsSince(renewedAt, now);
  if (age === undefined) return unclear('whether its kubelet lives could not be seen');
  if (age <= limits.kubeletRunOutSeconds || (isJudged && age > limits.judgedSeconds)) return undefined;
  const words = `its kubelet last renewed its lease ${duration(age)} ago`;
  return isJudged || !isRight ? unclear(words) : { state: 'silent', words };
}

/** A kubelet that is away does not end what runs. */
function withWorks(silence: Found, isSeen: boolean | undefined): Found {
  return isSeen ? { ...silence, words: `${silence.words}, but the component answers Prometheus there` } : silence;
}

function unclear(words: string): Found {
  return { state: 'unclear', words };
}

/** Whether this target is that instance: by the name of the pod, else by the machine's address. */
export function isOf(
  { pod: name, instance }: Scrape,
  pod: StaticPod | undefined,
  machine: Machine | undefined,
): boolean {
  if (name && pod) return name === pod.name;
  // A mirror pod is called after its machine.
  if (name && machine && name.endsWith(`-${machine.name}`)) return true;
  const host = hostOf(instance);
  return machine !== undefined && (host === machine.name || machine.addresses.includes(host));
}

/** `control-plane-2 (1 of 3; the others run)`, `control-plane-1, control-plane-2 (both)`. */
export function scopeWords(some: readonly Instance[], { instances, down }: Fleet): string {
  const isEnding = instances.some((one) => one.state === 'ending' && !some.includes(one));
  const ill = down.filter((one) => !some.includes(one));
  const names = some.map(({ node }) => node).join(', ');
  if (instances.length === 1) return `${names}, its only instance`;
  if (some.length === instances.length) return `${names} (all ${instances.length})`;
  const others = instances.length - some.length;
  const rest = ill.length === 0 && !isEnding ? `; the ${others === 1 ? 'other runs' : 'others run'}` : '';
  return `${names} (${some.length} of ${instances.length}${rest})`;
}
