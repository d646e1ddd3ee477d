import type { Case } from '../../../engine/replay.ts';
import { caseOf } from './case.ts';
import type { Over, World } from './world.ts';
import { always, calm, last, leaking, limited, QUOTES, short } from './worlds.ts';

const machine = (before: number, now: number): Pick<World, 'machine'> => ({
  machine: { ...short.machine, threads: last(12, now, before) },
});
const db = (threads: Over) => ({ pod: 'db-0', threads, processes: 2 });
const quotes = (threads: Over) => ({ pod: QUOTES, threads, processes: 2 });

/** Much, and no more than before: who surges meanwhile is why PIDs ran out. */
const holders: Record<string, Case> = {
  'steady-pod-beside-a-surge-of-the-machine': caseOf(
    'A pod has 17,000 threads, as all the half hour; processes of the machine become 12,000 more.',
    {
      ...short,
      ...machine(19_000, 31_000),
      holdings: [db(always(90)), quotes(always(17_000))],
      together: always(17_400),
    },
    { confirmed: ['hostProcess'], inconclusive: ['leakingPod'], recovered: 'ruled-out' },
  ),
  'steady-pod-not-named-before': caseOf(
    'The same; until PIDs ran out the pod that has most was not named, and may have had as many.',
    {
      ...short,
      ...machine(19_000, 31_000),
      holdings: [db(always(90)), quotes((minutesAgo) => (minutesAgo <= 12 ? 17_000 : undefined))],
      together: always(17_400),
    },
    { confirmed: ['hostProcess'], inconclusive: ['leakingPod'], recovered: 'ruled-out' },
  ),
  'steady-pod-beside-one-that-leaks': caseOf(
    'A pod has 16,000 threads, as all the half hour; another, of a new version, leaks 12,000.',
    {
      ...leaking,
      ...machine(19_000, 31_000),
      holdings: [db(always(16_000)), quotes(last(12, 13_000, 1_000))],
      together: last(12, 29_400, 17_400),
    },
    { confirmed: ['leakingPod'], inconclusive: ['crowd'], recovered: 'ruled-out' },
  ),
  'steady-machine-beside-a-pod-that-leaks': caseOf(
    'Processes of the machine have 16,000 threads, as all the half hour; a pod leaks 13,000.',
    {
      ...leaking,
      ...machine(17_800, 30_800),
      holdings: [db(always(90)), quotes(last(12, 14_300, 1_300))],
      together: last(12, 14_800, 1_800),
    },
    { confirmed: ['leakingPod'], inconclusive: ['hostProcess'], recovered: 'ruled-out' },
  ),
  'steady-crowd-beside-a-surge-of-the-machine': caseOf(
    '24 pods of 700 threads each, as all the half hour; processes of the machine become 13,000 more.',
    {
      ...short,
      ...machine(18_000, 31_000),
      holdings: ['a', 'b', 'c', 'd', 'e'].map((name) => ({
        pod: `workers-${name}`,
        threads: always(700),
        processes: 1,
      })),
      together: always(16_800),
    },
    { confirmed: ['hostProcess'], inconclusive: ['crowd'], recovered: 'ruled-out' },
  ),
  'leak-of-days-and-a-little-more': caseOf(
    'A pod has leaked 21,500 threads within days; a backup of 5,300 on the machine is the last straw.',
    {
      ...leaking,
      ...machine(22_500, 27_800),
      holdings: [db(always(90)), quotes(always(21_500))],
      together: always(21_900),
    },
    { confirmed: ['leakingPod'], inconclusive: ['hostProcess'], recovered: 'ruled-out' },
  ),
};

const pool = (threads: Over): World => ({
  ...limited,
  machine: calm.machine,
  holdings: [{ pod: QUOTES, threads, processes: 3, limit: 4_096 }],
  together: always(4_300),
});

/** Near to its limit: for good, or on its way. */
const near: Record<string, Case> = {
  'pool-near-its-limit': caseOf(
    'A pool of 3,900 threads, as large as that for good, in a pod that may have 4,096 PIDs; no fork is refused.',
    { ...pool(always(3_900)), machine: { ...calm.machine, threads: always(5_400) } },
    { inconclusive: ['podLimit'], recovered: 'ruled-out' },
  ),
  'pool-at-99-percent': caseOf(
    'The same with 4,060 of them all the half hour: 36 are left, and no fork is refused.',
    { ...pool(always(4_060)), machine: { ...calm.machine, threads: always(5_560) }, together: always(4_420) },
    { inconclusive: ['podLimit'], recovered: 'ruled-out' },
  ),
  'at-its-limit-all-the-time': caseOf(
    'With 4,092 all the half hour: what needs four more at once is refused them.',
    { ...pool(always(4_092)), machine: { ...calm.machine, threads: always(5_592) }, together: always(4_452) },
    { confirmed: ['podLimit'], recovered: 'ruled-out' },
  ),
  'pool-filled-near-its-limit': caseOf(
    'The same, started 20 minutes ago: it has grown to its size within a minute, and stays so.',
    { ...pool(last(20, 3_900, 60)), machine: limited.machine, together: limited.together },
    { inconclusive: ['podLimit'], recovered: 'ruled-out' },
  ),
  'grows-to-its-limit': caseOf(
    'A pod has 3,950 of the 4,096 PIDs it may have, 15 more each minute: it will be full within ten.',
    {
      ...pool((minutesAgo) => 3_950 - 15 * minutesAgo),
      machine: { ...calm.machine, threads: (minutesAgo) => 5_300 - 15 * minutesAgo },
    },
    { confirmed: ['podLimit'], recovered: 'ruled-out' },
  ),
  'was-near-its-limit': caseOf(
    'A pod had 3,900 of the 4,096 PIDs it may have until 7 minutes ago, and has 60 since: whether forks were refused is not told.',
    {
      ...pool((minutesAgo) => (minutesAgo >= 7 ? 3_900 : 60)),
      machine: { ...calm.machine, threads: (minutesAgo) => (minutesAgo >= 7 ? 5_400 : 1_450) },
      together: (minutesAgo) => (minutesAgo >= 7 ? 4_300 : 420),
    },
    { inconclusive: ['podLimit'], recovered: 'confirmed' },
  ),
};

export const steady: Record<string, Case> = { ...holders, ...near };
