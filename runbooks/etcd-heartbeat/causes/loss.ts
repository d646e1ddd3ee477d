import type { JudgeContext } from '../../../engine/runbook.ts';
import { confirmed, inconclusive, ruledOut, type Verdict } from '../../../engine/verdict.ts';
import type { Maybe } from '../facts.ts';
import {
  asOfScrapes,
  leading,
  leftOver,
  type Member,
  type Membership,
  membership,
  namelessOf,
  nameOf,
  oldWords,
  podOf,
  quorumMargin,
  silence,
  voting,
} from '../members.ts';
import { portOf } from '../scrape-errors.ts';
import type { Peer, Seen } from '../seen.ts';
import type { EtcdTarget } from '../target.ts';
import { allMembers, counted, duration, listed } from '../words.ts';
import { answersOf, byWrite, provenGone, withoutLeader } from './leaderless.ts';
import {
  everyPeerConnected,
  isEnded,
  isHeardByPeers,
  isMissed,
  isOnGoodNode,
  isOnLostNode,
  isOnUnseenNode,
  refusalWords,
  unlessCheckPasses,
} from './witnesses.ts';

type Context = Pick<JudgeContext<EtcdTarget>, 'now' | 'refused'>;

/** No leader, or too few members to elect one: no write succeeds, and no read that must be right. */
export function quorumLost(seen: Seen, maybe: Maybe, context: Context): Verdict {
  const byApi =
    maybe.members === undefined || membership(maybe.members).known.length === 0 ? byReadyz(maybe) : undefined;
  if (byApi) return byApi;
  const all = membership(seen.members, maybe.peers, maybe.pods);
  const { quorum } = all;
  const answering = voting(all.answering);
  const leaders = leading(all.answering);
  if (leaders.length > 1) return severalLead(leaders, maybe);
  const count = answersOf(all);
  const leaderless = answering.filter(({ hasLeader }) => hasLeader === 0);
  if (leaderless.length > 0) return withoutLeader(all, leaderless, maybe, context.now);
  if (answering.length >= quorum) {
    const unknown = answering.some(({ hasLeader }) => hasLeader === undefined);
    if (unknown) return inconclusive(`${count}; whether they have a leader is not known`);
    return all.isWhole || maybe.readyz?.etcd === true
      ? ruledOut(`${count}, and each sees a leader`)
      : inconclusive(`${count}, and each sees a leader; whether there are more members could not be seen`);
  }
  if (maybe.readyz?.etcd === true) {
    return ruledOut(`${count}, yet the API server's etcd check, a linearizable read, passes: only the scrapes fail`);
  }
  if (answering.length > 0) {
    return inconclusive(`${count}, yet each sees a leader: the others may be lost only to Prometheus`);
  }
  const witness = apiWitness(all, maybe, context);
  if (witness === undefined) return inconclusive(`${count}; ${whyUnwitnessed(all, maybe)}`);
  return byWrite(`${count}, and ${witness}`, maybe, context.now) ?? confirmed(`${count}, and ${witness}`);
}

/** Of one etcd only one member leads, but scrapes are some seconds apart. */
function severalLead(leaders: readonly Member[], { pods, readyz }: Maybe): Verdict {
  const names = listed(leaders.map((member) => nameOf(member, pods)));
  const words = `${names} lead at once: an election between two scrapes, or several etcds under one job`;
  return readyz?.etcd === true
    ? ruledOut(`${words}; the API server's etcd check, a linearizable read, passes`)
    : inconclusive(words);
}

/**
 * A second witness where no scrape is answered. The API server beside etcd does not reach it, while too few are left of
 * those that neither hang nor have a closed port; or it refuses connections as well (it ends without etcd) where nothing
 * listens on the port of any member. Without those ports its own certificate may have expired, with all the others.
 */
function apiWitness(all: Membership, maybe: Maybe, { refused }: Context): string | undefined {
  const { known, silent, voters, quorum } = all;
  const lost = voting(silent).filter((member) => isEnded(member, maybe) || silence(member) === 'hanging');
  if (silent.length < known.length || voters - lost.length >= quorum) return undefined;
  if (maybe.readyz?.etcd === false) return "the API server's etcd check fails, too";
  return refused?.has('readyz') && known.every((member) => isEnded(member, maybe))
    ? 'the API server refuses connections, too'
    : undefined;
}

