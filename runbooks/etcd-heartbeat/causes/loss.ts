import { confirmed, inconclusive, ruledOut, type Verdict } from '../../../engine/verdict.ts';
import type { Maybe } from '../facts.ts';
import { limits } from '../limits.ts';
import { type Member, membership, nameOf, podOf, quorumMargin, silence } from '../members.ts';
import type { Seen } from '../seen.ts';
import { allMembers, bytes, counted, duration, listed } from '../words.ts';

/** No leader, or too few members to elect one: no write succeeds, and no read that must be right. */
export function quorumLost(seen: Seen, maybe: Maybe): Verdict {
  const byApi =
    maybe.members === undefined || membership(maybe.members).known.length === 0 ? byReadyz(maybe) : undefined;
  if (byApi) return byApi;
  const all = membership(seen.members, maybe.peers, maybe.pods);
  const { size, quorum, answering } = all;
  const count = `${answering.length} of ${size} members answer (quorum ${quorum})`;
  const names = (members: readonly Member[]) => listed(members.map((member) => nameOf(member, maybe.pods)));
  const led = answering.filter(({ hasLeader }) => hasLeader === 1);
  const leaderless = answering.filter(({ hasLeader }) => hasLeader === 0);
  if (leaderless.length > 0 && led.length >= quorum) {
    return ruledOut(
      `${led.length} of ${size} members see a leader (quorum ${quorum}); only ${names(leaderless)} does not`,
    );
  }
  if (leaderless.length > 0) {
    const why = answering.length >= quorum ? ': they are electing one, or do not hear each other' : '';
    return confirmed(`${names(leaderless)} has no leader; ${count}${why}`);
  }
  if (answering.length >= quorum) {
    const unknown = answering.some(({ hasLeader }) => hasLeader === undefined);
    return unknown
      ? inconclusive(`${count}; whether they have a leader is not known`)
      : ruledOut(`${count}, and each sees a leader`);
  }
  if (maybe.readyz?.etcd === true) {
    return ruledOut(`${count}, yet the API server's etcd check, a linearizable read, passes: only the scrapes fail`);
  }
  if (answering.length > 0) {
    return inconclusive(`${count}, yet each sees a leader: the others may be lost only to Prometheus`);
  }
  if (maybe.readyz?.etcd === false) return confirmed(`${count}, and the API server's etcd check fails`);
  return inconclusive(`${count}; whether the API server reaches etcd could not be seen`);
}

/** Without etcd's metrics: the API server's check needs quorum, but fails for other reasons too. */
function byReadyz({ readyz }: Maybe): Verdict | undefined {
  if (readyz?.etcd === true) return ruledOut("the API server's etcd check, a linearizable read, passes");
  if (readyz?.etcd === false) {
    return inconclusive("the API server's etcd check fails: no quorum, or etcd answers later than 2 s");
  }
  return undefined;
}

/** A member is not there: its port refuses, or its machine is gone. */
export function memberDown(seen: Seen, maybe: Maybe): Verdict {
  if (membership(maybe.members ?? []).known.length === 0) return byPods(maybe);
  const all = membership(seen.members, maybe.peers, maybe.pods);
  const refusing = all.silent.filter((member) => silence(member) === 'refused');
  const alive = refusing.filter((member) => isHeardByPeers(member, maybe));
  const down = [
    ...refusing.filter((member) => !alive.includes(member)),
    ...all.silent.filter((member) => isOnLostNode(member, maybe)),
  ];
  if (down.length > 0) {
    const how = (member: Member) =>
      silence(member) === 'refused'
        ? `${nameOf(member, maybe.pods)} refuses connections (scrape failed after ${duration(member.scrapeSeconds ?? 0)})`
        : `${nameOf(member, maybe.pods)} is unreachable and its node ${podOf(member, maybe.pods)?.node} is not ready`;
    return confirmed(`${listed(down.map(how))}; ${marginOf(all.size, all.answering.length)}`);
  }
  const lost = lostPeers(all.known, maybe);
  if (lost.length > 0) {
    return confirmed(
      `peers are not connected to ${listed(lost)}, which Prometheus does not scrape; ${marginOf(all.size, all.size - lost.length)}`,
    );
  }
  if (alive.length > 0) {
    return inconclusive(
      `${listed(alive.map((member) => nameOf(member, maybe.pods)))} refuses scrapes while its peers hear it: a matter of the scrape (port, certificate)`,
    );
  }
  if (all.silent.some((member) => silence(member) === 'hanging')) {
    return ruledOut('the member that does not answer hangs; a member that is down refuses at once');
  }
  if (all.silent.length > 0) {
    return inconclusive(
      `${listed(all.silent.map((member) => nameOf(member, maybe.pods)))} does not answer; how is not clear`,
    );
  }
  if (all.known.length < all.size && !everyPeerConnected(maybe)) {
    return inconclusive(`Prometheus knows ${all.known.length} of ${all.size} members, all of which answer`);
  }
  return ruledOut(allMembers(all.size, 'answers', 'answer'));
}

