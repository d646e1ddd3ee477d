import type { Told } from './case.ts';
import { lines } from './objects.ts';
import { one, writing } from './told.ts';
import { quiet } from './world.ts';

const figures = { all: 40, refused: 0, unanswered: 36, failing: 2, asking: 2 };
const ofOne = { ...figures, unanswered: 18, failing: 1 };
const waitAndDistrust = {
  'coredns-a': { now: lines.apiTimeout(12) },
  'coredns-b': { now: lines.notTrusted(12) },
};
const open = ['nodeNetwork', 'apiUnreachable'];

/** Calls to the API server that fail in other words than a time-out, or without any. */
export const callCases: Readonly<Record<string, Told>> = {
  'api-server-cuts-connections': {
    about: 'A middlebox resets what is asked of the API server, on both nodes.',
    world: writing(lines.listFails(12, 'read tcp 10.244.1.7:40000->10.96.0.1:443: read: connection reset by peer'), {
      apiCalls: figures,
    }),
    expect: { confirmed: ['apiUnreachable'], recovered: 'ruled-out' },
  },
  'api-server-fails-itself': {
    about:
      'It answers, with 503: reached, and not refused. What it wrote stands there for the person, and closes nothing.',
    world: writing(lines.listFails(12, 'the server is currently unable to handle the request (get services)')),
    expect: { inconclusive: ['nodeNetwork'], recovered: 'inconclusive' },
  },
  'words-not-known-and-one-pod-counted': {
    about: 'What fails is said in words that nobody knows, and only the other pod is scraped.',
    world: {
      ...one({}, null, lines.listFails(12, 'a failure of another kind')),
      apiCalls: { all: 21, refused: 0, unanswered: 0, asking: 1 },
    },
    expect: { inconclusive: open, recovered: 'inconclusive' },
  },
  'api-server-fails-itself-and-nobody-counts': {
    about: 'The same without Prometheus: not known to be no refusal, either.',
    world: writing(lines.listFails(12, 'etcdserver: request timed out')),
    alone: true,
    expect: {
      inconclusive: [...open, 'apiRefused', 'upstreamFails', 'upstreamSlow', 'searchPaths', 'conntrackFull'],
      recovered: 'inconclusive',
    },
  },
  'api-server-fails-itself-now-and-then': {
    about: 'Three such lines are chance for an incident, and leave it open whose node it is.',
    world: { ...one({}, null, lines.listFails(3, 'etcdserver: leader changed')) },
    expect: { inconclusive: ['nodeNetwork'], recovered: 'confirmed' },
  },
  'certificate-not-accepted': {
    about:
      'What answers at the address of the API server has a certificate that CoreDNS does not accept, on both nodes.',
    world: writing(lines.notTrusted(12), { apiCalls: figures }),
    expect: { confirmed: ['apiUnreachable'], inconclusive: ['nodeNetwork'], recovered: 'ruled-out' },
  },
  'certificate-not-accepted-by-one': {
    about: 'Only of one pod: its node, its clock, or an authority that is younger than it.',
    world: { ...one({}, null, lines.notTrusted(12)), apiCalls: ofOne },
    expect: { inconclusive: open, recovered: 'ruled-out' },
  },
  'certificate-not-accepted-by-one-and-the-other-waits': {
    about: 'One gets no answer, the other one that it does not accept: neither node is well.',
    world: { ...quiet, logs: waitAndDistrust, apiCalls: figures },
    expect: { confirmed: ['apiUnreachable'], inconclusive: ['nodeNetwork'], recovered: 'ruled-out' },
  },
  'certificate-not-accepted-by-one-and-the-other-waits-uncounted': {
    about: 'The same, and nobody counts.',
    world: { ...quiet, logs: waitAndDistrust, apiCalls: {} },
    expect: { inconclusive: [...open, 'apiRefused'], recovered: 'ruled-out' },
  },
  'api-server-refuses-connections-and-the-log-does-not-say': {
    about: 'Watches are refused their connection, which client-go tries again without a word: only its client counts.',
    world: { ...quiet, apiCalls: figures },
    expect: { confirmed: ['apiUnreachable'], inconclusive: ['nodeNetwork'], recovered: 'ruled-out' },
  },
  'api-server-refuses-connections-of-one-and-the-log-does-not-say': {
    about: 'The same of one pod of two.',
    world: { ...quiet, apiCalls: ofOne },
    expect: { inconclusive: open, recovered: 'ruled-out' },
  },
  'two-calls-lost-and-the-log-says-nothing': {
    about: 'Two watches ended without an answer within five minutes.',
    world: { ...quiet, apiCalls: { all: 40, refused: 0, unanswered: 2, failing: 2, asking: 2 } },
    expect: { inconclusive: open, recovered: 'confirmed' },
  },
  'questions-fail-otherwise-on-the-other-node': {
    about: 'One gets no answers of its upstream, the questions of the other fail in words that are not told apart.',
    world: {
      ...quiet,
      logs: { 'coredns-a': { now: lines.timeouts(60) }, 'coredns-b': { now: lines.lost(60, 'overflow: unpacking') } },
      upstreams: {},
    },
    expect: { inconclusive: ['nodeNetwork', 'upstreamSlow', 'upstreamFails'], recovered: 'ruled-out' },
  },
};