/** No scrape is answered, and nobody else proves that members are gone. */
function whyUnwitnessed({ silent }: Membership, maybe: Maybe): string {
  const refusing = silent.filter((member) => silence(member) === 'refused');
  const alive = refusalWords(refusing, maybe);
  if (refusing.some((member) => portOf(member, maybe) === 'open')) {
    return `${alive} (have certificates expired? On its machine \`crictl ps --name etcd\` tells)`;
  }
  if (alive !== undefined) return alive;
  if (refusing.length > 0 && maybe.scrapeErrors === undefined) {
    return 'what the scrapes end with could not be read: gone, or only the scrapes are refused (certificate)';
  }
  return maybe.readyz?.etcd === false
    ? "the API server's etcd check fails, and whether its members are gone is not known"
    : 'whether the API server reaches etcd could not be seen';
}

/** Members that refuse scrapes, with whom the quorum was lost. */
function lostWithQuorum(all: Membership, seen: Seen, maybe: Maybe, context: Context): readonly Member[] {
  if (quorumLost(seen, maybe, context).verdict !== 'confirmed') return [];
  if (all.answering.length === 0) return apiWitness(all, maybe, context) === undefined ? [] : all.silent;
  const gone = provenGone(all, maybe);
  return all.voters - gone.length < all.quorum ? gone : [];
}

/** Without etcd's metrics: the API server's check needs quorum, but fails for other reasons too. */
function byReadyz({ readyz }: Maybe): Verdict | undefined {
  if (readyz?.etcd === true) return ruledOut("the API server's etcd check, a linearizable read, passes");
  if (readyz?.etcd === false) {
    return inconclusive("the API server's etcd check fails: no quorum, or etcd answers later than 2 s");
  }
  return undefined;
}

/** A member is not there: nothing listens on its port for clients, its container does not run, or its machine is gone. */
export function memberDown(seen: Seen, maybe: Maybe, context: Context): Verdict {
  // Where etcd is scraped, and only the targets could not be read, pods do not make up for them.
  const isScraped = maybe.members === undefined && (maybe.heartbeats ?? maybe.fsync) !== undefined;
  if (membership(maybe.members ?? []).known.length === 0 && !isScraped) return byPods(maybe);
  const all = membership(seen.members, maybe.peers, maybe.pods);
  const names = (members: readonly Member[]) => listed(members.map((member) => nameOf(member, maybe.pods)));
  const refusing = all.silent.filter((member) => silence(member) === 'refused');
  const withQuorum = lostWithQuorum(all, seen, maybe, context);
  const down = [
    ...refusing.filter((member) => isEnded(member, maybe) && (isMissed(member, maybe) || withQuorum.includes(member))),
    ...all.silent.filter((member) => isOnLostNode(member, maybe)),
  ];
  const contradicted = unlessCheckPasses(down.length > 0 ? down : refusing, all, maybe);
  if (contradicted) {
    const running = byPods(maybe);
    return running.verdict === 'ruled-out'
      ? ruledOut(`${running.reason}; ${contradicted}`)
      : inconclusive(contradicted);
  }
  if (down.length > 0) {
    const how = (member: Member) =>
      silence(member) === 'refused'
        ? `${nameOf(member, maybe.pods)} refuses connections (scrape failed after ${duration(member.scrapeSeconds ?? 0)})`
        : `${nameOf(member, maybe.pods)} is unreachable and its node ${podOf(member, maybe.pods)?.node} is not ready`;
    const witness = withQuorum.length > 0 && apiWitness(all, maybe, context);
    const too = witness ? `; ${witness}` : '';
    return confirmed(`${listed(down.map(how))}; ${marginOf(all.voters, voting(all.answering).length)}${too}`);
  }
  const { lost, open } = strangers(all, seen.members, maybe);
  const maybeThere = lost.length > 0 ? mayBeThere(seen.members, all, maybe) : undefined;
  if (maybeThere) return inconclusive(`peers are not connected to ${listed(lost)}; ${maybeThere}`);
  if (lost.length > 0) {
    return confirmed(
      `peers are not connected to ${listed(lost)}, which Prometheus does not scrape; ${marginOf(all.voters, all.voters - lost.length)}`,
    );
  }
  if (refusing.some((member) => isHeardByPeers(member, maybe))) {
    const alive = refusing.filter((member) => isHeardByPeers(member, maybe));
    return inconclusive(
      `${names(alive)} refuses scrapes while its peers hear it: a matter of the scrape (port, certificate)`,
    );
  }
  const alive = refusalWords(refusing, maybe);
  if (alive !== undefined) return inconclusive(alive);
  if (refusing.length > 0) {
    const why =
      maybe.scrapeErrors === undefined ? 'what they end with could not be read' : 'no peer that has a leader tells';
    return inconclusive(
      `scrapes of ${names(refusing)} fail at once: down, or only the scrape is refused (port, certificate); ${why}`,
    );
  }
  if (open !== undefined) return inconclusive(open);
  const hanging = all.silent.filter((member) => silence(member) === 'hanging');
  if (hanging.some((member) => isOnUnseenNode(member, maybe))) {
    return inconclusive(`scrapes of ${names(hanging)} hang; whether its machine is gone could not be seen`);
  }
  if (hanging.some((member) => !isOnGoodNode(member, maybe))) {
    return inconclusive(`scrapes of ${names(hanging)} hang: stuck, or its machine is gone, of which nobody tells`);
  }
  if (hanging.length > 0) {
    return ruledOut('the member that does not answer hangs; a member that is down refuses at once');
  }
  const old = oldWords(all.silent, maybe.pods);
  if (old !== undefined) return inconclusive(old);
  if (all.silent.length > 0) return inconclusive(`${names(all.silent)} does not answer; how is not clear`);
  const [nameless] = namelessOf(seen.members);
  if (nameless) return inconclusive(`${nameless.instance} does not answer, and it is not known which member that is`);
  if (all.known.length < all.size && !everyPeerConnected(seen.members, maybe)) {
    return inconclusive(`Prometheus knows ${all.known.length} of ${all.size} members, all of which answer`);
  }
  const words = allMembers(all.size, 'answers', 'answer');
  return all.isWhole
    ? ruledOut(`${words}${asOfScrapes(all.known)}`)
    : inconclusive(`${words}; whether there are more could not be seen`);
}

