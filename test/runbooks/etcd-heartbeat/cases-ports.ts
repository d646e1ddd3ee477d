import type { Written } from './cases.ts';
import { lose, moveMetrics, scrapeAsClient } from './members-lost.ts';
import { type MemberWorld, type World, world } from './world.ts';

const open = 'inconclusive' as const;
const broken = { recovered: 'ruled-out' } as const;

/** Of the leader of these minutes nothing is heard. */
const unled = { slowDisk: open, starvedProcess: open, slowNetwork: open } as const;
/** Nothing is heard at all. */
const unheard = { ...unled, applyBackPressure: open, noSpace: open, notObservable: open } as const;
const noKubernetes = { wrongTimers: open, frozenApi: open } as const;

function withoutApi(made: World): void {
  made.failing.set('Kubernetes', 'unreachable');
  made.refusesConnections = true;
}

/** Nobody is connected to this member, by the word of all that answer. */
function disconnect(made: World, { id }: MemberWorld): void {
  for (const member of made.members) {
    member.peersTo[id] = { active: 0, failures: 98, tried: 98, rttP99: 1.6, rttMean: 0.66 };
  }
}

/** A port that is scraped is closed, which need not be etcd's own. */
export const ports: Readonly<Record<string, Written>> = {
  'metrics-moved-and-no-api-server': {
    about:
      'kubeadm upgrade put the metrics of the only member back on the loopback address, and the new API server does not start: etcd leads',
    world: world((made, only) => {
      moveMetrics(only);
      withoutApi(made);
    }, 1),
    differs: { ...unheard, slowNetwork: 'ruled-out', ...noKubernetes, quorumLost: open, memberDown: open, ...broken },
  },
  'metrics-moved-and-ca-rotated': {
    about:
      'Two members were renewed, certificates and manifests: they have a leader, which neither the last one nor Prometheus sees',
    world: world((made, last) => {
      for (const member of made.members.slice(1)) {
        moveMetrics(member);
        disconnect(made, member);
      }
      Object.assign(last.members, { hasLeader: 0, leads: 0, led: 0 });
      Object.assign(made, { etcdCheck: 'failed', leaseAgeSeconds: 95 });
    }),
    differs: { ...unled, notObservable: open, quorumLost: open, memberDown: open, frozenApi: 'confirmed', ...broken },
  },
  'metrics-moved-and-the-first-rotated': {
    about:
      'The first of three was renewed so: it runs, and its peers, which have a leader, do not take its certificate',
    world: world((made, _, follower) => {
      moveMetrics(follower);
      disconnect(made, follower);
    }),
    differs: { notObservable: open, memberDown: open, ...broken },
  },
  'metrics-moved-of-one': {
    about: 'kubeadm upgrade of the first of three control planes: its metrics are on the loopback address again',
    world: world((_, __, follower) => moveMetrics(follower)),
    differs: { notObservable: open, memberDown: open, ...broken },
  },
  'proxy-of-the-scrapes-ended': {
    about: 'Three healthy members, scraped through a proxy that ended; the API server is down for a reason of its own',
    world: world((made) => {
      for (const member of made.members) {
        lose(made, member, 0.001);
        member.lastError = `Get "http://${member.host}:2379/metrics": proxyconnect tcp: dial tcp 10.0.0.7:3128: connect: connection refused`;
      }
      scrapeAsClient(made);
      withoutApi(made);
    }),
    differs: { ...unheard, ...noKubernetes, quorumLost: open, memberDown: open, ...broken },
  },
  'ended-by-the-word-of-its-kubelet': {
    about: 'One of three ended: its metrics port is closed, and its kubelet says that its container does not run',
    world: world((made, _, follower) => lose(made, follower, 0.001)),
    differs: { memberDown: 'confirmed', ...broken },
  },
  'three-ended-behind-a-port-of-their-metrics': {
    about: 'All members ended, and the API server with them; that etcd itself is gone nobody says who is asked',
    world: world((made) => {
      for (const member of made.members) lose(made, member, 0.001);
      withoutApi(made);
    }),
    differs: { ...unheard, ...noKubernetes, quorumLost: open, memberDown: open, ...broken },
  },
};

/** A fourth member, which is an etcd by itself: that of the events. */
function withEvents(change: (made: World, main: readonly MemberWorld[], events: MemberWorld) => void): World {
  return world((made) => {
    const [events, ...rest] = made.members.toReversed();
    if (events === undefined) return;
    Object.assign(events, { etcd: 'events' });
    Object.assign(events.members, { leads: 1, led: 1 });
    change(made, rest.toReversed(), events);
  }, 4);
}

/** Several etcds under one job, and members that do not vote. */
export const etcds: Readonly<Record<string, Written>> = {
  'two-etcds-are-well': {
    about: 'One job for an etcd of three members and one of a single member, each with its leader',
    world: withEvents(() => {}),
    differs: {},
  },
  'two-etcds-and-one-without-quorum': {
    about: 'Two of the three members of the one ended; the other leads itself, which says nothing of them',
    world: withEvents((made, main) => {
      scrapeAsClient(made);
      for (const member of main.slice(1)) lose(made, member, 0.004);
      const [last] = main;
      if (last) Object.assign(last.members, { hasLeader: 0, leads: 0, led: 0 });
      made.failing.set('Kubernetes', 'timed-out');
    }),
    differs: { ...unled, ...noKubernetes, quorumLost: 'confirmed', memberDown: 'confirmed', ...broken },
  },
  'two-etcds-and-a-member-down': {
    about: 'The same, and one member of the three ended: two are left',
    world: withEvents((made, main) => {
      const [, , third] = main;
      if (third) lose(made, third, 0.004);
    }),
    differs: { memberDown: 'confirmed', ...broken },
  },
  'two-lead-and-nobody-knows-of-whom': {
    about: 'Who is linked with whom could not be read, and two lead: two etcds, or an election between two scrapes',
    world: withEvents((made) => made.failing.set('peers', 'timed-out')),
    differs: {
      notObservable: open,
      memberDown: open,
      memberStuck: open,
      slowNetwork: open,
      applyBackPressure: open,
      noSpace: open,
      wrongTimers: open,
      recovered: open,
    },
  },
  'learner-and-a-voter-down': {
    about: 'Three members vote and two learn: a voter and a learner ended, and two of three votes make the quorum',
    world: world((made) => {
      const [, , voter, ...learners] = made.members;
      for (const learner of learners) learner.members.learner = 1;
      for (const member of [voter, learners[0]]) if (member) lose(made, member, 0.004);
    }, 5),
    differs: { memberDown: 'confirmed', ...broken },
  },
  'learners-do-not-make-a-quorum': {
    about: 'Two of the three that vote ended; the last and two learners answer, and none has a leader',
    world: world((made) => {
      scrapeAsClient(made);
      const [last, second, third, ...learners] = made.members;
      for (const member of [last, ...learners])
        if (member) Object.assign(member.members, { hasLeader: 0, leads: 0, led: 0 });
      for (const learner of learners) learner.members.learner = 1;
      for (const member of [second, third]) if (member) lose(made, member, 0.004);
      made.failing.set('Kubernetes', 'timed-out');
    }, 5),
    differs: {
      ...unled,
      slowNetwork: 'ruled-out',
      ...noKubernetes,
      quorumLost: 'confirmed',
      memberDown: 'confirmed',
      ...broken,
    },
  },
};
