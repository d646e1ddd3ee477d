import type { Case } from '../../../engine/replay.ts';
import { answering, without } from '../expectation.ts';
import { caseOf, everything, ofTheDisk } from './case.ts';
import { onlyItsKubelet, recordedStall } from './cases-recorded.ts';
import { type Answer, NODE, now, type Reads, type World } from './world.ts';
import { calm, disk, flooded, saturated } from './worlds.ts';

const MB = 1e6;
const EXPORT = 'export-7d9f-abcde';

interface Told {
  /** Percent of the time that all tasks waited for I/O, over 10, 60 and 300 s; absent: the kubelet does not tell. */
  readonly stalled?: readonly [in10: number, in60: number, in300: number];
  /** Bytes by pod of the namespace `shop`; `null`: not counted. */
  readonly logs: Readonly<Record<string, number | null>>;
  /** Percent of the last minute that a pod waited for I/O; `null`: not told. Others hardly waited. */
  readonly waiting?: Readonly<Record<string, number | null>>;
  readonly secondsLater?: number;
}

/** As the kernel tells it of one cgroup, in percent: over 10, 60 and 300 s. */
function psi(some: readonly number[], full = some) {
  const told = ([avg10, avg60, avg300]: readonly number[]) => ({ avg10, avg60, avg300, total: 1 });
  return { psi: { full: told(full), some: told(some) } };
}

export function telling({ stalled, logs, waiting = {}, secondsLater = 0 }: Told): Answer {
  const time = new Date(now.getTime() + secondsLater * 1000).toISOString();
  const pods = Object.entries(logs).map(([name, usedBytes]) => {
    const own = waiting[name] === undefined ? 0.2 : waiting[name];
    return {
      podRef: { name, namespace: 'shop' },
      containers: [
        {
          name: 'app',
          ...(stalled && own !== null ? { io: { time, ...psi([own, own, own]) } } : {}),
          ...(usedBytes === null ? {} : { logs: { time, usedBytes } }),
        },
      ],
    };
  });
  const io = stalled
    ? {
        io: {
          time,
          ...psi(
            stalled.map((share) => share * 1.2),
            stalled,
          ),
        },
      }
    : {};
  return { body: { node: { nodeName: NODE, ...io, rlimit: { time, maxpid: 32_768, curproc: 900 } }, pods } };
}

/** Two looks, 6 s apart. */
type Looks = NonNullable<World['kubelet']>;
export const twice = (told: Told, later: Told['logs']): Looks => [
  telling(told),
  telling({ ...told, logs: { ...told.logs, ...later }, secondsLater: 6 }),
];
export const small = { [EXPORT]: 20_480, 'db-0': 4_096, 'agent-x': 8_192 };
export const stall = [62, 45, 31] as const;

const silent = { failure: { kind: 'unreachable', message: 'Prometheus refuses the connection' } } as const;
export const prometheusDown = (reads: Reads): Reads =>
  answering(without(reads, ['instance="10.20.0.15']), ['query ', 'range '], silent);
/** Prometheus scrapes no kubelet of this node. */
export const kubeletNotScraped = (reads: Reads): Reads =>
  answering(without(reads, ['10.20.0.15:10250']), ['kubelet_node_name{node="worker-3"}'], { body: [] });

const failing = (kind: 'forbidden' | 'unreachable' | 'timed-out', message: string): Answer => ({
  failure: { kind, message },
});
const late = failing('timed-out', 'gave up waiting for an answer from 10.20.0.15:10250 after 5.2 s');

/** Its disks nobody sees; whatever its kubelet tells, only one cause can be judged by it. */
const alone = (about: string, kubelet: Looks, flood: 'ruled-out' | 'inconclusive') =>
  caseOf(
    `Prometheus is down. ${about}`,
    { ...saturated, kubelet },
    {
      inconclusive: everything.filter((cause) => flood === 'inconclusive' || cause !== 'logFlood'),
      recovered: 'ruled-out',
    },
    prometheusDown,
  );