function marginOf(size: number, healthy: number): string {
  const margin = quorumMargin(size, healthy);
  const left = `${healthy} of ${size} members are left`;
  if (margin < 0) return `${left}, too few for a quorum`;
  return margin === 0 ? `${left}: one more loss stops all writes` : `${left}: ${margin} more may be lost`;
}

/**
 * Members that only their peers know, to whom none of them is connected: lost while sends to them fail. One that has no
 * leader may be cut off itself, and is no witness of others.
 */
function strangers({ known }: Membership, members: readonly Member[], { peers = [] }: Maybe) {
  const of = Map.groupBy(
    peers.filter(({ To }) => !known.some(({ id }) => id === To)),
    ({ To }) => To,
  );
  const away = [...of].filter(([, rows]) => {
    const states = rows.flatMap(({ active }) => active ?? []);
    return states.length > 0 && states.every((active) => active === 0);
  });
  // What a member counted tells of others only while it answers and hears a leader.
  const isHeeded = (from: string) =>
    members.some(({ instance, up, hasLeader }) => instance === from && up === 1 && hasLeader === 1);
  const fails = ({ instance, failures = 0, tried = 0 }: Peer) => failures >= 1 && tried > 0 && isHeeded(instance);
  const lost = away.filter(([, rows]) => rows.some(fails)).map(([id]) => id);
  const others = away.flatMap(([id]) => (lost.includes(id) ? [] : [id]));
  const removed = leftOver(members, peers).filter((id) => others.includes(id));
  const unknown = others.filter((id) => !removed.includes(id));
  if (unknown.length > 0) {
    const words = `peers are not connected to ${listed(unknown)}, which Prometheus does not scrape`;
    return { lost, open: `${words}: whether down, stuck or removed is not known` };
  }
  if (removed.length === 0) return { lost };
  const words = `peers still count ${listed(removed)}, to which they are not connected and the leader sends nothing`;
  return {
    lost,
    open: `${words}: a member that was removed leaves such figures until the others restart (etcdctl member list tells)`,
  };
}

/** Why a member to which nobody is connected may run all the same: cut off, or with a certificate that its peers do not take. */
function mayBeThere(members: readonly Member[], { known }: Membership, { pods, readyz }: Maybe): string | undefined {
  const [nameless] = namelessOf(members);
  if (nameless) return `it may be ${nameless.instance}, whose scrapes fail and of which no more is known`;
  if (pods === undefined || (pods.length > 0 && readyz?.etcd !== true)) return 'whether it runs could not be seen';
  const seen = new Set(known.flatMap((member) => podOf(member, pods)?.name ?? []));
  const other = pods.find(({ name, runs, ready }) => runs && ready && !seen.has(name));
  return other && `${other.name}, which is not scraped, runs and is ready: cut off, or not let in (certificate)`;
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
