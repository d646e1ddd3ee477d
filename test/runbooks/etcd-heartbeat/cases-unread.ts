import type { Written } from './cases.ts';
import { type World, world } from './world.ts';

const open = 'inconclusive' as const;
const unread = { wrongTimers: open, frozenApi: open, recovered: open } as const;

/** Round trips, in seconds, while nobody tells to which interval the heartbeat is set. */
function trips(figures: { readonly rttP99: number; readonly rttMean: number; readonly rttUsual?: number }): World {
  return world((made) => {
    for (const { peers } of made.members) Object.assign(peers, { rttUsual: undefined, ...figures });
    made.failing.set('Kubernetes', 'timed-out');
  });
}

/** etcd that is no static pod of kube-system: K3s, OpenShift, or machines of its own. */
function external(figures: { readonly rttP99: number; readonly rttMean: number; readonly rttUsual: number }): World {
  return world((made) => {
    made.staticPods = false;
    for (const { peers } of made.members) Object.assign(peers, figures);
  });
}

/** A slow network by etcd's own alert rule, where the timers could not be read. */
export const unreadTimers: Readonly<Record<string, Written>> = {
  'timers-unread-round-trip-of-300ms': {
    about: "Slow by the limit of etcd's own alert, however the timers are set",
    world: trips({ rttP99: 0.408, rttMean: 0.311 }),
    differs: { slowNetwork: 'confirmed', ...unread, recovered: 'ruled-out' },
  },
  'timers-unread-round-trip-of-120ms': {
    about: "Longer than the default interval and within the limit of etcd's own alert: the timers may be set for it",
    world: trips({ rttP99: 0.19, rttMean: 0.12, rttUsual: 0.002 }),
    differs: { slowNetwork: open, ...unread },
  },
  'timers-unread-round-trip-as-usual': {
    about: 'The members are far apart, and always were',
    world: trips({ rttP99: 0.408, rttMean: 0.311, rttUsual: 0.3 }),
    differs: { slowNetwork: open, ...unread },
  },
  'timers-unread-round-trip-grown': {
    about: 'The members are far apart, and now a round trip takes three times as long as usual',
    world: trips({ rttP99: 0.408, rttMean: 0.311, rttUsual: 0.1 }),
    differs: { slowNetwork: 'confirmed', ...unread, recovered: 'ruled-out' },
  },
  'external-and-far-apart': {
    about: 'No static pods; the members are 150 ms apart, and always were: their timers may well be set for it',
    world: external({ rttP99: 0.19, rttMean: 0.15, rttUsual: 0.15 }),
    differs: { slowNetwork: open, wrongTimers: open, recovered: open },
  },
  'external-and-near': {
    about: 'No static pods, and all is well',
    world: external({ rttP99: 0.0015, rttMean: 0.001, rttUsual: 0.001 }),
    differs: { wrongTimers: open },
  },
};
