import type { Told } from './case.ts';
import { lines } from './objects.ts';
import { counted, first, one, second, writing } from './told.ts';
import { quiet, UPSTREAM, type World, wellAnswers, wellUpstream } from './world.ts';

const failed = { [UPSTREAM]: { ...wellUpstream, failedChecks: 80, failing: 2 } };
const held = (throttled: number): World => ({
  ...quiet,
  pods: [first, second].map((pod) => ({ ...pod, limits: { cpu: '100m', memory: '170Mi' } })),
  processes: { 'coredns-a': { cores: 0.1, throttled }, 'coredns-b': { cores: 0.05, throttled: 0.01 } },
});
const busy = (nxdomain: number, cores: number, throttled?: number): World => ({
  ...quiet,
  answers: { ...wellAnswers, nxdomain, questions: 30_000 },
  processes: {
    'coredns-a': { cores, ...(throttled === undefined ? {} : { throttled }) },
    'coredns-b': { cores: cores / 2 },
  },
});
const table = (full: number, dropped: number, raced: number): World => ({
  ...quiet,
  conntrack: { '10.20.0.13:9100': { full, dropped, ...(full < 0.95 ? {} : { lost: dropped }), raced } },
});

/** What there is too much of. */
export const loadCases: Readonly<Record<string, Told>> = {
  'held-back': {
    about: 'Its limit of a tenth of a core holds it back in 40 % of periods.',
    world: held(0.4),
    expect: { confirmed: ['cpuThrottled'], recovered: 'ruled-out' },
  },
  'held-back-and-scaled-by-another': {
    about: 'An autoscaler keeps its replicas.',
    world: { ...held(0.4), deployment: { scaler: 'dns-autoscaler' } },
    expect: { confirmed: ['cpuThrottled'] },
  },
  'held-back-a-little': {
    about: 'In a tenth of periods.',
    world: held(0.1),
    expect: { inconclusive: ['cpuThrottled'] },
  },
  'held-back-where-nobody-scrapes': {
    about:
      'The kubelet under one pod is not scraped: the other is held back in 1 % of periods, which says nothing of it.',
    world: { ...held(0.4), processes: { 'coredns-b': { cores: 0.05, throttled: 0.01 } } },
    expect: { inconclusive: ['cpuThrottled'] },
  },
  'held-back-hardly': { about: 'In 2 % of periods.', world: held(0.02), expect: {} },
  'limit-and-no-figures': {
    about: 'It has a limit of CPU, and nobody scrapes what that does.',
    world: { ...held(0.4), processes: {} },
    expect: { inconclusive: ['cpuThrottled', 'searchPaths'] },
  },

  'search-paths': {
    about: 'Three quarters of 30,000 questions a second are search paths, and fill more than a core.',
    world: busy(0.75, 1.4),
    expect: { confirmed: ['searchPaths'] },
  },
  'search-paths-and-some-load': {
    about: 'It is neither idle nor busy.',
    world: busy(0.75, 0.7),
    expect: { inconclusive: ['searchPaths'] },
  },
  'search-paths-and-no-load': { about: 'As in most clusters.', world: busy(0.75, 0.2), expect: {} },
  'busy-with-names-that-are': { about: 'It is busy, and most names exist.', world: busy(0.4, 2), expect: {} },
  'search-paths-and-held-back': {
    about: 'Its limit holds it back, which search paths explain in part: the limit is the first to see to.',
    world: { ...busy(0.75, 1.4, 0.4), pods: held(0).pods },
    expect: { confirmed: ['cpuThrottled'], inconclusive: ['searchPaths'] },
  },
  'search-paths-and-a-limit-nobody-scrapes': {
    about: 'They have a limit, and whether it holds them back is not scraped.',
    world: { ...busy(0.75, 1.4), pods: held(0).pods },
    expect: { inconclusive: ['searchPaths', 'cpuThrottled'] },
  },
  'search-paths-and-one-pod-not-scraped': {
    about: 'The one that is scraped has the time; of the other nobody knows.',
    world: { ...busy(0.75, 0.2), processes: { 'coredns-a': { cores: 0.2 } } },
    expect: { inconclusive: ['searchPaths'] },
  },
  'nxdomain-not-counted': {
    about: 'An old CoreDNS counts its answers under other names.',
    world: { ...quiet, answers: { questions: 420, panics: 0, pods: 2 } },
    expect: { inconclusive: ['searchPaths'], recovered: 'inconclusive' },
  },

  'table-full': {
    about: 'A node drops what it has no row for.',
    world: table(0.99, 400, 0),
    expect: { confirmed: ['conntrackFull'] },
  },
  'two-tables-full': {
    about: 'The fullest of two drops nothing, and the other does.',
    world: {
      ...quiet,
      conntrack: {
        '10.20.0.13:9100': { full: 0.99, raced: 0 },
        '10.20.0.14:9100': { dropped: 400, lost: 400 },
      },
    },
    expect: { confirmed: ['conntrackFull'] },
  },
  'table-filling': {
    about: 'Four fifths, and nothing dropped.',
    world: table(0.8, 0, 0),
    expect: { inconclusive: ['conntrackFull'] },
  },
  'table-drops-and-has-room': {
    about: 'Something else drops.',
    world: table(0.5, 30, 0),
    expect: { inconclusive: ['conntrackFull'] },
  },
  'table-of-a-third': { about: 'A third is in use.', world: table(0.3, 0, 2), expect: {} },
  'table-races': {
    about: 'Two questions of one socket at once.',
    world: table(0.3, 0, 20),
    expect: { inconclusive: ['conntrackFull'] },
  },
  'table-not-counted': {
    about: 'An old node_exporter tells how full it is, not what it lost.',
    world: { ...quiet, conntrack: { '10.20.0.13:9100': { full: 0.1 } } },
    expect: { inconclusive: ['conntrackFull'] },
  },
  'table-full-and-upstream-down': {
    about: 'Two causes at once.',
    world: { ...writing(lines.timeouts(12), { upstreams: failed }), conntrack: table(0.99, 400, 0).conntrack },
    expect: { confirmed: ['upstreamFails', 'conntrackFull'] },
  },

  panics: {
    about: 'A plug-in panics; it goes on.',
    world: { ...one({}, null, lines.panic), answers: { ...wellAnswers, panics: 1 } },
    expect: { confirmed: ['panics'], recovered: 'ruled-out' },
  },
  'panics-counted': {
    about: 'Logs may not be read; the counter tells.',
    world: { ...quiet, answers: { ...wellAnswers, panics: 4 }, deployment: { revision: 2, made: 1_800 } },
    failing: ['logs '],
    expect: { confirmed: ['panics'], inconclusive: ['configRefused', 'nodeNetwork', 'upstreamFails'] },
  },

  'held-back-without-prometheus': {
    about: 'Without figures a limit of CPU stays a question.',
    world: held(0.4),
    alone: true,
    expect: { inconclusive: ['cpuThrottled', 'nodeNetwork', ...counted] },
  },
};
