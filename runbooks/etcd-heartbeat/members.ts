import type * as z from 'zod';
import { isAddress } from '../../engine/directory.ts';
import type { Sample } from '../../engine/readers.ts';
import type { EtcdPod } from '../evidence/etcd-pods.ts';
import { isLoopback } from '../evidence/etcd-strangers.ts';
import { figureTable, Samples } from '../evidence/figures.ts';
import { duration as longAgo } from '../evidence/node-words.ts';
import { hostOf } from '../evidence/scrape-targets.ts';
import type { Maybe } from './facts.ts';
import { limits } from './limits.ts';
import type { Heartbeat, Peer } from './seen.ts';

/**
 * One scrape target of etcd. `id` (hexadecimal) is known for a day after the member was last heard; a target without
 * it was not heard. Without `up` it is no target any more: a member that was removed, unless its peers still know it. `hasLeader` and `leads` are present truth, `led` and `restarts` are about the last ten minutes.
 */
export interface Member {
  readonly instance: string;
  readonly id?: string;
  /** 1: it copies what the others decide and has no vote, as when it was last heard. Undefined before etcd 3.4. */
  readonly learner?: number;
  /** Where it is scraped as a pod: that pod, and its namespace. */
  readonly pod?: string;
  readonly namespace?: string;
  readonly up?: number;
  readonly scrapeSeconds?: number;
  readonly hasLeader?: number;
  readonly leads?: number;
  readonly led?: number;
  readonly restarts?: number;
  readonly memoryBytes?: number;
  /** How long ago it was scraped. */
  readonly ageSeconds?: number;
}

const figures = figureTable(
  ['instance'],
  ['up', 'scrapeSeconds', 'hasLeader', 'leads', 'led', 'restarts', 'memoryBytes', 'learner', 'ageSeconds'],
);

/**
 * An empty list is an answer: Prometheus knows no etcd. A member that is scraped on two ports counts once. Of one that was
 * last scraped too long ago it is not known whether it answers.
 */
export const Members: z.ZodType<readonly Member[]> = Samples.transform((samples) => {
  const byInstance = new Map<string, Member>(figures.parse(samples).map((row) => [row.instance, unlessOld(row)]));
  for (const { labels } of samples) {
    const { figure, instance = '', server_id: id, pod, namespace } = labels;
    const [known, isId] = [byInstance.get(instance), figure === 'id' && id !== undefined];
    if (known === undefined && !isId) continue;
    const place = { ...(pod ? { pod } : {}), ...(pod && namespace ? { namespace } : {}) };
    byInstance.set(instance, { ...known, instance, ...(isId ? { id } : {}), ...place });
  }
  const byId = new Map<string, Member>();
  for (const member of byInstance.values()) {
    const key = member.id ?? member.instance;
    const other = byId.get(key);
    if (other === undefined || (other.up ?? 0) < (member.up ?? 0)) byId.set(key, member);
  }
  return [...byId.values()].sort((a, b) => (a.instance < b.instance ? -1 : 1));
});

function unlessOld({ up, ...row }: Member): Member {
  return up === undefined || (row.ageSeconds ?? 0) > limits.staleSeconds ? row : { ...row, up };
}

/** Of the first of these that was last scraped too long ago. */
export function oldWords(members: readonly Member[], pods: readonly EtcdPod[] = []): string | undefined {
  const old = members.find(({ up, ageSeconds = 0 }) => up === undefined && ageSeconds > limits.staleSeconds);
  return (
    old && `${nameOf(old, pods)} was last scraped ${longAgo(old.ageSeconds ?? 0)} ago: whether it answers is not known`
  );
}

/**
 * ` (scraped up to 12 s ago)`: that members answer is known as of their scrapes. It does not leave open what may have begun
 * since: an alert fires by scrapes itself, often minutes late, and by its start one cannot tell that its trouble is younger.
 */
export function asOfScrapes(members: readonly Member[]): string {
  const oldest = Math.max(0, ...members.map(({ ageSeconds = 0 }) => ageSeconds));
  return oldest < 1 ? '' : ` (scraped up to ${longAgo(oldest)} ago)`;
}

/** Seconds since the newest scrape of any member, where that is too long ago for all of them. */
export function staleFor(samples: readonly Sample[]): number | undefined {
  const ages = figures.parse(samples).flatMap(({ ageSeconds }) => ageSeconds ?? []);
  const youngest = Math.min(...ages);
  return ages.length > 0 && youngest > limits.staleSeconds ? youngest : undefined;
}

