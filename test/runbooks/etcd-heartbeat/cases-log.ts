import type { Written } from './cases.ts';
import { capnslog, dropped, late, lostStream, slowApply, slowSync, unreached, unreachedFrom, writes } from './logs.ts';
import { slowDisk } from './troubles.ts';
import { type MemberWorld, unscraped, type World, world } from './world.ts';

const open = 'inconclusive' as const;
const broken = { recovered: 'ruled-out' } as const;
/** What only etcd's metrics tell. */
const blind = {
  notObservable: open,
  memberStuck: open,
  slowDisk: open,
  starvedProcess: open,
  slowNetwork: open,
  applyBackPressure: open,
  wrongTimers: open,
  recovered: open,
} as const;

/** kubeadm's default, where Prometheus gets nothing of etcd. */
function loopback(change: (leader: MemberWorld, made: World) => void): World {
  return unscraped((made, leader) => {
    for (const { pod } of made.members) pod.flags = ['--listen-metrics-urls=http://127.0.0.1:2381'];
    change(leader, made);
  });
}

const lateHeartbeats = [
  late('02:55:10', '176.287922ms', 'a2'),
  late('02:55:10', '176.369453ms', 'a3'),
  slowApply('02:55:11', '308.496956ms'),
  late('02:58:41', '401.80886ms', 'a2'),
];
const slowSyncs = [
  slowSync('02:53:19', '1.263337456s'),
  slowSync('02:55:38', '1.71985s'),
  late('02:55:38', '1.661150187s', 'a2'),
  slowSync('02:58:02', '2.004393954s'),
];

