import type { Told } from './case.ts';
import { COREFILE, lines } from './objects.ts';
import { counted, first, one, second, writing } from './told.ts';
import { quiet, UPSTREAM, type World, wellAnswers, wellUpstream } from './world.ts';

const upstream = (figures: object): World['upstreams'] => ({ [UPSTREAM]: { ...wellUpstream, ...figures } });
const failed = upstream({ failedChecks: 80, failing: 2, p99: 0.04 });
const apart = (said: readonly string[], more: Partial<World> = {}): World => ({ ...one({}, null, said), ...more });

export const rewritten = `${COREFILE}old.example:53 {
    errors
    rewrite name suffix .old.example .svc.cluster.local answer auto
    forward . 10.96.0.10
}
`;
const oom = {
  ready: false,
  changed: 1_200,
  restarts: 7,
  ended: { reason: 'OOMKilled', exitCode: 137, secondsAgo: 90 },
};

/** Made half a minute ago, and asked by nobody yet. */
const young = { ...second, ready: false, changed: 30, created: 30 };

/** Answers of an upstream that do not come, come late, or are few. */
export const upstreamCases: Readonly<Record<string, Told>> = {
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
    world: writing(lines.timeouts(60)),
    alone: true,
    expect: {
      confirmed: ['upstreamFails'],
      inconclusive: ['apiUnreachable', 'upstreamSlow', 'searchPaths', 'conntrackFull'],
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
  'one-domain-silent': {
    about:
      'The servers of a partner are down: its resolver answers all else, passes its checks, and has nothing to say of these names.',
    world: writing(lines.silentDomain(60), { upstreams: upstream({ failedChecks: 0, failing: 0 }) }),
    expect: { inconclusive: ['upstreamFails'], recovered: 'ruled-out' },
  },
  'one-domain-silent-to-one-pod': {
    about: 'The same, and all who ask for them ask one pod.',
    world: apart(lines.silentDomain(60), { upstreams: upstream({ failedChecks: 0, failing: 0 }) }),
    expect: { inconclusive: ['upstreamFails', 'nodeNetwork'], recovered: 'ruled-out' },
  },
  'upstream-down-and-one-domain-asked': {
    about: 'Only one domain is asked for, and the checks of its resolver fail, too: that is down.',
    world: writing(lines.silentDomain(60), { upstreams: failed }),
    expect: { confirmed: ['upstreamFails'], recovered: 'ruled-out' },
  },
  'upstream-of-one-node': {
    about: 'The pod on the other node gets its answers.',
    world: apart(lines.timeouts(12), { upstreams: upstream({ failedChecks: 40, failing: 1 }) }),
    expect: { confirmed: ['nodeNetwork'], inconclusive: ['upstreamFails'] },
  },
  'upstream-down-and-an-idle-pod': {
    about:
      'The upstream is dead; the other pod was made half a minute ago and nobody has asked it: it is no proof of anything.',
    world: {
      ...apart(lines.timeouts(12), { upstreams: upstream({ perSecond: 0, failedChecks: 80, failing: 1, asking: 1 }) }),
      pods: [first, young],
      notInSlices: ['coredns-b'],
    },
    expect: { inconclusive: ['nodeNetwork', 'upstreamFails'], recovered: 'ruled-out' },
  },
  'upstream-down-and-endpoints-forbidden': {
    about: 'Whether the other pod is asked may not be seen.',
    world: apart(lines.timeouts(12), { upstreams: upstream({ failedChecks: 40, failing: 1 }) }),
    failing: ['list EndpointSlice'],
    expect: { inconclusive: ['nodeNetwork', 'upstreamFails', 'serviceAstray'], recovered: 'inconclusive' },
  },
  'twelve-answers-lost-and-nobody-counts': {
    about: 'Of how many questions these twelve are nobody knows: a large cluster loses as many every five minutes.',
    world: writing(lines.timeouts(12)),
    alone: true,
    expect: { inconclusive: ['nodeNetwork', ...counted], recovered: 'inconclusive' },
  },
  'upstream-on-port-8600': {
    about: 'Names of Consul are asked for on its own port, which does not answer; only the log tells.',
    world: writing(lines.lost(60, 'read udp 10.244.1.7:41000->10.150.0.1:8600: i/o timeout')),
    alone: true,
    expect: {
      confirmed: ['upstreamFails'],
      inconclusive: ['apiUnreachable', 'upstreamSlow', 'searchPaths', 'conntrackFull'],
      recovered: 'ruled-out',
    },
  },
  'upstream-on-port-8600-and-one-that-answers': {
    about: 'The same, beside an upstream that is well.',
    world: writing(lines.lost(60, 'read udp 10.244.1.7:41000->10.150.0.1:8600: i/o timeout'), {
      answers: { ...wellAnswers, servfail: 0.3 },
    }),
    expect: { confirmed: ['upstreamFails'], recovered: 'ruled-out' },
  },
  'upstreams-that-are-not-healthy': {
    about: 'No upstream passes its checks: nobody is asked at all, and no address is named.',
    world: writing(lines.lost(12, 'no healthy proxies'), { upstreams: failed }),
    expect: { confirmed: ['upstreamFails'] },
  },
  'failures-not-told-apart': {
    about: 'Questions fail in words that are not read here: that is not silence.',
    world: writing(lines.lost(12, 'plugin/file: no next plugin found')),
    expect: { inconclusive: ['nodeNetwork', 'upstreamFails'], recovered: 'confirmed' },
  },
  'failures-not-told-apart-and-nobody-counts': {
    about: 'The same without figures: nothing closes on it.',
    world: writing(lines.lost(12, 'plugin/file: no next plugin found')),
    alone: true,
    expect: { inconclusive: ['nodeNetwork', ...counted], recovered: 'inconclusive' },
  },
  'ten-of-900000-answers-lost': {
    about: 'A large cluster: ten questions of 900,000 got no answer within five minutes, and all checks passed.',
    world: apart(lines.timeouts(10), { upstreams: upstream({ perSecond: 3_000 }) }),
    expect: { inconclusive: ['nodeNetwork', 'upstreamFails'], recovered: 'confirmed' },
  },
  'twenty-of-900-answers-lost': {
    about: 'Twenty of 900 are no chance.',
    world: writing(lines.timeouts(10), { upstreams: upstream({ perSecond: 3 }) }),
    expect: { confirmed: ['upstreamFails'], recovered: 'ruled-out' },
  },
  'ten-of-900000-answers-lost-and-checks-fail': {
    about: 'Few are lost because it is asked rarely: it fails its checks.',
    world: writing(lines.timeouts(10), { upstreams: upstream({ perSecond: 3_000, failedChecks: 80, failing: 2 }) }),
    expect: { confirmed: ['upstreamFails'], recovered: 'ruled-out' },
  },
  'checks-not-counted': {
    about: 'It answers, and whether it passes its checks nobody counts.',
    world: { ...quiet, upstreams: { [UPSTREAM]: { perSecond: 12, servfail: 0.001, p99: 0.03, asking: 2 } } },
    expect: { inconclusive: ['upstreamFails'] },
  },
  'slow-and-checks-not-counted': {
    about: 'It answers late; whether it answers at all nobody counts.',
    world: { ...quiet, upstreams: { [UPSTREAM]: { perSecond: 12, servfail: 0.001, p99: 6, asking: 2 } } },
    expect: { inconclusive: ['upstreamFails', 'upstreamSlow'] },
  },
  'failed-checks-of-who-knows-how-many-pods': {
    about: 'It may be one pod that does not reach it.',
    world: { ...quiet, upstreams: upstream({ failedChecks: 80 }) },
    failing: ['logs '],
    expect: { inconclusive: ['upstreamFails', 'configRefused', 'nodeNetwork'] },
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
    world: writing(lines.timeouts(60, '10.96.0.10'), {
      corefile: COREFILE.replace('/etc/resolv.conf', '10.96.0.10').replace('    loop\n', ''),
    }),
    expect: { confirmed: ['loop'], inconclusive: ['upstreamFails'] },
  },
  'upstream-is-itself-and-nothing-shows-it': {
    about: 'Every foreign name goes to its own Service, and nothing ends, nor is without an answer.',
    world: { ...quiet, corefile: COREFILE.replace('/etc/resolv.conf', '10.96.0.10') },
    expect: { inconclusive: ['loop'] },
  },
  'old-zone-rewritten-and-sent-to-itself': {
    about:
      'Names of a former domain are rewritten and asked of its own Service, where the block for all names answers.',
    world: { ...quiet, corefile: rewritten },
    expect: { inconclusive: ['loop'], recovered: 'confirmed' },
  },
  'old-zone-rewritten-and-upstream-down': {
    about: 'The same, and the resolver of the network does not answer.',
    world: writing(lines.timeouts(12), { corefile: rewritten, upstreams: failed }),
    expect: { confirmed: ['upstreamFails'], inconclusive: ['loop'] },
  },
  'old-zone-rewritten-and-out-of-memory': {
    about: 'The same Corefile; what ends it is its limit.',
    world: { ...one({ ...oom, waiting: { reason: 'CrashLoopBackOff' } }, lines.quiet, null), corefile: rewritten },
    expect: { confirmed: ['outOfMemory'], inconclusive: ['nodeNetwork', 'loop'] },
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
};