/** A member is there and does nothing: it accepts connections and answers none. */
export function memberStuck(seen: Seen, maybe: Maybe): Verdict {
  const { silent, known, size } = membership(seen.members, maybe.peers, maybe.pods);
  if (known.length === 0) return inconclusive('etcd is not scraped');
  if (silent.length === 0) {
    const others = known.length < size ? `; ${size - known.length} of ${size} are not scraped` : '';
    return ruledOut(`${allMembers(known.length, 'answers', 'answer')}${others}`);
  }
  const hanging = silent.filter((member) => silence(member) === 'hanging');
  const names = listed(hanging.map((member) => nameOf(member, maybe.pods)));
  const stuck = hanging.filter((member) => !isOnLostNode(member, maybe) && !isHeardByPeers(member, maybe));
  if (stuck.length > 0) {
    const machine = stuck.every((member) => isOnGoodNode(member, maybe))
      ? ''
      : '. A machine cut off from the network looks the same: check that it answers';
    return confirmed(`${listed(stuck.map((member) => stuckWords(member, maybe)))}${machine}`);
  }
  if (hanging.some((member) => isOnLostNode(member, maybe))) {
    return inconclusive(`${names} does not answer, but its node is not ready: rather the machine`);
  }
  if (hanging.length > 0) {
    return inconclusive(
      `scrapes of ${names} hang while its peers hear it: only the scrape, or only since a moment ago`,
    );
  }
  if (silent.every((member) => silence(member) === 'refused')) {
    return ruledOut('the member that does not answer refuses at once; a stuck one hangs');
  }
  return inconclusive('a member does not answer; how is not clear');
}

function stuckWords(member: Member, maybe: Maybe): string {
  const waited = duration(member.scrapeSeconds ?? 0);
  return `${nameOf(member, maybe.pods)} accepts a scrape and does not answer it within ${waited} (a stopped member refuses in milliseconds)${memoryOf(member, maybe)}`;
}

function memoryOf(member: Member, { pods }: Maybe): string {
  const limit = podOf(member, pods)?.memoryLimitBytes;
  const { memoryBytes } = member;
  if (memoryBytes === undefined) return '';
  const last = `; when last heard it held ${bytes(memoryBytes)} of memory`;
  if (limit === undefined) return last;
  return memoryBytes > limits.memoryShare * limit
    ? `${last}, which is its limit (${bytes(limit)}): it waits for memory`
    : `${last} (limit ${bytes(limit)})`;
}

function marginOf(size: number, healthy: number): string {
  const margin = quorumMargin(size, healthy);
  const left = `${healthy} of ${size} members are left`;
  if (margin < 0) return `${left}, too few for a quorum`;
  return margin === 0 ? `${left}: one more loss stops all writes` : `${left}: ${margin} more may be lost`;
}

function nodeOf(member: Member, { pods, nodes }: Maybe) {
  const name = podOf(member, pods)?.node;
  return nodes?.nodes.find((node) => node.name === name);
}

function isOnLostNode(member: Member, maybe: Maybe): boolean {
  const node = nodeOf(member, maybe);
  return silence(member) === 'hanging' && node !== undefined && node.ready !== 'True';
}

/** By an API server whose answers are not frozen. */
function isOnGoodNode(member: Member, maybe: Maybe): boolean {
  return nodeOf(member, maybe)?.ready === 'True' && maybe.readyz?.etcd === true;
}

function isHeardByPeers({ id }: Member, { peers = [] }: Maybe): boolean {
  return id !== undefined && peers.some(({ To, active }) => To === id && active === 1);
}

/** Members that only their peers know, and to whom none of them is connected. */
function lostPeers(known: readonly Member[], { peers = [] }: Maybe): readonly string[] {
  const strangers = new Set(peers.map(({ To }) => To).filter((id) => !known.some((member) => member.id === id)));
  return [...strangers].filter((id) => {
    const states = peers.flatMap(({ To, active }) => (To === id && active !== undefined ? [active] : []));
    return states.length > 0 && states.every((active) => active === 0);
  });
}

function everyPeerConnected({ peers = [] }: Maybe): boolean {
  const states = peers.flatMap(({ active }) => active ?? []);
  return states.length > 0 && states.every((active) => active === 1);
}

/** Without metrics a pod that is ready, on a node that is, at least runs. */
function byPods({ pods = [], nodes, readyz }: Maybe): Verdict {
  const idle = [
    ...pods.filter(({ ready }) => !ready).map(({ name }) => name),
    ...(nodes?.nodes ?? []).filter(({ ready }) => ready !== 'True').map(({ name }) => `node ${name}`),
  ];
  if (idle.length > 0) {
    return inconclusive(`${listed(idle)} is not ready; whether a member is down cannot be seen without metrics`);
  }
  if (pods.length === 0 || nodes === undefined || readyz?.etcd !== true) {
    return inconclusive("etcd's metrics cannot be seen, and neither can pods of it that could be trusted");
  }
  return ruledOut(`all ${counted(pods.length, 'etcd pod')} and their nodes are ready`);
}
