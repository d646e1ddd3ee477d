import type { Told } from './case.ts';
import { flapping, silences, uncounted } from './told.ts';
import { quiet, type World } from './world.ts';

const change = (more: Partial<World>): World => ({ ...flapping(), ...more });
const kubelet = (more: World['kubelet']) => ({ ...quiet.kubelet, ...more });
const fleet = (more: World['fleet']) => ({ ...quiet.fleet, ...more });

/** Heartbeats that are there, and by whose clock: who dates them, who reads them, who exports them. */
export const clockCases: Readonly<Record<string, Told>> = {
  'clock-ahead': {
    about: 'The clock of the node is ten minutes ahead: its lease is dated into the future.',
    world: change({
      lease: { age: -598 },
      events: [
        { reason: 'NodeNotReady', from: 'node-controller', last: 400, count: 2 },
        { reason: 'NodeReady', last: -202, stored: 398, first: -202 },
      ],
      heartbeats: { age: () => -597 },
    }),
    expect: { confirmed: ['clockJumped', 'nodeHeartbeat'], inconclusive: ['controllerManager', ...uncounted] },
  },
  'clock-was-behind': {
    about: 'Its lease is fresh by now, but its kubelet dated what it said 40 s early.',
    world: change({
      events: [
        { reason: 'NodeNotReady', from: 'node-controller', last: 400, count: 2 },
        { reason: 'NodeReady', last: 439, stored: 399, first: 439 },
      ],
      heartbeats: { age: () => 9.8, every: 15 },
    }),
    expect: { confirmed: ['clockJumped', 'nodeHeartbeat'], inconclusive: ['controllerManager', ...uncounted] },
  },
  'clock-was-ahead': {
    about: 'All is dated right by now; ten minutes ago its leases were dated 20 s into the future.',
    world: change({
      heartbeats: { age: () => 9.8, least: (minutesAgo) => (minutesAgo > 8 && minutesAgo < 12 ? -20 : 0.2), every: 15 },
    }),
    expect: { confirmed: ['clockJumped', 'nodeHeartbeat'], inconclusive: ['controllerManager'] },
  },
  'how-far-ahead-not-seen': {
    about: 'How old its leases were at most is known, and not how young.',
    world: change({ heartbeats: { age: () => 9.8, least: () => undefined, every: 15 } }),
    expect: { confirmed: ['nodeHeartbeat'], inconclusive: ['clockJumped', 'controllerManager'] },
  },
  'clock-3-seconds-off': {
    about: 'Three seconds make nobody silent.',
    world: change({
      events: [
        { reason: 'NodeNotReady', from: 'node-controller', last: 400, count: 2 },
        { reason: 'NodeReady', last: 397, stored: 400, first: 397 },
      ],
    }),
    expect: { confirmed: ['graceTooSmall', 'nodeHeartbeat'] },
  },
  'clock-not-told': {
    about: 'Its kubelet has said nothing whose date could be compared.',
    world: change({ events: silences(400, undefined) }),
    expect: { confirmed: ['nodeHeartbeat'], inconclusive: ['clockJumped', 'graceTooSmall', ...uncounted] },
  },

  'manager-slow': {
    about: 'Every heartbeat was in time, and the controller manager takes 12 s for a pass.',
    world: change({ heartbeats: { age: () => 9.9, every: 15 }, fleet: fleet({ managerPass: 12 }) }),
    expect: { confirmed: ['controllerManager', 'nodeHeartbeat'] },
  },
  'manager-misses-others-too': {
    about: 'Every heartbeat was in time, and four of eleven other nodes were called silent as well.',
    world: change({ heartbeats: { age: () => 9.9, every: 15 }, fleet: fleet({ flapping: 4 }) }),
    expect: { confirmed: ['controlPlane', 'controllerManager', 'nodeHeartbeat'] },
  },
  'in-time-and-one-other-of-a-thousand': {
    about: 'Every heartbeat was in time; one of 999 other nodes was rebooted within the half hour.',
    world: change({ heartbeats: { age: () => 9.9, every: 15 }, fleet: fleet({ nodes: 1000, flapping: 1 }) }),
    expect: { confirmed: ['nodeHeartbeat'], inconclusive: ['controllerManager'] },
  },
  'in-time-and-others-not-exported': {
    about: 'Every heartbeat was in time; of other nodes kube-state-metrics exports no conditions.',
    world: change({
      heartbeats: { age: () => 9.9, every: 15 },
      fleet: { leaseUpdate: 0.02, managerPass: 0.05 },
    }),
    expect: { confirmed: ['nodeHeartbeat'], inconclusive: ['controllerManager', 'controlPlane'] },
  },
  'heartbeats-in-time-and-no-more': {
    about: 'Every heartbeat was in time, and nothing says why the controller manager missed them.',
    world: change({ heartbeats: { age: () => 9.9, every: 15 }, fleet: fleet({ managerPass: 0.9 }) }),
    expect: { confirmed: ['nodeHeartbeat'], inconclusive: ['controllerManager'] },
  },
  'heartbeats-seen-half-the-time': {
    about: 'kube-state-metrics was away for half of the time.',
    world: change({
      heartbeats: { age: (minutesAgo) => (minutesAgo > 15 ? 9.9 : undefined), every: 15 },
      fleet: fleet({ managerPass: 12 }),
    }),
    expect: { confirmed: ['nodeHeartbeat'], inconclusive: ['controllerManager', 'clockJumped', 'graceTooSmall'] },
  },
  'leases-not-exported': {
    about: 'kube-state-metrics exports no leases.',
    world: change({ heartbeats: { age: () => undefined, unknown: [6] }, kubelet: kubelet({ unanswered: 2 }) }),
    expect: {
      confirmed: ['nodeHeartbeat'],
      inconclusive: ['controllerManager', 'clockJumped', 'stuckConnection', 'graceTooSmall'],
    },
  },
};