const byItselfAlone: Record<string, Case> = {
  'kubelet-alone-flood': alone(
    'A log grows by 15 MB a second between two looks of the kubelet, all tasks are stalled 45 % of the minute.',
    twice({ stalled: stall, logs: { ...small, [EXPORT]: 300 * MB } }, { [EXPORT]: 390 * MB }),
    'inconclusive',
  ),
  'kubelet-alone-flood-and-database': alone(
    'The same, but a database waits for I/O half of the time: what it writes itself was not seen.',
    twice({ stalled: stall, waiting: { 'db-0': 51 }, logs: { ...small, [EXPORT]: 300 * MB } }, { [EXPORT]: 390 * MB }),
    'inconclusive',
  ),
  'kubelet-alone-flood-and-a-silent-pod': alone(
    'The same, but of one pod it is not told whether it waits.',
    twice(
      { stalled: stall, waiting: { 'db-0': null }, logs: { ...small, [EXPORT]: 300 * MB } },
      { [EXPORT]: 390 * MB },
    ),
    'inconclusive',
  ),
  'kubelet-alone-small-logs': alone(
    'All tasks are stalled 45 % of the minute, and no log is large: no flood, whatever else it is.',
    [telling({ stalled: stall, logs: small })],
    'ruled-out',
  ),
  'kubelet-alone-uncounted-log': alone(
    'The same, but one log was not counted: nothing is ruled out.',
    [telling({ stalled: stall, logs: { ...small, 'db-0': null } })],
    'inconclusive',
  ),
  'kubelet-alone-slow-log': alone(
    'Tasks are stalled, and a log grows by 2 MB a second: what else the disk writes was not seen.',
    twice({ stalled: stall, logs: { ...small, [EXPORT]: 300 * MB } }, { [EXPORT]: 314 * MB }),
    'inconclusive',
  ),
  'kubelet-alone-two-logs': alone(
    'Two logs grow alike: no single one is it.',
    twice(
      { stalled: stall, logs: { ...small, [EXPORT]: 300 * MB, 'db-0': 200 * MB } },
      { [EXPORT]: 390 * MB, 'db-0': 285 * MB },
    ),
    'inconclusive',
  ),
  'kubelet-alone-rotated-log': alone(
    'A log was rotated between the two looks: it shrank, and how much it grew was not seen.',
    twice({ stalled: stall, logs: { ...small, [EXPORT]: 300 * MB } }, { [EXPORT]: 60 * MB }),
    'inconclusive',
  ),
  'kubelet-alone-calm': alone(
    'A log grows by 15 MB a second, and no task waits for I/O: a fast disk takes it.',
    twice({ stalled: [0.3, 0.4, 0.4], logs: { ...small, [EXPORT]: 300 * MB } }, { [EXPORT]: 390 * MB }),
    'inconclusive',
  ),
  'kubelet-alone-stall-over': alone(
    'Tasks were stalled for most of the minute, and are no more: what grows now is not why.',
    twice({ stalled: [2, 41, 30], logs: { ...small, [EXPORT]: 300 * MB } }, { [EXPORT]: 390 * MB }),
    'inconclusive',
  ),
  'kubelet-alone-no-pressure-told': alone(
    'A log grows by 15 MB a second; this kubelet, older than 1.34, tells no pressure.',
    twice({ logs: { ...small, [EXPORT]: 300 * MB } }, { [EXPORT]: 390 * MB }),
    'inconclusive',
  ),
  'kubelet-alone-answers-once': alone(
    'A log has 399 MB, and asked again the stalled kubelet does not answer: how fast it grows was not seen.',
    [telling({ stalled: stall, logs: { ...small, [EXPORT]: 399_044_734 } }), late],
    'inconclusive',
  ),
  'kubelet-refused': alone(
    'Nothing listens on the port of the kubelet.',
    [failing('unreachable', 'nothing listens on 10.20.0.15:10250 (connection refused) [ECONNREFUSED]')],
    'inconclusive',
  ),
  'kubelet-forbidden': alone(
    'The reader may not get nodes/stats.',
    [failing('forbidden', 'ServiceAccount ops/nightshift-reader may not get nodes/stats')],
    'inconclusive',
  ),
};

/** What remains open of a saturated disk whoever works it. */
const open = ['failingDisk', 'slowDevice'];
const unscraped = [...open, 'otherWriter', 'imagePulls', 'writerUnseen'];

/** Saturated since 20 minutes, and not for the last so many. */
function pausing(minutes: number) {
  const [busy, idle] = [disk(20), disk(-1)];
  return Object.fromEntries(
    Object.entries(busy).map(([figure, over]) => [
      figure,
      (minutesAgo: number) => (minutesAgo < minutes ? idle[figure as 'busy'](minutesAgo) : over(minutesAgo)),
    ]),
  );
}

