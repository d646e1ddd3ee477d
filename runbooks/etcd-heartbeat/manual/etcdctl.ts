import type { ChangeStep, Check, LookStep, ManualStep } from '../../../engine/runbook.ts';
import type { Maybe } from '../facts.ts';
import { type Member, membership, nameOf, podOf, voting } from '../members.ts';

/** Where kubeadm put them. */
export const certificates =
  '--cacert=/etc/kubernetes/pki/etcd/ca.crt --cert=/etc/kubernetes/pki/etcd/server.crt --key=/etc/kubernetes/pki/etcd/server.key';

/**
 * An etcdctl call as one types it: inside the etcd pod of the given member (by default a follower, to spare the leader)
 * where kubeadm put the certificates, otherwise plain, with ETCDCTL_ENDPOINTS, ETCDCTL_CACERT, ETCDCTL_CERT and ETCDCTL_KEY set.
 */
export function etcdctl(words: string, maybe: Maybe, member?: Member): string {
  const pod = podFor(maybe, member);
  if (pod === undefined) return `ETCDCTL_API=3 etcdctl ${words}`;
  return `kubectl -n kube-system exec ${pod.name} -- etcdctl --endpoints=https://127.0.0.1:2379 ${certificates} ${words}`;
}

/** The same for what reads files instead of asking a member. */
function etcdutl(words: string, maybe: Maybe): string {
  const pod = podFor(maybe);
  return pod === undefined ? `etcdutl ${words}` : `kubectl -n kube-system exec ${pod.name} -- etcdutl ${words}`;
}

function podFor(maybe: Maybe, member?: Member) {
  const at = member ?? inOrder(maybe)[0];
  return (at && podOf(at, maybe.pods)) ?? (member ? undefined : maybe.pods?.[0]);
}

/** The member that leads now. */
export function leaderOf({ members = [] }: Maybe): Member | undefined {
  return members.find(({ leads, up }) => leads === 1 && up === 1);
}

/** Followers first, the leader last. */
export function inOrder(maybe: Maybe): readonly Member[] {
  const leader = leaderOf(maybe);
  const { answering } = membership(maybe.members ?? []);
  return [...answering.filter((member) => member !== leader), ...(leader ? [leader] : [])];
}

/**
 * Why no member may be restarted or blocked now, or undefined. It takes one member more than a quorum, no alarm and no
 * defragmentation under way; with one member every restart is an outage.
 */
export function refusal(maybe: Maybe): string | undefined {
  if (maybe.members === undefined) return 'how many members are healthy could not be seen';
  const { size, voters, quorum, answering } = membership(maybe.members, maybe.peers, maybe.pods);
  if (size === 0) return 'no member of etcd is known to Prometheus, so nobody can say how many are healthy';
  if (voters === 1) {
    return 'this etcd has one member: every restart is an outage of the whole API. Plan a maintenance window';
  }
  const healthy = voting(answering).filter(({ hasLeader }) => hasLeader === 1).length;
  if (healthy < quorum + 1) {
    return `${healthy} of ${voters} members are healthy, and ${quorum + 1} are needed so that one may be away`;
  }
  if (maybe.space?.some(({ alarm }) => alarm === 1)) return 'a NOSPACE alarm is raised: make space first';
  if (maybe.apply?.some(({ defrag }) => defrag === 1)) {
    return 'a defragmentation ran within the last ten minutes: wait until it has ended';
  }
  return undefined;
}

/** The only step there is while `refusal` says no. */
export function notNow(reason: string): readonly ManualStep[] {
  return [{ kind: 'advice', title: 'Not now', warning: reason }];
}

export const snapshot = (maybe: Maybe): ChangeStep => ({
  kind: 'change',
  title: 'Have a snapshot that is younger than the trouble',
  command: etcdctl('snapshot save /var/lib/etcd/before-change.db', maybe),
  verify: {
    command: etcdutl('snapshot status /var/lib/etcd/before-change.db -w table', maybe),
    shows: 'a hash, a revision and keys; then move the file off the machine',
  },
});

export const health = (maybe: Maybe): LookStep => ({ kind: 'look', title: 'Look at every member', ...allWell(maybe) });

export const allWell = (maybe: Maybe): Check => ({
  command: etcdctl('endpoint status --cluster -w table', maybe),
  shows: 'every member answers, one leads, all show the same raft term, ERRORS is empty',
});

export const allHealthy = (maybe: Maybe): Check => ({
  command: etcdctl('endpoint health --cluster', maybe),
  shows: 'every member is healthy',
});

export function names(members: readonly Member[], maybe: Maybe): string {
  return members.map((member) => nameOf(member, maybe.pods)).join(', then ');
}
