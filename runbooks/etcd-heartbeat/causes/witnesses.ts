import { hostOf } from '../../evidence/scrape-targets.ts';
import type { Maybe } from '../facts.ts';
import { leftOver, type Member, type Membership, nameOf, placesOf, podOf, silence, voting } from '../members.ts';
import { portOf, refusalOf } from '../scrape-errors.ts';
import type { Peer } from '../seen.ts';
import { listed } from '../words.ts';

/** Who else speaks of a member whose scrapes fail: its peers, its pod, its node, and the API server. */

function nodeOf(member: Member, { pods, nodes }: Maybe) {
  const name = podOf(member, pods)?.node;
  return nodes?.nodes.find((node) => node.name === name);
}

/** Something else on its machine answers Prometheus: an exporter, the kubelet. */
function isOnAnsweringMachine(member: Member, { machines = [], pods }: Maybe): boolean {
  const places = placesOf(member, pods);
  return machines.some(
    ({ instance, answers }) => answers === 1 && instance !== member.instance && places.has(hostOf(instance)),
  );
}

/** Silent, and its machine is called not ready, of which nothing answers. */
export function isOnLostNode(member: Member, maybe: Maybe): boolean {
  const node = nodeOf(member, maybe);
  const isBad = node !== undefined && node.ready !== 'True';
  return silence(member) === 'hanging' && isBad && !isOnAnsweringMachine(member, maybe);
}

/** Its machine may be gone, and nobody tells: its pod, or the node of that, could not be seen. */
export function isOnUnseenNode(member: Member, maybe: Maybe): boolean {
  if (isOnAnsweringMachine(member, maybe)) return false;
  return maybe.pods === undefined || (podOf(member, maybe.pods) !== undefined && maybe.nodes === undefined);
}

/** Its machine is there: something else on it answers, or an API server whose answers are not frozen says so. */
export function isOnGoodNode(member: Member, maybe: Maybe): boolean {
  if (isOnAnsweringMachine(member, maybe)) return true;
  return nodeOf(member, maybe)?.ready === 'True' && maybe.readyz?.etcd === true;
}

/** A peer that answers is connected to it. */
export function isHeardByPeers({ id }: Member, { peers = [] }: Maybe): boolean {
  return id !== undefined && peers.some(({ To, active }) => To === id && active === 1);
}

/**
 * Nobody is connected to it, by the word of peers that answer; where there is none, its pod is not ready, by the
 * kubelet's own probe. A scrape that fails at once is no witness: a wrong certificate fails as quickly as a closed port.
 * Nor is a peer that has no leader: it may be the one that is cut off.
 */
export function isMissed(member: Member, { peers = [], members = [], pods }: Maybe): boolean {
  const isAlone = (from: string) => members.some(({ instance, hasLeader }) => instance === from && hasLeader === 0);
  const heeded = peers.filter(({ instance, active }) => active === 1 || !isAlone(instance));
  return isUnconnected(member, heeded) ?? podOf(member, pods)?.ready === false;
}

/** The same, by the word of any peer that answers. */
export function isMissedByAny(member: Member, { peers = [], pods }: Maybe): boolean {
  return isUnconnected(member, peers) ?? podOf(member, pods)?.ready === false;
}

/** Undefined: none of these peers says whether it is connected to it. */
function isUnconnected({ id }: Member, peers: readonly Peer[]): boolean | undefined {
  const states = peers.flatMap(({ To, active }) => (To === id && active !== undefined ? [active] : []));
  return states.length === 0 ? undefined : states.every((active) => active === 0);
}

/** By the API server, while its answers are not frozen: its container does not run. */
function isStopped(member: Member, { pods, readyz }: Maybe): boolean {
  return readyz?.etcd === true && podOf(member, pods)?.runs === false;
}

/** By the same: its container runs, and its pod is ready. */
function isReady(member: Member, { pods, readyz }: Maybe): boolean {
  const pod = podOf(member, pods);
  return readyz?.etcd === true && pod?.runs === true && pod.ready;
}

/**
 * Refuses, and is not there: nothing listens on its port for clients, or its container does not run. That nothing listens
 * where its metrics are scraped proves nothing: they have a port of their own, which the next `kubeadm upgrade` moves back
 * to the loopback address while etcd goes on.
 */
export function isEnded(member: Member, maybe: Maybe): boolean {
  if (silence(member) !== 'refused' || isReady(member, maybe)) return false;
  const port = portOf(member, maybe);
  return port === 'closed' || (port !== 'open' && isStopped(member, maybe));
}

/**
 * Of members whose scrapes are refused, why they may be there all the same: somebody listens; etcd's own port was not asked
 * (and how a person asks it); or it was not the machine that refused.
 */
export function refusalWords(refusing: readonly Member[], maybe: Maybe): string | undefined {
  const at = (port: ReturnType<typeof portOf>) => refusing.filter((member) => portOf(member, maybe) === port);
  const named = (members: readonly Member[], words: (member: Member) => string = () => '') =>
    listed(members.map((member) => `${nameOf(member, maybe.pods)}${words(member)}`));
  const because = (member: Member) => ` (${refusalOf(member, maybe)})`;
  if (at('open').length > 0) {
    return `${named(at('open'), because)} listens, and refuses the scrape: certificate, port, scheme`;
  }
  const ready = [...at('shut'), ...at('closed')].filter((member) => isReady(member, maybe));
  const runs = ready.length > 0 ? `; the container of ${named(ready)} runs, and its pod is ready` : '';
  const alive = 'on its machine `sudo ss -ltnp | grep etcd` tells whether it runs, and where it listens';
  if (at('shut').length > 0) {
    return `nothing listens on the port of ${named(at('shut'))} that is scraped, and etcd's own was not asked${runs}: ${alive}`;
  }
  if (ready.length > 0) return `nothing listens on the port of ${named(ready)}${runs}: ${alive}`;
  const between = at(undefined).filter((member) => BETWEEN.test(refusalOf(member, maybe)));
  if (between.length === 0) return undefined;
  return `what scrapes ${named(between, because)} did not get as far as its machine: ${alive}`;
}

/** In the words of Go's HTTP client: a proxy, or the name of the target, is what failed. */
const BETWEEN = /proxyconnect|socks connect|lookup /;

/** Why these cannot all be lost: a quorum answers the API server. */
export function unlessCheckPasses(
  lost: readonly Member[],
  { voters, quorum }: Membership,
  maybe: Maybe,
): string | undefined {
  if (maybe.readyz?.etcd !== true || voting(lost).length <= voters - quorum) return undefined;
  const names = listed(lost.map((member) => nameOf(member, maybe.pods)));
  return `scrapes of ${names} fail, yet the API server's etcd check passes, for which ${quorum} of ${voters} members must be well: a matter of the scrape (certificate, port, network)`;
}

/** Somebody who answers is connected to each, those that are not scraped among them; what was removed does not count. */
export function everyPeerConnected(members: readonly Member[], { peers = [] }: Maybe): boolean {
  const gone = leftOver(members, peers);
  const states = [...Map.groupBy(peers, ({ To }) => To)]
    .filter(([id]) => !gone.includes(id))
    .map(([, rows]) => rows.flatMap(({ active }) => active ?? []));
  return states.length > 0 && states.every((of) => of.length > 0 && of.every((active) => active === 1));
}