const beside: Record<string, Case> = {
  'kubelet-not-scraped-but-asked': caseOf(
    'A flood; Prometheus scrapes no kubelet, which is asked itself: the log grows by 38 of 60 MB a second.',
    {
      ...flooded,
      set: undefined,
      kubelet: twice({ stalled: stall, logs: { ...small, [EXPORT]: 900 * MB } }, { [EXPORT]: 1_170 * MB }),
    },
    { confirmed: ['logFlood'], inconclusive: unscraped, recovered: 'ruled-out' },
    kubeletNotScraped,
  ),
  'kubelet-not-scraped-and-logs-small': caseOf(
    'A database writes; Prometheus scrapes no kubelet, which tells itself that no log is large.',
    { ...saturated, kubelet: [telling({ stalled: stall, logs: small })] },
    { inconclusive: unscraped, recovered: 'ruled-out' },
    kubeletNotScraped,
  ),
  'kubelet-not-scraped-and-log-slow': caseOf(
    'Prometheus scrapes no kubelet, which tells itself that a log grows by 6 of 60 MB a second; a database waits for the disk.',
    {
      ...saturated,
      kubelet: twice(
        { stalled: stall, waiting: { 'db-0': 51 }, logs: { ...small, [EXPORT]: 300 * MB } },
        { [EXPORT]: 342 * MB },
      ),
    },
    { inconclusive: [...unscraped, 'logFlood'], recovered: 'ruled-out' },
    kubeletNotScraped,
  ),
  'kubelet-not-scraped-and-half-hidden': caseOf(
    'The same growth, and no pod waits for the disk: a process of the machine, or the runtime for another reason.',
    {
      ...saturated,
      kubelet: twice({ stalled: stall, logs: { ...small, [EXPORT]: 300 * MB } }, { [EXPORT]: 342 * MB }),
    },
    { inconclusive: [...unscraped, 'logFlood'], recovered: 'ruled-out' },
    kubeletNotScraped,
  ),
  'kubelet-not-scraped-and-asked-a-minute-later': caseOf(
    'The flooded disk was saturated until a minute ago by Prometheus, whose figures are means of two.',
    {
      ...saturated,
      disks: { vda: pausing(1) },
      kubelet: twice({ stalled: stall, logs: { ...small, [EXPORT]: 900 * MB } }, { [EXPORT]: 1_170 * MB }),
    },
    { confirmed: ['logFlood'], inconclusive: unscraped, recovered: 'ruled-out' },
    kubeletNotScraped,
  ),
  'kubelet-not-scraped-and-slow-disk': caseOf(
    'A throttled disk writes 1.2 MB a second, a log grows by 0.8: too little to be blamed, whatever its share.',
    {
      ...saturated,
      disks: { vda: disk(12, { written: 1.2 }) },
      kubelet: twice({ stalled: stall, logs: { ...small, [EXPORT]: 300 * MB } }, { [EXPORT]: 305.6 * MB }),
    },
    {
      confirmed: ['slowDevice'],
      inconclusive: [...unscraped.filter((cause) => cause !== 'slowDevice'), 'logFlood'],
      recovered: 'ruled-out',
    },
    kubeletNotScraped,
  ),
  'kubelet-not-scraped-and-asked-too-late': caseOf(
    'The disk was saturated until 8 minutes ago; a log grows now, when it is calm.',
    {
      ...saturated,
      disks: { vda: pausing(8) },
      stalled: (minutesAgo) => (minutesAgo >= 8 && minutesAgo <= 20 ? 0.6 : 0.004),
      events: [{ minutesAgo: 12, reason: 'NodeNotReady', from: 'node-controller' }],
      kubelet: twice({ stalled: [0.4, 0.4, 3], logs: { ...small, [EXPORT]: 900 * MB } }, { [EXPORT]: 1_170 * MB }),
    },
    { inconclusive: [...unscraped, 'logFlood'], recovered: 'confirmed' },
    kubeletNotScraped,
  ),
  'kubelet-agrees': caseOf(
    'All is well, and the kubelet says so itself.',
    { ...calm, kubelet: [telling({ stalled: [0.3, 0.4, 0.4], logs: small })] },
    { recovered: 'confirmed' },
  ),
};

export const byKubelet: Record<string, Case> = {
  ...byItselfAlone,
  ...beside,
  'recorded-io-stall-asked': caseOf(
    'Recorded: the same stall, and /stats/summary asked of its kubelet meanwhile: no answer within 12 s.',
    {
      ...recordedStall,
      kubelet: [failing('timed-out', 'gave up waiting for an answer from 10.20.0.15:10250 after 12 s')],
    },
    { inconclusive: [...ofTheDisk, 'cpuStarved', 'controlPlane', 'writerUnseen'], recovered: 'inconclusive' },
    onlyItsKubelet,
  ),
};