export interface Membership {
  /** Members the cluster has, by whoever knows of most: metrics, peers or pods. */
  readonly size: number;
  /** Whether members told how many there are: what Prometheus does not scrape, it does not know. */
  readonly isWhole: boolean;
  /** Of these the members that vote: all but learners. */
  readonly voters: number;
  /** Votes a write needs. */
  readonly quorum: number;
  /** Heard within the last day, and still to be scraped. */
  readonly known: readonly Member[];
  readonly answering: readonly Member[];
  readonly silent: readonly Member[];
}

export function membership(
  members: readonly Member[],
  peersSeen?: readonly Peer[],
  pods: readonly EtcdPod[] = [],
): Membership {
  const peers = peersSeen ?? [];
  const gone = new Set(leftOver(members, peers));
  const known = knownOf(members).filter(({ id = '' }) => !gone.has(id));
  const left = members.filter(({ id = '' }) => gone.has(id)).map(({ instance }) => instance);
  const counted = peers.filter(({ instance, To }) => !gone.has(To) && !left.includes(instance));
  const peersOf = Map.groupBy(counted, ({ instance }) => instance);
  const mostPeers = Math.max(0, ...[...peersOf.values()].map((rows) => new Set(rows.map(({ To }) => To)).size));
  const size = Math.max(known.length, 1 + mostPeers, pods.length);
  const voters = size - (known.length - voting(known).length);
  return {
    size,
    voters,
    isWhole: peersSeen !== undefined,
    quorum: quorumOf(voters),
    known,
    answering: known.filter(({ up }) => up === 1),
    silent: known.filter(({ up }) => up !== 1),
  };
}

/** All but learners. */
export function voting(members: readonly Member[]): readonly Member[] {
  return members.filter(({ learner }) => learner !== 1);
}

function knownOf(members: readonly Member[]): readonly Member[] {
  return members.filter((member) => isTarget(member) && (member.id ?? member.hasLeader) !== undefined);
}

/** Scraped, also where its `up` alone is not there: then it neither answers nor is known not to. */
function isTarget({ up, scrapeSeconds }: Member): boolean {
  return (up ?? scrapeSeconds) !== undefined;
}

/** Targets that do not answer, and of which nobody knows which member they are. */
export function namelessOf(members: readonly Member[]): readonly Member[] {
  return members.filter((member) => isTarget(member) && member.up !== 1 && member.id === undefined);
}

/**
 * Ids that peers have figures of and nobody has to do with: none that answers, not connected, and the leader, who sends
 * to every member ten times a second, does not even try. etcd keeps the figures of a member that was removed until its
 * own process ends (seen on etcd 3.4), and its target may be left over, too: they do not count as a member.
 */
export function leftOver(members: readonly Member[], peers: readonly Peer[]): readonly string[] {
  const leader = members.find(({ leads, up }) => leads === 1 && up === 1);
  const targets = new Map(knownOf(members).map(({ id, up }) => [id, up]));
  const isLeft = (id: string, rows: readonly Peer[]) => {
    if (targets.get(id) === 1 || rows.some(({ active, tried = 0 }) => active === 1 || tried > 0)) return false;
    if (rows.some(({ instance, active, tried }) => instance === leader?.instance && active === 0 && tried === 0))
      return true;
    const isOld = ({ active, rttMean, failures = 0 }: Peer) => (active ?? rttMean) === undefined && failures === 0;
    return !targets.has(id) && rows.every(isOld);
  };
  return [...Map.groupBy(peers, ({ To }) => To)].filter(([id, rows]) => isLeft(id, rows)).map(([id]) => id);
}

/** The links between members: what was removed has none. */
export function linksOf(members: readonly Member[], peers: readonly Peer[]): readonly Peer[] {
  const gone = leftOver(members, peers);
  return peers.filter(({ To }) => !gone.includes(To));
}

