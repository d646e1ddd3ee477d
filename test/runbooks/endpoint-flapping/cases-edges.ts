import type { Told } from './case.ts';
import { notReadyOfPod, unhealthy } from './objects.ts';
import { flapping, heartbeatCauses, late, podCauses, uncounted } from './told.ts';
import { onePod, quiet, type World } from './world.ts';

const sevens = Array.from({ length: 7 }, (_, index) => ({ name: `web-${index + 1}` }));
const seven = (changed: number): World => ({
  ...flapping(),
  pods: sevens.map((one) => ({ ...one, changed })),
  podEvents: Object.fromEntries(sevens.slice(0, 4).map(({ name }) => [name, [notReadyOfPod(400)]])),
});
const everything = [...heartbeatCauses, 'kubeletReport', 'nodeHeartbeat', ...podCauses];

/** False leads, two clocks, what is over, what may not be read. */
export const edgeCases: Readonly<Record<string, Told>> = {
  'late-lease-and-a-probe': {
    about: 'A false lead: a lease was 35 s old once, but nobody called the node silent. A probe fails.',
    world: {
      ...quiet,
      pods: [{ name: 'web-1', ready: false, changed: 240 }, ...quiet.pods.slice(1)],
      podEvents: { 'web-1': [unhealthy(20)] },
      heartbeats: late(35),
    },
    expect: { confirmed: ['readinessProbe'] },
  },
  'over-for-50-minutes': {
    about: 'What was 50 minutes ago is another story, though its event is still there.',
    world: flapping(3_000),
    expect: { recovered: 'confirmed' },
  },
  'steady-for-20-minutes': {
    about: 'It fell silent 22 minutes ago, and has been steady since.',
    world: flapping(1_320),
    expect: { confirmed: ['graceTooSmall', 'nodeHeartbeat'], recovered: 'confirmed' },
  },
  'ready-again-for-4-minutes': {
    about: 'It looks well, for four minutes now.',
    world: flapping(240),
    expect: { confirmed: ['graceTooSmall', 'nodeHeartbeat'], recovered: 'ruled-out' },
  },
  'seven-pods-with-their-node': {
    about: 'Of seven pods four were asked for events; the others changed when their node did.',
    world: seven(388),
    expect: { confirmed: ['graceTooSmall', 'nodeHeartbeat'] },
  },
  'seven-pods-minutes-after-their-node': {
    about: 'Of seven pods three changed three minutes after their node, and nobody says why.',
    world: seven(220),
    expect: { confirmed: ['graceTooSmall', 'nodeHeartbeat'], inconclusive: ['readinessProbe'] },
  },
  'our-clock-is-ahead': {
    about: "Our own clock is ten minutes ahead: the API server's is taken.",
    world: { ...flapping(1_002), ahead: 600, lease: { age: 604 } },
    expect: { confirmed: ['graceTooSmall', 'nodeHeartbeat'] },
  },
  'our-clock-is-forty-seconds-ahead': {
    about:
      'By our own clock it has been back for over a minute; by that of the API server for half of one, and counters are not scraped yet.',
    world: { ...flapping(72), ahead: 40, lease: { age: 44 } },
    expect: { confirmed: ['graceTooSmall', 'nodeHeartbeat'], inconclusive: uncounted },
  },
  'our-clock-is-five-seconds-ahead': {
    about: 'An answer may take five seconds: that is no other clock, and it has been back for a minute.',
    world: { ...flapping(65), ahead: 5, lease: { age: 9 } },
    expect: { confirmed: ['graceTooSmall', 'nodeHeartbeat'] },
  },
  'old-server': {
    about: 'A server before 1.11 does not say whether containers are ready, and no event does.',
    world: { ...quiet, target: onePod, pods: [{ name: 'web-1', ready: false, containersReady: null, changed: 240 }] },
    expect: { inconclusive: ['nodeHeartbeat', 'containerEnds', 'readinessProbe'] },
  },
  'old-server-with-its-event': {
    about: 'The same with the event of the controller manager.',
    world: {
      ...flapping(),
      target: onePod,
      pods: [{ name: 'web-1', ready: false, containersReady: null, changed: 240 }],
      podEvents: { 'web-1': [notReadyOfPod(240)] },
    },
    expect: { confirmed: ['graceTooSmall', 'nodeHeartbeat'] },
  },
  'grace-below-four-renewals-of-a-short-lease': {
    about: 'Leases of 100 s are renewed every 25: 50 s hold only two.',
    world: { ...flapping(), manager: { version: 'v1.33.4' }, lease: { age: 20, valid: 100 } },
    expect: { confirmed: ['graceTooSmall', 'nodeHeartbeat'], inconclusive: ['controllerManager'] },
  },
  'objects-forbidden': {
    about: 'Nothing about nodes and pods may be read.',
    world: flapping(),
    expect: { inconclusive: everything, recovered: 'inconclusive' },
    failing: ['list', 'get'],
  },
  'nothing-answers': {
    about: 'Neither Kubernetes nor Prometheus answers.',
    world: flapping(),
    expect: { inconclusive: everything, recovered: 'inconclusive' },
    failing: ['list', 'get', 'probe', 'query', 'range'],
  },
};
