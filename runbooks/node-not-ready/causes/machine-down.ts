import { confirmed, inconclusive, ruledOut, type Verdict } from '../../../engine/verdict.ts';
import { conditionOf, pressureTypes } from '../../evidence/node.ts';
import { clockTime, duration, secondsSince } from '../../evidence/node-words.ts';
import type { Maybe } from '../evidence.ts';
import { isFlapping } from '../flapping.ts';
import { exporterOf, portOf } from '../ports.ts';
import { lastMemory } from '../show.ts';
import { type Context, lifeOf, type NodeCause, readinessOf, sinceWords, wouldShow } from '../signs.ts';
import { cutOffItself, ofSilence } from '../silence.ts';
import { unlessWellSince } from '../well.ts';

/** A restart further back than this did not cause what is wrong now. */
const RECENT_SECONDS = 3600;
/** Our own limit: what a restart breaks (kubelet, runtime, network not back) shows within minutes of the boot. */
const SHOWS_WITHIN_SECONDS = 600;
/** So many restarts within `AGAIN_SECONDS` are why it comes and goes; one may be what somebody tried. */
const RESTARTS_AGAIN = 2;
const AGAIN_SECONDS = 1800;
/** The kubelet dates its first status and the event Rebooted in the same seconds. */
const SHOWS_AT_ONCE_SECONDS = 60;

const RESTARTED = 'The machine was restarted';

export const machineDown: NodeCause = {
  title: 'The machine is down, cut off, or was restarted',
  judge: ofSilence((_seen, maybe, context) => {
    const { now } = context;
    const ending = shutDown(maybe);
    if (ending !== undefined) return confirmed(ending, 'The machine is being shut down');
    const restart = restartOf(maybe, now);
    const silence = bySilence(maybe, now);
    if (restart === undefined) return unlessEnding(unlessRestarted(silence, maybe, now), maybe);
    const explained = maybe.node && byRestart(restart, maybe, context);
    if (explained) return explained;
    if (silence.verdict === 'confirmed') return silence;
    if (!maybe.node) return inconclusive(`${restart.words}; whether that explains what is wrong could not be seen`);
    const late = afterwards(restart, maybe, context);
    return late === undefined ? silence : inconclusive(late);
  }),
  remedies: ['cordon', 'checkMachine', 'keepPods'],
};

/** A kubelet that is asked to end its pods before the machine goes (Kubernetes, pkg/kubelet/nodeshutdown, since 1.20). */
const SHUTS_DOWN = 'node is shutting down';

/** In the kubelet's own words; once it is silent the controller manager writes others over them. */
function shutDown(maybe: Maybe): string | undefined {
  const ready = readinessOf(maybe);
  if (ready?.status !== 'False' || !ready.message.includes(SHUTS_DOWN)) return undefined;
  return `the kubelet says "${SHUTS_DOWN}"${sinceWords(ready)}: somebody, or its provider, turns the machine off or restarts it`;
}

/** Only its conditions tell of a shutdown, unless it is known to be Ready. */
function unlessEnding(verdict: Verdict, maybe: Maybe): Verdict {
  if (verdict.verdict !== 'ruled-out' || maybe.node || maybe.history?.ready === 1) return verdict;
  return inconclusive(`${verdict.reason}; whether it is being shut down, its conditions would tell`);
}

/** Whether it is down now. */
function bySilence(maybe: Maybe, now: Date): Verdict {
  const life = lifeOf(maybe, now);
  if (life.state === 'renewing') return ruledOut(life.words);
  const exporter = exporterOf(maybe, now);
  if (exporter?.kind === 'answers') return ruledOut(exporter.words);
  const port = portOf(maybe, now);
  if (!port) return wouldShow(maybe, 'up=0 of kubelet and node_exporter alike, or on its console');
  if (port.kind === 'answers' || port.kind === 'half' || port.kind === 'lives') return ruledOut(port.words);
  if (port.kind === 'refuses' && exporter?.kind !== 'fails')
    return ruledOut(`${port.words}: something at its address answers`);
  if (port.kind === 'unclear' || exporter?.kind === 'unclear') {
    return inconclusive(`${port.words}${exporter ? `; ${exporter.words}` : ''}`);
  }
  const witness = exporter?.words ?? 'no node_exporter is scraped, and without that second witness';
  if (port.kind !== 'silent' || !exporter) {
    const alike = exporter ? '' : ' a dead machine and a stuck kubelet look alike';
    return inconclusive(`${port.words}; ${witness}${alike}${lastWords(maybe)}`);
  }
  return overThere(`${port.words}, ${witness}, and ${life.words}`, exporter.refuses, maybe);
}

/** Its boot time tells, or else the event that a live kubelet would have posted: without both it may have been. */
function unlessRestarted(silence: Verdict, maybe: Maybe, now: Date): Verdict {
  const { machine, node, events } = maybe;
  if (silence.verdict !== 'ruled-out' || (node && machine?.bootedAt !== undefined)) return silence;
  const port = portOf(maybe, now)?.kind;
  const isAlive = lifeOf(maybe, now).state === 'renewing' || port === 'answers' || port === 'half';
  return events && isAlive
    ? silence
    : inconclusive(`${silence.reason}; whether it was restarted, node_exporter would tell`);
}

