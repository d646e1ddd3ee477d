import type { Told } from './case.ts';
import { COREFILE, deafLiveness, lines } from './objects.ts';
import { counted, crashing, deaf, ending, one, writing } from './told.ts';
import { quiet } from './world.ts';

const noise = Array.from(
  { length: 200 },
  (_, index) => `[INFO] 10.244.1.${index}:4000 - 1 "A IN example.com. udp 40" NOERROR`,
);
const killed = { ...crashing, ended: { reason: 'OOMKilled', exitCode: 137, secondsAgo: 90 } };
const oomAgo = (secondsAgo: number) =>
  one(
    { restarts: 1, started: secondsAgo - 10, changed: secondsAgo - 15, ended: { ...killed.ended, secondsAgo } },
    lines.quiet,
  );
const without = COREFILE.replace('    loop\n', '');

/** Why containers of CoreDNS end. */
export const endCases: Readonly<Record<string, Told>> = {
  loop: {
    about: 'The article of today: systemd-resolved on the nodes, and all pods of CoreDNS in a crash loop.',
    world: ending(lines.loop),
    expect: { confirmed: ['loop'], inconclusive: deaf, recovered: 'ruled-out' },
  },
  'loop-without-prometheus': {
    about: 'Objects and logs alone tell it.',
    world: ending(lines.loop),
    alone: true,
    expect: { confirmed: ['loop'], inconclusive: [...deaf, 'conntrackFull'], recovered: 'ruled-out' },
  },
  'loop-of-one': {
    about: 'One node has another resolver than the other.',
    world: one(crashing, lines.loop, null),
    expect: { confirmed: ['loop'], inconclusive: ['nodeNetwork'], recovered: 'ruled-out' },
  },
  'loop-old-words': {
    about: 'CoreDNS before 1.2.5 said it otherwise.',
    world: one(
      crashing,
      ['plugin/loop: Seen "HINFO IN 5577006791947779410.8674665223082153551." more than twice, loop detected'],
      null,
    ),
    expect: { confirmed: ['loop'], inconclusive: ['nodeNetwork'] },
  },
  'loop-between-two-runs': {
    about: 'It runs again and is not ready; it ended 200 s ago.',
    world: one(
      {
        ready: false,
        changed: 210,
        started: 190,
        ended: { ...crashing.ended, secondsAgo: 200, reason: 'Error', exitCode: 1 },
      },
      lines.loop,
    ),
    expect: { confirmed: ['loop'], inconclusive: ['nodeNetwork'] },
  },
  'loop-in-its-first-half-minute': {
    about: 'Between two ends a container is ready for some seconds.',
    world: one(
      { changed: 25, started: 30, restarts: 9, ended: { reason: 'Error', exitCode: 1, secondsAgo: 35 } },
      lines.loop,
    ),
    expect: { confirmed: ['loop'], inconclusive: ['nodeNetwork'], recovered: 'ruled-out' },
  },
  'loop-over': {
    about: 'The resolver was mended; it has run for more than six minutes.',
    world: one(
      { changed: 380, started: 390, restarts: 9, ended: { reason: 'Error', exitCode: 1, secondsAgo: 400 } },
      lines.loop,
    ),
    expect: { recovered: 'confirmed' },
  },
  'loop-long-ago': {
    about: 'It ended 25 minutes ago, and is not ready for another reason now: its log has run over.',
    world: one(
      { ready: false, changed: 1_400, started: 1_490, ended: { reason: 'Error', exitCode: 1, secondsAgo: 1_500 } },
      lines.loop,
    ),
    expect: { inconclusive: ['nodeNetwork'], recovered: 'ruled-out' },
  },
  'loop-last-words-lost': {
    about: 'The container of the former run is gone, and its log with it.',
    world: ending(null),
    expect: { inconclusive: ['loop', 'configRefused', ...deaf] },
  },
  'loop-last-words-lost-and-a-probe-failed': {
    about: 'The same, and between two runs the kubelet asked in vain whether it lives: nobody was there to answer.',
    world: { ...ending(null), events: { 'coredns-a': [deafLiveness(155)], 'coredns-b': [deafLiveness(155)] } },
    expect: { inconclusive: ['loop', 'configRefused', ...deaf] },
  },
  'loop-logs-forbidden': {
    about: 'Without the right to logs nothing says why they end.',
    world: ending(lines.loop),
    failing: ['logs '],
    expect: { inconclusive: ['loop', 'configRefused', 'livenessFails', ...deaf] },
  },
  'loop-and-search-paths': {
    about: 'A false lead: most answers of the pod that is well are NXDOMAIN.',
    world: { ...one(crashing, lines.loop, null), answers: { ...quiet.answers, nxdomain: 0.8 } },
    expect: { confirmed: ['loop'], inconclusive: ['nodeNetwork'] },
  },
  'loop-and-our-clock-is-ahead': {
    about: 'Our own clock is 50 minutes ahead: what is so now looks as if it had been long ago.',
    world: {
      ...one(
        { ready: false, changed: 3_210, started: 3_190, ended: { reason: 'Error', exitCode: 1, secondsAgo: 3_200 } },
        lines.loop,
      ),
      ahead: 3_000,
    },
    expect: { confirmed: ['loop'], inconclusive: ['nodeNetwork'] },
  },

  'directive-unknown': {
    about: 'A typing error in the Corefile, and pods that were started anew after it.',
    world: { ...ending(lines.parse), written: 700 },
    expect: { confirmed: ['configRefused'], inconclusive: deaf, recovered: 'ruled-out' },
  },
  'directive-gone-in-a-new-version': {
    about: 'A new image does not know a plug-in of the old Corefile.',
    world: {
      ...ending(["/etc/coredns/Corefile:9 - Error during parsing: Unknown directive 'upstream'"]),
      deployment: { revision: 2, made: 1_000 },
    },
    expect: { confirmed: ['configRefused'], inconclusive: deaf },
  },
  'directive-gone-in-an-old-version': {
    about: 'That version is nearly three hours old: going back would change something else.',
    world: {
      ...ending(['plugin/forward: not an IP address or file: "dns.example"']),
      deployment: { revision: 2, made: 10_000 },
    },
    expect: { confirmed: ['configRefused'], inconclusive: deaf },
  },
  'corefile-after-the-version': {
    about: 'The version is young, and the Corefile was changed after it.',
    world: { ...ending(lines.parse), deployment: { revision: 3, made: 3_000 }, written: 600 },
    expect: { confirmed: ['configRefused'], inconclusive: deaf },
  },
  'port-taken': {
    about: 'It may not listen on port 53.',
    world: { ...ending(['Listen: listen tcp :53: bind: permission denied']), deployment: null },
    expect: { confirmed: ['configRefused'], inconclusive: ['scaledToZero', ...deaf] },
  },
  'reload-refused': {
    about: 'All goes on with the old Corefile, until the next start.',
    world: writing(lines.reload),
    expect: { confirmed: ['configRefused'], recovered: 'ruled-out' },
  },
  'reload-refused-and-mended': {
    about: 'What was refused was mended, and the next was taken.',
    world: writing([...lines.reload, ...lines.taken], {
      ...{ written: 100, answers: { ...quiet.answers, refusedReloads: 2 } },
    }),
    expect: { recovered: 'confirmed' },
  },
  'reload-refused-6-minutes-ago': {
    about: 'It says so once: what counts refusals still knows, and the next start may end it.',
    world: { ...quiet, written: 370, answers: { ...quiet.answers, refusedReloads: 2 } },
    expect: { inconclusive: ['configRefused'] },
  },
  'corefile-written-since-and-nobody-counts': {
    about: 'The Corefile was changed after its pods were started; whether they took it, no log of five minutes says.',
    world: { ...quiet, written: 4_000 },
    alone: true,
    expect: { inconclusive: ['configRefused', 'nodeNetwork', ...counted], recovered: 'confirmed' },
  },
  'corefile-written-since-and-taken': {
    about: 'The same, and no reload was ever refused.',
    world: { ...quiet, written: 4_000 },
    expect: { recovered: 'confirmed' },
  },
  'corefile-written-since-and-one-pod-counted': {
    about: 'The same, and of two pods one is scraped.',
    world: { ...quiet, written: 4_000, answers: { ...quiet.answers, pods: 1 } },
    expect: { inconclusive: ['configRefused'], recovered: 'inconclusive' },
  },
  'log-run-over': {
    about: 'Plug-in log writes more than is read: nothing is ruled out by what is not in it.',
    world: writing(noise),
    expect: { inconclusive: ['configRefused', 'nodeNetwork', 'upstreamFails'] },
  },

  'out-of-memory': {
    about: 'The cluster has grown, and 170 MiB do not do any more.',
    world: ending(lines.quiet, killed),
    expect: { confirmed: ['outOfMemory'], inconclusive: deaf, recovered: 'ruled-out' },
  },
  'out-of-memory-after-a-refused-reload': {
    about: 'The run that was killed had refused a Corefile long before.',
    world: ending([...lines.quiet, ...lines.reload, ...lines.quiet], killed),
    expect: { confirmed: ['outOfMemory'], inconclusive: deaf },
  },
  'out-of-a-gibibyte': {
    about: 'No cluster needs as much: something fills it.',
    world: ending(lines.quiet, { ...killed, limits: { memory: '1Gi' } }),
    expect: { confirmed: ['outOfMemory'], inconclusive: deaf },
  },
  'out-of-300-mebibytes': {
    about: 'That is more than the largest clusters need: twice as much would be filled as well.',
    world: ending(lines.quiet, { ...killed, limits: { memory: '300Mi' } }),
    expect: { confirmed: ['outOfMemory'], inconclusive: deaf },
  },
  'out-of-memory-without-plug-in-loop': {
    about: 'Without plug-in loop a loop is told by nobody, and fills the memory.',
    world: { ...ending(lines.quiet, killed), corefile: without },
    expect: { confirmed: ['outOfMemory'], inconclusive: ['loop', ...deaf] },
  },
  'out-of-memory-of-its-node': {
    about: 'It has no limit: its node had none left.',
    world: ending(lines.quiet, { ...killed, limits: {} }),
    expect: { confirmed: ['outOfMemory'], inconclusive: deaf },
  },
  'out-of-memory-20-minutes-ago': {
    about: 'It was so, and it runs since: nothing is confirmed by what is past.',
    world: oomAgo(1_200),
    expect: { inconclusive: ['outOfMemory'], recovered: 'confirmed' },
  },
  'out-of-memory-2-hours-ago': {
    about: 'That is another story.',
    world: oomAgo(7_200),
    expect: { recovered: 'confirmed' },
  },
  'nothing-says-how-it-ended': {
    about: 'A crash loop without a word of how it ended.',
    world: one({ ready: false, changed: 1_200, restarts: 7, waiting: { reason: 'CrashLoopBackOff' } }, null, null),
    expect: { inconclusive: ['nodeNetwork', 'livenessFails', 'loop', 'configRefused', 'outOfMemory', 'panics'] },
  },
};
