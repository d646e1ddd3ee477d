import type { Told } from './case.ts';
import { COREFILE, lines } from './objects.ts';
import { counted, one, second, writing } from './told.ts';
import { quiet, UPSTREAM, type World, wellAnswers, wellUpstream } from './world.ts';

const upstream = (figures: object): World['upstreams'] => ({ [UPSTREAM]: { ...wellUpstream, ...figures } });
const failed = upstream({ failedChecks: 80, failing: 2, p99: 0.04 });
const mute = writing(lines.cannotWatch);
const apart = (said: readonly string[], more: Partial<World> = {}): World => ({ ...one({}, null, said), ...more });

/** Answers that do not come, of the API server or upstream. */
export const answerCases: Readonly<Record<string, Told>> = {
  quiet: { about: 'Nothing is wrong.', world: quiet, expect: { recovered: 'confirmed' } },
  'prometheus-down': {
    about: 'Prometheus does not answer: what only figures tell stays open, and no incident closes on that.',
    world: quiet,
    failing: ['query '],
    expect: { inconclusive: counted, recovered: 'inconclusive' },
  },
  'no-prometheus': {
    about: 'There is none: the pods and what they write have to do.',
    world: quiet,
    alone: true,
    expect: { inconclusive: counted, recovered: 'confirmed' },
  },

  'rights-lost': {
    about: 'A binding was taken away: what it watches, it may not list any more.',
    world: writing(lines.forbidden, { apiCalls: { all: 60, refused: 58, unanswered: 0 } }),
    expect: { confirmed: ['apiRefused'], recovered: 'ruled-out' },
  },
  'token-refused': {
    about: 'Its token is none.',
    world: writing(['[ERROR] plugin/kubernetes: Failed to watch: failed to list *v1.Service: Unauthorized'], {
      apiCalls: { all: 60, refused: 58, unanswered: 0 },
    }),
    expect: { confirmed: ['apiRefused'] },
  },
  'rights-lost-and-the-log-does-not-say': {
    about: 'CoreDNS 1.12.4 to 1.13.1 leave out why; its client counts.',
    world: { ...mute, apiCalls: { all: 60, refused: 58, unanswered: 0 } },
    expect: { confirmed: ['apiRefused'] },
  },
  'cannot-watch-and-nobody-counts': {
    about: 'The same without figures.',
    world: { ...mute, apiCalls: {} },
    expect: { inconclusive: ['apiRefused', 'apiUnreachable'], recovered: 'ruled-out' },
  },
  'api-server-not-reached': {
    about: 'Calls to the Service of the API server time out, on both nodes; the API server itself is ready.',
    world: writing(lines.apiTimeout(12), { apiCalls: { all: 40, refused: 0, unanswered: 36, failing: 2, asking: 2 } }),
    expect: { confirmed: ['apiUnreachable'], recovered: 'ruled-out' },
  },
  'api-server-not-reached-and-the-log-does-not-say': {
    about: 'Only its client counts.',
    world: { ...mute, apiCalls: { all: 40, refused: 0, unanswered: 36, failing: 2, asking: 2 } },
    expect: { confirmed: ['apiUnreachable'] },
  },
  'three-calls-lost': {
    about: 'A few lost calls are chance.',
    world: apart(lines.apiTimeout(3), { apiCalls: { all: 40, refused: 0, unanswered: 3, failing: 1, asking: 2 } }),
    expect: { inconclusive: ['apiUnreachable', 'nodeNetwork'] },
  },
  'three-calls-lost-and-the-log-does-not-say': {
    about: 'The same by figures.',
    world: { ...mute, apiCalls: { all: 40, refused: 0, unanswered: 3 } },
    expect: { inconclusive: ['apiUnreachable'] },
  },
  'api-server-not-reached-from-one-node': {
    about: 'On the other node all is well: kube-proxy or the plug-in of that one.',
    world: apart(lines.apiTimeout(12), { apiCalls: { all: 40, refused: 0, unanswered: 18, failing: 1, asking: 2 } }),
    expect: { confirmed: ['nodeNetwork'], inconclusive: ['apiUnreachable'] },
  },

  'upstream-down': {
    about: 'The resolver of the network does not answer, on whatever node.',
    world: writing(lines.timeouts(12, '168.63.129.16'), {
      upstreams: { '168.63.129.16:53': { ...wellUpstream, failedChecks: 80, failing: 2 } },
      answers: { ...wellAnswers, servfail: 0.3, p99: 5 },
    }),
    expect: { confirmed: ['upstreamFails'], recovered: 'ruled-out' },
  },
  'upstream-down-without-prometheus': {
    about: 'Its log tells it alone.',
    world: writing(lines.timeouts(12)),
    alone: true,
    expect: {
      confirmed: ['upstreamFails'],
      inconclusive: ['upstreamSlow', 'searchPaths', 'conntrackFull'],
      recovered: 'ruled-out',
    },
  },
  'upstream-down-added-up': {
    about: 'Plug-in errors adds them up.',
    world: writing(lines.addedUp(40), { upstreams: failed }),
    expect: { confirmed: ['upstreamFails'] },
  },
  'upstream-down-and-no-logs': {
    about: 'Only its figures can be seen.',
    world: { ...quiet, upstreams: failed },
    failing: ['logs '],
    expect: { confirmed: ['upstreamFails'], inconclusive: ['configRefused', 'nodeNetwork'] },
  },
  'upstream-of-one-pod': {
    about: 'By figures, one of two pods does not reach it.',
    world: { ...quiet, upstreams: upstream({ failedChecks: 40, failing: 1 }) },
    failing: ['logs '],
    expect: { inconclusive: ['upstreamFails', 'configRefused', 'nodeNetwork'] },
  },
  'upstream-of-one-node': {
    about: 'The pod on the other node gets its answers.',
    world: apart(lines.timeouts(12), { upstreams: upstream({ failedChecks: 40, failing: 1 }) }),
    expect: { confirmed: ['nodeNetwork'], inconclusive: ['upstreamFails'] },
  },
  'upstream-of-one-pod-of-the-same-node': {
    about: 'Another pod of that node gets its answers: not its network.',
    world: {
      ...apart(lines.timeouts(12), { upstreams: upstream({ failedChecks: 40, failing: 1 }) }),
      pods: [{ name: 'coredns-a' }, { ...second, node: 'worker-1' }],
    },
    expect: { inconclusive: ['upstreamFails'] },
  },
  'upstream-down-and-one-pod': {
    about: 'There is no other pod to compare with.',
    world: {
      ...writing(lines.timeouts(12), { upstreams: failed }),
      pods: [{ name: 'coredns-a' }],
      deployment: { replicas: 1 },
    },
    expect: { confirmed: ['upstreamFails'], inconclusive: ['nodeNetwork'] },
  },
  'three-answers-lost': {
    about: 'A few lost packets are chance.',
    world: apart(lines.timeouts(3)),
    expect: { inconclusive: ['upstreamFails', 'nodeNetwork'], recovered: 'confirmed' },
  },
  'three-failed-checks': {
    about: 'The same by figures.',
    world: { ...quiet, upstreams: upstream({ failedChecks: 3, failing: 1 }) },
    expect: { inconclusive: ['upstreamFails'] },
  },
  'twelve-and-three-answers-lost': {
    about: 'On one node many, on the other a few: not one node alone, nor all of them.',
    world: {
      ...quiet,
      logs: { 'coredns-a': { now: lines.timeouts(12) }, 'coredns-b': { now: lines.timeouts(3) } },
      upstreams: failed,
    },
    expect: { confirmed: ['upstreamFails'], inconclusive: ['nodeNetwork'] },
  },
  'upstream-answers-servfail': {
    about: 'It answers, but 3 % are SERVFAIL: its log has no word of that.',
    world: { ...quiet, upstreams: upstream({ servfail: 0.03 }), answers: { ...wellAnswers, servfail: 0.03 } },
    expect: { confirmed: ['upstreamFails'], recovered: 'ruled-out' },
  },
  'upstream-answers-servfail-to-few': {
    about: 'The same of one question in two seconds.',
    world: { ...quiet, upstreams: upstream({ servfail: 0.03, perSecond: 0.5 }) },
    expect: { confirmed: ['upstreamFails'] },
  },
  'upstream-answers-servfail-to-hardly-any': {
    about: 'One of fifteen questions: a share of so few says nothing.',
    world: { ...quiet, upstreams: upstream({ servfail: 0.067, perSecond: 0.05 }) },
    expect: { inconclusive: ['upstreamFails'] },
  },
  'upstream-answers-few-servfail': {
    about: 'Some names are broken anywhere.',
    world: { ...quiet, upstreams: upstream({ servfail: 0.005 }) },
    expect: { recovered: 'confirmed' },
  },
  'upstream-is-itself': {
    about: 'The Corefile passes questions on to the Service of CoreDNS: no upstream to blame.',
    world: writing(lines.timeouts(12, '10.96.0.10'), {
      corefile: COREFILE.replace('/etc/resolv.conf', '10.96.0.10').replace('    loop\n', ''),
    }),
    expect: { confirmed: ['loop'], inconclusive: ['upstreamFails'] },
  },
  'upstream-down-and-policies-forbidden': {
    about: 'Whether a policy forbids it may not be seen.',
    world: writing(lines.timeouts(12), { upstreams: failed }),
    failing: ['list NetworkPolicy'],
    expect: { inconclusive: ['upstreamFails', 'policyForbids'] },
  },
  'errors-not-written': {
    about: 'Without plug-in errors its log says nothing of an upstream.',
    world: { ...quiet, corefile: COREFILE.replace('    errors\n', '') },
    expect: { inconclusive: ['nodeNetwork'] },
  },
  'corefile-forbidden': {
    about: 'The ConfigMap may not be read.',
    world: quiet,
    failing: ['get ConfigMap'],
    expect: { inconclusive: ['loop', 'nodeNetwork'], recovered: 'confirmed' },
  },

  'upstream-slow': {
    about: 'It answers after six seconds.',
    world: { ...quiet, upstreams: upstream({ p99: 6 }), answers: { ...wellAnswers, p99: 6 } },
    expect: { confirmed: ['upstreamSlow'], recovered: 'ruled-out' },
  },
  'upstream-rather-slow': {
    about: 'Two seconds are neither quick nor slow.',
    world: { ...quiet, upstreams: upstream({ p99: 2 }), answers: { ...wellAnswers, p99: 2 } },
    expect: { inconclusive: ['upstreamSlow'], recovered: 'confirmed' },
  },
  'upstream-of-300-ms': {
    about: 'Far away, and quick enough.',
    world: { ...quiet, upstreams: upstream({ p99: 0.3 }) },
    expect: {},
  },
  'upstream-slow-where-it-answers': {
    about: 'It often does not answer at all; that explains the rest.',
    world: writing(lines.timeouts(12), { upstreams: upstream({ failedChecks: 80, failing: 2, p99: 6 }) }),
    expect: { confirmed: ['upstreamFails'], inconclusive: ['upstreamSlow'] },
  },
  'nothing-passed-on': {
    about: 'Only names of the cluster are asked for.',
    world: { ...quiet, upstreams: { [UPSTREAM]: { perSecond: 0, failedChecks: 0 } } },
    expect: { inconclusive: ['upstreamFails', 'upstreamSlow'] },
  },
  'servfail-of-its-own': {
    about: 'Nothing that is told apart here explains it, and it is not well either.',
    world: { ...quiet, answers: { ...wellAnswers, servfail: 0.05 } },
    expect: { recovered: 'ruled-out' },
  },
};
