import type { LookStep, ManualRemedy, ManualStep } from '../../../engine/runbook.ts';
import { diskOf } from '../causes/disk.ts';
import type { Maybe } from '../facts.ts';
import { type Member, membership, nameOf, podOf, silence, voting } from '../members.ts';
import type { Seen } from '../seen.ts';
import type { EtcdTarget } from '../target.ts';
import { allHealthy, certificates, etcdctl, health, leaderOf, notNow } from './etcdctl.ts';

type Manual = ManualRemedy<Seen, EtcdTarget>;

/** Cheap and reversible when only the leader's machine is in trouble. */
export const moveLeader: Manual = {
  title: 'Move the leadership to a member whose disk is well',
  risk: 'medium',
  steps: (maybe) => {
    const leader = leaderOf(maybe);
    const { voters, quorum, answering } = membership(maybe.members ?? [], maybe.peers, maybe.pods);
    if (voters === 1) return notNow('this etcd has one member: there is nobody to take over');
    if (leader === undefined) return notNow('no leader is known');
    const votes = voting(answering);
    if (votes.length < quorum) return notNow(`${votes.length} of ${voters} members answer, ${quorum} are needed`);
    const able = votes.find((member) => member !== leader && member.id && diskOf(member, maybe).state === 'fine');
    if (able?.id === undefined) return notNow('of no other member it is known that its disk is well');
    return [
      {
        kind: 'change',
        title: `${nameOf(leader, maybe.pods)} leads; hand over to ${nameOf(able, maybe.pods)}`,
        command: etcdctl(`move-leader ${able.id}`, maybe, leader),
        verify: {
          command: etcdctl('endpoint status --cluster -w table', maybe),
          shows: `IS LEADER is true for ${nameOf(able, maybe.pods)}, and the late heartbeats end`,
        },
        warning: 'It must be sent to the leader. Running requests may fail once',
      },
    ];
  },
};

/** A member that refuses connections or hangs. The others hold the data: nothing is deleted here. */
export const reviveMember: Manual = {
  title: 'Bring the member back',
  risk: 'medium',
  steps: (maybe) => {
    const { silent } = membership(maybe.members ?? [], maybe.peers, maybe.pods);
    return [health(maybe), ...silent.flatMap((member) => stepsFor(member, maybe)), lastResort(maybe)];
  },
};

function stepsFor(member: Member, maybe: Maybe): readonly ManualStep[] {
  const name = nameOf(member, maybe.pods);
  const node = podOf(member, maybe.pods)?.node ?? 'its machine';
  const why: LookStep = {
    kind: 'look',
    title: `On ${node}: why does ${name} not answer?`,
    command:
      'sudo crictl ps -a --name etcd; sudo crictl logs --tail 50 "$(sudo crictl ps -a --name etcd -q | head -1)"; df -h /var/lib/etcd; systemctl is-active kubelet',
    shows: '"cannot allocate memory", "no space left on device", certificate errors, "failed to read WAL"',
  };
  if (silence(member) !== 'hanging') {
    return [
      why,
      {
        kind: 'change',
        title: `On ${node}: mend what the log says, then let the kubelet start it again`,
        command: 'sudo systemctl restart kubelet',
        verify: allHealthy(maybe),
      },
    ];
  }
  return [
    why,
    {
      kind: 'look',
      title: `On ${node}: is it held at its memory limit, stopped, or waiting for its disk?`,
      command:
        'ps -o pid,stat,rss,wchan:32,cmd -C etcd; cat /proc/pressure/memory /proc/pressure/io; sudo crictl stats --name etcd',
      shows:
        'STAT T: somebody stopped it (kill -CONT); D: it waits for its disk; S with memory at the limit: it waits for memory',
    },
    {
      kind: 'change',
      title:
        'At its memory limit: raise resources.limits.memory in /etc/kubernetes/manifests/etcd.yaml to well over the database quota',
      verify: allHealthy(maybe),
      warning:
        'Expect the member to exit at once when the limit rises and to be started again by the kubelet. One member at a time; restarting the API server changes nothing',
    },
  ];
}

const lastResort = (maybe: Maybe): ManualStep => ({
  kind: 'change',
  title: 'Only if its data is lost: remove the member and add it anew',
  verify: { command: etcdctl('member list -w table', maybe), shows: 'every member started, and none a learner' },
  warning:
    'Never while another member is missing as well. etcd documentation, "Runtime reconfiguration": remove before add',
});

/** Without quorum nothing can be voted on: members must come back, or the cluster be made anew from a snapshot. */
export const restoreQuorum: Manual = {
  title: 'Get the quorum back',
  risk: 'high',
  steps: (maybe) => {
    const { voters, quorum } = membership(maybe.members ?? [], maybe.peers, maybe.pods);
    return [
      {
        kind: 'look',
        title:
          'First, on the machine of every member: is etcd really gone? Its metrics may only have moved to another port',
        command: `sudo crictl ps -a --name etcd; sudo ss -ltnp | grep 2379; sudo env ETCDCTL_API=3 etcdctl --endpoints=https://127.0.0.1:2379 ${certificates} endpoint status -w table`,
        shows: `who runs, and whether one has IS LEADER true: then ${quorum} of ${voters} are there, nothing is lost, and no step below is for you`,
      },
      {
        kind: 'change',
        title: `Bring lost members back first: ${quorum} of ${voters} suffice, and no data is lost that way`,
        verify: allHealthy(maybe),
        warning:
          'Do not restart members that still run, and do not delete a data directory: it may hold the only newest copy',
      },
      {
        kind: 'change',
        title: 'Copy the data of a member that is left, now',
        command: 'sudo cp -a /var/lib/etcd /root/etcd.copy-before-recovery',
        verify: { command: 'sudo du -sh /var/lib/etcd /root/etcd.copy-before-recovery', shows: 'the same size twice' },
      },
      {
        kind: 'change',
        title: 'Only if they are gone for good: restore a snapshot into a new cluster on every member',
        verify: allHealthy(maybe),
        warning:
          'All that was written after the snapshot is lost. etcd documentation, "Disaster recovery"; have two people agree',
      },
    ];
  },
};