/** Worlds in which the log of etcd tells, or does not. */
export const inTheLog: Readonly<Record<string, Written>> = {
  'log-late-heartbeats': {
    about: 'No metrics; the leader writes that its heartbeats are late, and guesses "likely from slow disk"',
    world: loopback((leader) => writes(leader, ...lateHeartbeats)),
    differs: blind,
  },
  'log-of-etcd-3.2': {
    about: 'No metrics, and an etcd that writes as 3.2 did: late heartbeats, reads in vain, an election',
    world: loopback((leader, { members }) => {
      for (const member of members) member.log = [];
      writes(
        leader,
        capnslog(
          '02:57:01',
          'etcdserver: failed to send out heartbeat on time (exceeded the 100ms timeout for 401.80886ms)',
        ),
        capnslog('02:57:01', 'etcdserver: server is likely overloaded'),
        capnslog('02:57:02', 'etcdserver: timed out waiting for read index response'),
        capnslog(
          '02:57:03',
          'raft: e23bf6fd185b2dc5 [quorum:2] has received 2 MsgVoteResp votes and 0 vote rejections',
          'I',
        ),
        capnslog('02:57:03', 'raft: raft.node: e23bf6fd185b2dc5 elected leader e23bf6fd185b2dc5 at term 337', 'I'),
      );
    }),
    differs: blind,
  },
  'log-slow-syncs': {
    about: 'No metrics; the leader writes that syncs of its log take over a second, again and again',
    world: loopback((leader) => writes(leader, ...slowSyncs)),
    differs: { ...blind, slowDisk: 'confirmed' },
  },
  'log-slow-syncs-of-etcd-3.3': {
    about: 'The same in the words of etcd 3.3',
    world: loopback((leader) =>
      writes(
        leader,
        capnslog('02:53:19', 'wal: sync duration of 1.363283431s, expected less than 1s'),
        capnslog(
          '02:53:19',
          'etcdserver: failed to send out heartbeat on time (exceeded the 100ms timeout for 1.220602923s, to a2)',
        ),
        capnslog('02:56:40', 'wal: sync duration of 2.004393954s, expected less than 1s'),
      ),
    ),
    differs: { ...blind, slowDisk: 'confirmed' },
  },
  'log-one-slow-sync': {
    about: 'No metrics, and one sync of over a second: a pause of the machine would look so',
    world: loopback((leader) => writes(leader, slowSync('02:55:38', '1.71985s'))),
    differs: blind,
  },
  'log-slow-syncs-of-a-follower': {
    about: 'No metrics; the syncs of one member are slow, and the heartbeats of another are late',
    world: loopback((leader, { members: [, follower] }) => {
      writes(leader, ...lateHeartbeats);
      writes(follower, slowSync('02:53:19', '1.263337456s'), slowSync('02:55:38', '1.71985s'));
    }),
    differs: blind,
  },
  'log-slow-syncs-of-before': {
    about: 'No metrics; syncs took over a second and heartbeats were late, until twenty minutes ago',
    world: loopback((leader) =>
      writes(
        leader,
        slowSync('02:38:19', '1.263337456s'),
        slowSync('02:39:38', '1.71985s'),
        late('02:39:38', '1.66s', 'a2'),
      ),
    ),
    differs: blind,
  },
  'log-lost-connections': {
    about: 'No metrics; all members are ready, and their connections break again and again',
    world: loopback((leader) =>
      writes(leader, lostStream('02:52:22', 'a2'), dropped('02:52:23', 'a2'), lostStream('02:57:40', 'a2')),
    ),
    differs: blind,
  },
  'log-lost-connections-to-one-that-ended': {
    about: 'No metrics; the connections to a member break, for it has ended',
    world: loopback((leader, { members: [, follower] }) => {
      if (follower) follower.pod.ready = false;
      writes(leader, lostStream('02:52:22', 'a2', 'EOF'), lostStream('02:52:22', 'a2', 'EOF'));
    }),
    differs: { ...blind, memberDown: open },
  },
  'log-lost-connections-to-one-that-restarted': {
    about: 'No metrics; the connections to a member broke when it was started again',
    world: loopback((leader, { members: [, follower] }) => {
      if (follower) follower.pod.startedAt = '2026-11-21T02:52:24Z';
      writes(leader, lostStream('02:52:22', 'a2', 'EOF'));
    }),
    differs: blind,
  },
  'log-unreached': {
    about: 'No metrics; no packet comes back from a member that runs all the time on a machine that is well',
    world: loopback((leader) => writes(leader, lostStream('02:55:20', 'a2'), ...unreachedFrom(55, 59, '10.0.0.2'))),
    differs: { ...blind, slowNetwork: 'confirmed' },
  },
  'log-unreached-for-half-a-minute': {
    about: 'No metrics; the same for half a minute; what was late or slow around it is no pause that long',
    world: loopback((leader, { members: [, follower] }) => {
      writes(follower, slowSync('02:57:10', '1.2s'));
      writes(leader, ...['02:58:20', '02:58:35', '02:58:55'].map((at) => unreached(at, '10.0.0.2')));
      writes(leader, late('02:58:30', '100ms', 'a2'));
    }),
    differs: { ...blind, slowNetwork: 'confirmed' },
  },
  'log-unreached-once': {
    about: 'No metrics; one try of both round-trippers failed, and the next, five seconds later, went well',
    world: loopback((leader) => writes(leader, unreached('02:58:40', '10.0.0.2'), unreached('02:58:41', '10.0.0.2'))),
    differs: blind,
  },
  'log-unreached-until-five-minutes-ago': {
    about: 'No metrics; the same for three minutes, and nothing of it since',
    world: loopback((leader) => writes(leader, ...unreachedFrom(52, 55, '10.0.0.2'))),
    differs: blind,
  },
  'log-unreached-while-paused': {
    about: 'No metrics; a member was not reached while its machine was paused: its own log tells of a sync of 8 s',
    world: loopback((leader, { members: [, follower] }) => {
      writes(leader, ...['02:58:26', '02:58:31', '02:58:36', '02:58:49'].map((at) => unreached(at, '10.0.0.2')));
      writes(follower, slowSync('02:58:42', '8.4s'));
    }),
    differs: blind,
  },
  'log-unreached-and-one-not-read': {
    about: 'No metrics; the log of the member that is not reached could not be read: whether it paused is not known',
    world: loopback((leader, made) => {
      writes(leader, ...unreachedFrom(55, 60, '10.0.0.2'));
      made.failing.set('kube-system/etcd-cp-2', 'unreachable');
    }),
    differs: blind,
  },
  'log-unreached-a-moment-ago': {
    about:
      'No metrics; no packet comes back since half a minute, when a machine that is gone would not have been noticed yet',
    world: loopback((leader) => writes(leader, unreached('02:59:31', '10.0.0.2'), unreached('02:59:36', '10.0.0.2'))),
    differs: blind,
  },
  'log-forbidden': {
    about: 'No metrics, and logs may not be read',
    world: loopback((_, made) => made.failing.set('log', 'forbidden')),
    differs: blind,
  },
  'slow-disk-and-the-log-agrees': {
    about: 'Slow fsyncs by the metrics, and the log says so, too',
    world: world((_, leader) => {
      slowDisk(leader);
      writes(leader, ...slowSyncs);
    }),
    differs: { slowDisk: 'confirmed', ...broken },
  },
  'slow-disk-and-the-log-forbidden': {
    about: 'Slow fsyncs by the metrics; logs may not be read',
    world: world((made, leader) => {
      slowDisk(leader);
      made.failing.set('log', 'forbidden');
    }),
    differs: { slowDisk: 'confirmed', ...broken },
  },
  'few-fsyncs-and-slow-syncs-in-the-log': {
    about:
      'A dozen fsyncs in ten minutes are too few for the metrics to judge; the log tells of three that took over a second',
    world: world((_, leader) => {
      Object.assign(leader.heartbeats, { late: 6, lateNow: 2 });
      Object.assign(leader.fsync, { p99: 2.1, p95: 2, p99Now: 2.1, count: 12, slow: 3, long: 3 });
      writes(leader, ...slowSyncs);
    }),
    differs: { slowDisk: 'confirmed', ...broken },
  },
};