/** Members that answer, or are not scraped at all, for which a table has no row: what they do cannot be ruled out. */
export function unseenOf(
  rows: readonly { readonly instance: string }[],
  members: readonly Member[],
  { peers, pods }: Pick<Maybe, 'peers' | 'pods'>,
): string | undefined {
  const { answering, known, size, isWhole } = membership(members, peers, pods);
  const missing = answering.filter(({ instance }) => !rows.some((row) => row.instance === instance));
  const words = [
    ...missing.map((member) => nameOf(member, pods)),
    ...(known.length < size ? [`${size - known.length} of ${size} members, which are not scraped`] : []),
    ...(isWhole ? [] : ['members that are not scraped, should there be any']),
  ];
  return words.length === 0 ? undefined : words.join(', ');
}

export function quorumOf(size: number): number {
  return Math.floor(size / 2) + 1;
}

/** How many more members may be lost before writes stop; negative: they have stopped. */
export function quorumMargin(size: number, healthy: number): number {
  return healthy - quorumOf(size);
}

/** Whoever led within the last ten minutes: only a leader sends heartbeats. Empty: the leader is not scraped. */
export function leadersOf(members: readonly Member[], heartbeats: readonly Heartbeat[] = []): readonly Member[] {
  const late = new Set(heartbeats.filter(({ late = 0 }) => late >= 1).map(({ instance }) => instance));
  return members.filter(({ instance, led, leads }) => led === 1 || leads === 1 || late.has(instance));
}

/** Refused at once: nothing listens. Into the time-out: somebody accepts and never answers, or no packet arrives. */
export function silence({ up, scrapeSeconds }: Member): 'refused' | 'hanging' | 'unclear' | undefined {
  if (up !== 0) return undefined;
  if (scrapeSeconds === undefined) return 'unclear';
  if (scrapeSeconds < limits.refusedSeconds) return 'refused';
  return scrapeSeconds >= limits.hangingSeconds ? 'hanging' : 'unclear';
}

/** Who leads now. A leader that a quorum does not answer gives up within an election timeout (etcd raft, CheckQuorum). */
export function leaderOf(answering: readonly Member[]): Member | undefined {
  const [leader, ...others] = leading(answering);
  return others.length === 0 ? leader : undefined;
}

/** Several: an election between two scrapes, or more than one etcd. */
export function leading(answering: readonly Member[]): readonly Member[] {
  return answering.filter(({ leads, hasLeader }) => leads === 1 && hasLeader !== 0);
}

/** Members that hear no leader although a majority has one, or a leader that answers, which takes a majority. */
export function cutOff({ answering, quorum }: Membership): readonly Member[] {
  const led = voting(answering).filter(({ hasLeader }) => hasLeader === 1);
  if (led.length < quorum && leaderOf(answering) === undefined) return [];
  return answering.filter((member) => member.hasLeader === 0 && !restarted(member));
}

/** Within ten minutes; that explains an election and failed sends. */
export function restarted({ restarts = 0 }: Member): boolean {
  return restarts >= 1;
}

/** The pod of a member: by the label of its series, unless both addresses are known and differ, or by its address. */
export function podOf(member: Member, pods: readonly EtcdPod[] = []): EtcdPod | undefined {
  const host = hostOf(member.instance);
  const byName = pods.find((pod) => pod.name === member.pod && !isElsewhere(pod, host));
  const byAddress = pods.filter(({ node, addresses }) => node === host || addresses.includes(host));
  return byName ?? (byAddress.length === 1 ? byAddress[0] : undefined);
}

/** Not where it is scraped through something on the machine of Prometheus. */
function isElsewhere({ addresses }: EtcdPod, host: string): boolean {
  return isAddress(host) && !isLoopback(host) && addresses.length > 0 && !addresses.includes(host);
}

/** The pod that has the name of this member, and another address: then it is the member of another cluster. */
export function namesakeOf(member: Member, pods: readonly EtcdPod[] = []): EtcdPod | undefined {
  return podOf(member, pods) === undefined ? pods.find(({ name }) => name === member.pod) : undefined;
}

/** Name and addresses of a member's machine, as far as they are known. */
export function placesOf(member: Member, pods: readonly EtcdPod[] = []): ReadonlySet<string> {
  const pod = podOf(member, pods);
  return new Set([hostOf(member.instance), ...(pod ? [pod.node, ...pod.addresses] : [])]);
}

/** `etcd-cp-1 (10.0.0.1:2381)`, or the instance alone. */
export function nameOf(member: Member, pods: readonly EtcdPod[] = []): string {
  const pod = podOf(member, pods)?.name ?? member.pod;
  return pod === undefined ? member.instance : `${pod} (${member.instance})`;
}