/** Silence on both ports is the machine's only if Prometheus itself still reaches most others. */
function overThere(words: string, exporterRefuses: boolean, maybe: Maybe) {
  if (exporterRefuses)
    return inconclusive(`${words}: something there still refuses connections, or its name is not found`);
  const blind = cutOffItself(maybe);
  if (blind) return inconclusive(`${words}; but ${blind}`);
  const { kubelets = 0, kubeletsDown = 0 } = maybe.fleet ?? {};
  const others = `${kubelets - kubeletsDown} of ${kubelets} kubelets answer Prometheus`;
  return confirmed(`${words}; ${others}${lastWords(maybe)}`, 'The machine is down, or cut off');
}

/** One that has no memory left answers as little as one that is off: what it told before may be why. */
function lastWords({ machine, events = [] }: Maybe): string {
  const memory = machine && lastMemory(machine);
  const oom = events.findLast(({ reason }) => reason === 'SystemOOM');
  return [
    ...(memory ? [`; when it last answered, ${memory}`] : []),
    ...(oom ? [`; its kubelet told at ${clockTime(oom.lastSeen)} that it was out of memory (SystemOOM)`] : []),
  ].join('');
}

interface Restart {
  readonly at: string;
  readonly words: string;
}

/** A boot explains what began around it, or comes again and again; not what began long after it, nor what is past. */
function byRestart({ at, words }: Restart, maybe: Maybe, { now, since }: Context): Verdict | undefined {
  const restarts = recentRestarts(maybe, now);
  if (isFlapping(maybe, now) && restarts >= RESTARTS_AGAIN)
    return confirmed(`${words}, the last of ${restarts} within 30 minutes`, RESTARTED);
  const ready = readinessOf(maybe);
  const under = pressureTypes.filter((type) => maybe.node && conditionOf(maybe.node, type)?.status === 'True');
  if (ready?.status === 'True' && under.length > 0) {
    return inconclusive(`${words}; but what is wrong is ${under.join(', ')}=True`);
  }
  // Its alerts began at `since` or later: that is the first of all that are joined, perhaps for another trouble.
  const dated = beganAt(maybe);
  if (isAfter(at, maybe, since) || secondsSince(at, dated ?? since ?? now) > SHOWS_WITHIN_SECONDS) return undefined;
  const verdict = unlessWellSince(words, new Date(at), maybe, now, RESTARTED);
  if (verdict.verdict !== 'confirmed' || secondsSince(at, dated ?? now) <= SHOWS_WITHIN_SECONDS) return verdict;
  return inconclusive(`${words}; whether what is wrong began around then is not known`);
}

/** Since when it is not Ready, as far as that is dated. */
function beganAt(maybe: Maybe): Date | undefined {
  const ready = readinessOf(maybe);
  return ready && ready.status !== 'True' && ready.since ? new Date(ready.since) : undefined;
}

/** Later than what is wrong; of a node that is Ready only its alert tells since when, and that may be of another trouble. */
function isAfter(at: string, maybe: Maybe, since: Date | undefined): boolean {
  const began = beganAt(maybe) ?? (readinessOf(maybe)?.status === 'True' ? undefined : since);
  return began !== undefined && secondsSince(at, began) < -SHOWS_AT_ONCE_SECONDS;
}

/** Words for a restart after the trouble had begun: then somebody may have tried it, or the machine was down before. */
function afterwards({ at, words }: Restart, maybe: Maybe, { since }: Context): string | undefined {
  if (!isAfter(at, maybe, since)) return undefined;
  const ready = beganAt(maybe) && readinessOf(maybe);
  const before = ready ? `Ready=${ready.status}${sinceWords(ready)}, before that` : 'its alert began before that';
  return `${words}; but ${before}: whether the machine was down, or was restarted for what was wrong already, is not known`;
}

/** How many within `AGAIN_SECONDS`. A repeated event dates only its first and its last: one that began before counts once. */
function recentRestarts({ events = [] }: Maybe, now: Date): number {
  const isRecent = (at: string) => secondsSince(at, now) < AGAIN_SECONDS;
  const reboots = events.filter(({ reason, lastSeen }) => reason === 'Rebooted' && isRecent(lastSeen));
  const each = new Map(reboots.map((event) => [event.lastSeen, event]));
  return [...each.values()].reduce((sum, { count, firstSeen }) => sum + (isRecent(firstSeen) ? count : 1), 0);
}

/** By the kubelet's own event, or by the boot time; a machine that has just joined was not "restarted". */
function restartOf({ events, machine, node }: Maybe, now: Date): Restart | undefined {
  const event = events?.findLast(({ reason }) => reason === 'Rebooted');
  if (event && secondsSince(event.lastSeen, now) < RECENT_SECONDS) {
    return { at: event.lastSeen, words: `it was restarted: event Rebooted at ${clockTime(event.lastSeen)}` };
  }
  if (machine?.bootedAt === undefined) return undefined;
  const bootedAt = new Date(machine.bootedAt * 1000);
  const joinedBefore = !node || bootedAt.getTime() > Date.parse(node.createdAt);
  const ago = secondsSince(bootedAt.toISOString(), now);
  if (!joinedBefore || ago > RECENT_SECONDS) return undefined;
  const at = bootedAt.toISOString();
  return { at, words: `it was restarted: booted at ${clockTime(at)}, ${duration(ago)} ago` };
}
