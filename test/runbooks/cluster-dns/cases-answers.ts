import type { Told } from './case.ts';
import { lines } from './objects.ts';
import { counted, first, one, second, writing } from './told.ts';
import { quiet, UPSTREAM, type World, wellUpstream } from './world.ts';

const mute = writing(lines.cannotWatch);
const apart = (said: readonly string[], more: Partial<World> = {}): World => ({ ...one({}, null, said), ...more });

/** Made half a minute ago, and asked by nobody yet. */
const young = { ...second, ready: false, changed: 30, created: 30 };

/** Answers that do not come, of the API server or upstream. */
export const answerCases: Readonly<Record<string, Told>> = {
  quiet: { about: 'Nothing is wrong.', world: quiet, expect: { recovered: 'confirmed' } },
  'prometheus-down': {
    about: 'Prometheus does not answer: what only figures tell stays open, and no incident closes on that.',
    world: quiet,
    failing: ['query '],
    expect: { inconclusive: ['nodeNetwork', ...counted], recovered: 'inconclusive' },
  },
  'no-prometheus': {
    about: 'There is none: the pods and what they write have to do.',
    world: quiet,
    alone: true,
    expect: { inconclusive: ['nodeNetwork', ...counted], recovered: 'confirmed' },
  },

  'rights-lost': {
    about: 'A binding was taken away: what it watches, it may not list any more.',
    world: writing(lines.forbidden, { apiCalls: { all: 60, refused: 58, unanswered: 0, asking: 2 } }),
    expect: { confirmed: ['apiRefused'], recovered: 'ruled-out' },
  },
  'token-refused': {
    about: 'Its token is none.',
    world: writing(['[ERROR] plugin/kubernetes: Failed to watch: failed to list *v1.Service: Unauthorized'], {
      apiCalls: { all: 60, refused: 58, unanswered: 0, asking: 2 },
    }),
    expect: { confirmed: ['apiRefused'] },
  },
  'rights-lost-without-prometheus': {
    about: 'It is refused again and again; its log alone tells.',
    world: writing([
      ...lines.forbidden,
      ...lines.forbidden,
      ...lines.forbidden,
      ...lines.forbidden,
      ...lines.forbidden,
    ]),
    alone: true,
    expect: { confirmed: ['apiRefused'], inconclusive: ['nodeNetwork', ...counted], recovered: 'ruled-out' },
  },
  'one-call-refused': {
    about: 'An API server that has just started knew no roles yet, four minutes ago.',
    world: apart(lines.forbidden, { apiCalls: { all: 21, refused: 1, unanswered: 0, asking: 2 } }),
    expect: { inconclusive: ['apiRefused'], recovered: 'confirmed' },
  },
  'three-calls-refused-and-the-log-does-not-say': {
    about: 'The same by figures.',
    world: { ...mute, apiCalls: { all: 21, refused: 3, unanswered: 0, asking: 2 } },
    expect: { inconclusive: ['nodeNetwork', 'apiRefused'] },
  },
  'rights-lost-and-the-log-does-not-say': {
    about: 'CoreDNS 1.12.4 to 1.13.1 leave out why; its client counts.',
    world: { ...mute, apiCalls: { all: 60, refused: 58, unanswered: 0, asking: 2 } },
    expect: { confirmed: ['apiRefused'], inconclusive: ['nodeNetwork'] },
  },
  'cannot-watch-and-nobody-counts': {
    about: 'The same without figures.',
    world: { ...mute, apiCalls: {} },
    expect: { inconclusive: ['nodeNetwork', 'apiRefused', 'apiUnreachable'], recovered: 'ruled-out' },
  },
  'api-server-not-reached': {
    about: 'Calls to the Service of the API server time out, on both nodes; the API server itself is ready.',
    world: writing(lines.apiTimeout(12), { apiCalls: { all: 40, refused: 0, unanswered: 36, failing: 2, asking: 2 } }),
    expect: { confirmed: ['apiUnreachable'], recovered: 'ruled-out' },
  },
  'api-server-not-reached-and-upstream-of-one-node': {
    about: 'No pod reaches the API server, and one of them its upstream neither: that is its node, and it stays named.',
    world: {
      ...writing(lines.apiTimeout(12), { apiCalls: { all: 40, refused: 0, unanswered: 36, failing: 2, asking: 2 } }),
      logs: {
        'coredns-a': { now: [...lines.apiTimeout(12), ...lines.timeouts(12)] },
        'coredns-b': { now: lines.apiTimeout(12) },
      },
      upstreams: { [UPSTREAM]: { ...wellUpstream, failedChecks: 40, failing: 1 } },
    },
    expect: { confirmed: ['apiUnreachable', 'nodeNetwork'], inconclusive: ['upstreamFails'], recovered: 'ruled-out' },
  },
  'upstream-is-a-loopback-address': {
    about: 'The node hands on 127.0.0.53, and CoreDNS listens on another port than 53: no loop, and nobody there.',
    world: writing(lines.lost(60, 'read udp 127.0.0.1:40000->127.0.0.53:53: read: connection refused'), {
      upstreams: { '127.0.0.53:53': { ...wellUpstream, perSecond: 0, failedChecks: 80, failing: 2 } },
    }),
    expect: { confirmed: ['upstreamFails'], recovered: 'ruled-out' },
  },
  'upstream-of-one-node-and-its-checks-pass': {
    about:
      'One pod waits in vain for many names, and gets an answer to every check of the same upstream: its way is open.',
    world: apart(lines.timeouts(12), {
      upstreams: { [UPSTREAM]: { ...wellUpstream, perSecond: 3, failedChecks: 0, failing: 0 } },
    }),
    expect: { inconclusive: ['upstreamFails', 'nodeNetwork'], recovered: 'ruled-out' },
  },
  'one-upstream-down-and-another-silent-to-one-node': {
    about:
      'What is down for all explains what all of them wait for, and not the silence of another upstream to one of them.',
    world: {
      ...quiet,
      logs: {
        'coredns-a': { now: [...lines.timeouts(12, '10.0.0.9'), ...lines.timeouts(12)] },
        'coredns-b': { now: lines.timeouts(12, '10.0.0.9') },
      },
      upstreams: {
        [UPSTREAM]: { ...wellUpstream, failedChecks: 40, failing: 1 },
        '10.0.0.9:53': { ...wellUpstream, perSecond: 0, failedChecks: 80, failing: 2 },
      },
    },
    expect: { confirmed: ['upstreamFails'], inconclusive: ['nodeNetwork'], recovered: 'ruled-out' },
  },
  'api-server-not-reached-and-the-log-does-not-say': {
    about: 'Only its client counts.',
    world: { ...mute, apiCalls: { all: 40, refused: 0, unanswered: 36, failing: 2, asking: 2 } },
    expect: { confirmed: ['apiUnreachable'], inconclusive: ['nodeNetwork'] },
  },
  'calls-lost-of-who-knows-how-many-pods': {
    about: 'Of which pods the calls were is not counted: it may be one node.',
    world: { ...mute, apiCalls: { all: 40, refused: 0, unanswered: 36 } },
    expect: { inconclusive: ['nodeNetwork', 'apiUnreachable'] },
  },
  'api-server-not-reached-and-a-young-pod': {
    about: 'The other pod was made half a minute ago: that it writes of nothing says nothing.',
    world: {
      ...apart(lines.apiTimeout(12), { apiCalls: { all: 40, refused: 0, unanswered: 36, failing: 1, asking: 2 } }),
      pods: [first, young],
    },
    expect: { inconclusive: ['nodeNetwork', 'apiUnreachable'], recovered: 'ruled-out' },
  },
  'three-calls-lost': {
    about: 'A few lost calls are chance.',
    world: apart(lines.apiTimeout(3), { apiCalls: { all: 40, refused: 0, unanswered: 3, failing: 1, asking: 2 } }),
    expect: { inconclusive: ['apiUnreachable', 'nodeNetwork'] },
  },
  'three-calls-lost-and-the-log-does-not-say': {
    about: 'The same by figures.',
    world: { ...mute, apiCalls: { all: 40, refused: 0, unanswered: 3 } },
    expect: { inconclusive: ['nodeNetwork', 'apiUnreachable'] },
  },
  'api-server-not-reached-from-one-node': {
    about: 'On the other node all is well: kube-proxy or the plug-in of that one.',
    world: apart(lines.apiTimeout(12), { apiCalls: { all: 40, refused: 0, unanswered: 18, failing: 1, asking: 2 } }),
    expect: { confirmed: ['nodeNetwork'], inconclusive: ['apiUnreachable'] },
  },
};
