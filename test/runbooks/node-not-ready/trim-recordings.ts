/**
 * Cuts recordings of a real node in trouble down to test/recorded/node-troubles/*.json.
 *
 *   node test/runbooks/node-not-ready/trim-recordings.ts FOLDER
 *
 * FOLDER holds one folder per trouble (node.json, lease.json, node-events.json, pods.json with the server's time of
 * reading in the lease, prometheus.json with query_range answers at a 15 s step, kubelet-metrics.txt, healthz.txt, timeline.txt).
 * Figures the runbook asks Prometheus for are computed from the ranges that were recorded; each says how.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { itemsOf, type Json, pick, Recording, trimNode, trimPod } from './recording.ts';

const Range = z.array(
  z.object({
    metric: z.record(z.string(), z.string()),
    values: z.array(z.tuple([z.number(), z.string().transform(Number)])),
  }),
);
const Ranges = z.object({ q: z.record(z.string(), Range) });
const LeaseReading = z.looseObject({
  server_time_at_reading: z.iso.datetime(),
  metadata: z.looseObject({ resourceVersion: z.string() }),
  spec: z.unknown(),
});
const SCRAPE_SECONDS = 15;

/** trouble, label of the snapshot (none: the most telling one), what it shows */
const moments: readonly (readonly [string, string | undefined, string])[] = [
  ['runtime-stopped', 't060', 'containerd stopped (SIGSTOP) for 60 s: nothing in the API yet'],
  ['runtime-stopped', 't200', 'containerd stopped (SIGSTOP) for 200 s'],
  ['runtime-stopped', undefined, 'containerd stopped (SIGSTOP) for 255 s'],
  ['runtime-stopped', 'healed', 'containerd goes on since 25 s'],
  ['runtime-killed', 't020', 'containerd ended for 20 s: nothing in the API yet'],
  ['runtime-killed', undefined, 'containerd ended for 66 s'],
  ['runtime-killed', 'healed', 'containerd was started again 59 s ago'],
  ['cni-missing', undefined, 'the CNI configuration file moved away for 70 s'],
  ['cni-missing', 'healed', 'the CNI configuration is back, and containerd was restarted'],
  ['kubelet-killed', 't020', 'the kubelet ended for 20 s: the lease is late, the node still Ready'],
  ['kubelet-killed', undefined, 'the kubelet ended for 66 s'],
  ['kubelet-killed', 'healed', 'the kubelet runs again since 19 s'],
  ['cert-expired', 't030', "the kubelet's client certificate expired 30 s ago"],
  ['cert-expired', undefined, "the kubelet's client certificate expired 75 s ago"],
  ['cert-expired', 'healed', 'the kubelet runs with a good certificate again'],
  ['time-skew', undefined, "the kubelet's clock 600 s behind since 67 s"],
  ['time-skew', 'right-again', "the kubelet's clock right again since 10 s, after it was 600 s behind"],
  ['time-skew', 'plus600', "the kubelet's clock 600 s ahead since 39 s"],
  ['time-skew', 'right-after-plus600', "the kubelet's clock right again since 75 s, after it was 600 s ahead"],
  ['time-skew', 'healed', 'kubelet and controller manager were restarted, with the right clock'],
  ['pids-pod', undefined, 'two pods at the PID limit of a pod'],
  [
    'pids-pod-full',
    undefined,
    'pods at their PID limit, while kubelet and containerd are throttled to 4 I/O operations a second',
  ],
  ['pids-node', undefined, '500 sleepers of the host took the PIDs'],
  ['pids-node', 'healed', 'the sleepers ended, PIDPressure went'],
  ['disk-pressure', undefined, 'the eviction threshold of the disk was put above what is free'],
  ['disk-pressure', 't050', 'the eviction threshold of the disk is above what is free since 50 s'],
  ['disk-pressure', 'healed', 'the old eviction threshold is back since a restart of the kubelet'],
  [
    'disk-pressure-running-pods',
    undefined,
    'the eviction threshold of the disk was put above what is free, with pods running',
  ],
  ['disk-pressure-running-pods', 't050', 'the same after 50 s: all running pods were failed'],
  [
    'disk-pressure-running-pods',
    'healed',
    'the old eviction threshold is back since a restart of the kubelet; pods had run',
  ],
  ['disk-pressure-filled', undefined, 'a file of the host crossed the eviction threshold of the disk'],
  ['disk-pressure-filled', 'healed', 'the file was removed, DiskPressure went'],
  ['io-stall', undefined, 'kubelet and containerd throttled to 4 I/O operations a second'],
  ['cordon-drain', undefined, 'cordoned and drained as far as the disruption budget allows'],
  ['cordon-drain', 'healed', 'uncordoned'],
];

/** Which calls to the runtime the runbook counts (`queries.ts`). */
const OF_THE_WHOLE = new Set(['status', 'version', 'list_podsandbox', 'list_containers']);

const [folder] = process.argv.slice(2);
if (folder === undefined) throw new Error('which folder holds the recordings? see the top of this file');

for (const [trouble, label, about] of moments) {
  const recording = trimmed(join(folder, trouble), label, about);
  const file = new URL(`../../recorded/node-troubles/${label ? `${trouble}-${label}` : trouble}.json`, import.meta.url);
  writeFileSync(file, `${JSON.stringify(Recording.parse(recording), null, 1)}\n`);
}

function trimmed(from: string, label: string | undefined, about: string) {
  const labelled = (name: string, extension: string) => join(from, `${name}.${label}.${extension}`);
  const text = (name: string, extension = 'json') =>
    readFileSync(
      label && existsSync(labelled(name, extension)) ? labelled(name, extension) : join(from, `${name}.${extension}`),
      'utf8',
    );
  const object = (name: string): unknown => JSON.parse(text(name));
  const lease = LeaseReading.parse(object('lease'));
  const now = lease.server_time_at_reading;
  const at = (Date.parse(now) - startOf(readFileSync(join(from, 'timeline.txt'), 'utf8'))) / 1000;
  const ranges = Ranges.parse(JSON.parse(readFileSync(join(from, 'prometheus.json'), 'utf8'))).q;
  return {
    about,
    now,
    node: trimNode(object('node') as Json),
    lease: { metadata: { resourceVersion: lease.metadata.resourceVersion }, spec: lease.spec },
    events: itemsOf(object('node-events')).map((event) =>
      pick(event, 'metadata', 'reason', 'message', 'source', 'count', 'firstTimestamp', 'lastTimestamp'),
    ),
    pods: itemsOf(object('pods')).map(trimPod),
    ...ended(existsSync(join(from, 'healthz.txt')) ? text('healthz', 'txt') : ''),
    ...prometheus(ranges, at, slowRelistsIn(text('kubelet-metrics', 'txt'))),
  };
}

/** Its ports were asked beside Prometheus. Only what refused the connection is taken from there: of the rest, times tell. */
function ended(ports: string) {
  const [, address] = /^https:\/\/(\S+:10250)\/metrics +ConnectionRefusedError/m.exec(ports) ?? [];
  return address === undefined
    ? {}
    : { ended: `Get "https://${address}/metrics": dial tcp ${address}: connect: connection refused` };
}

/** t0 of the trouble in ms: a snapshot line says both times. */
function startOf(timeline: string): number {
  const line = /^t\+\s*([\d.]+) s\s+(\S+Z)\s+SNAPSHOT \S+ begins/m.exec(timeline);
  if (!line?.[1] || !line[2]) throw new Error('the timeline has no snapshot line');
  return Date.parse(line[2]) - Number(line[1]) * 1000;
}

/**
 * Relists over 10 s, of all that the kubelet tells of. It was asked a few seconds after the moment, and whatever took as
 * long was within the ten minutes before: a runtime that was stopped on purpose.
 */
function slowRelistsIn(metrics: string): number | undefined {
  const [count, fast] = ['_count', '_bucket{le="10"}'].map((end) => {
    const line = metrics.split('\n').find((one) => one.startsWith(`kubelet_pleg_relist_duration_seconds${end} `));
    return line === undefined ? undefined : Number(line.split(' ')[1]);
  });
  return count === undefined || fast === undefined ? undefined : count - fast;
}

function prometheus(ranges: z.infer<typeof Ranges>['q'], at: number, slowRelists: number | undefined) {
  const find = (start: string) => Object.entries(ranges).find(([query]) => query.startsWith(start))?.[1] ?? [];
  /** The last sample not later than the moment and not older than one scrape, as an instant query would see it. */
  const last = (values: readonly (readonly [number, number])[], within = SCRAPE_SECONDS) =>
    values.findLast(([time, value]) => time <= at && time > at - within && !Number.isNaN(value))?.[1];
  const byJob = (start: string) => new Map(find(start).map(({ metric, values }) => [metric.job ?? '', last(values)]));

  const seconds = byJob('scrape_duration_seconds');
  const scrapes = [...byJob('up{')].flatMap(([job, up]) => {
    const took = seconds.get(job);
    return up === undefined ? [] : [[job, { up, ...(took === undefined ? {} : { seconds: took }) }]];
  });
  const ages = find('time()-kubelet_pleg_last_seen')[0]?.values ?? [];
  const starts = find('process_start_time_seconds{node')[0]?.values.filter(([time]) => time <= at) ?? [];
  const codes = find('sum by(code,method)');
  const errors = find('sum by(operation_type)(rate(kubelet_runtime_operations_errors')
    .filter(({ metric }) => OF_THE_WHOLE.has(metric.operation_type ?? ''))
    .map(({ values }) => last(values))
    .filter((rate) => rate !== undefined);
  const expired = find('rate(apiserver_client_certificate').find(({ metric }) => metric.job === 'apiserver');
  const unhealthy = find('node_collector_unhealthy_nodes_in_zone').map(({ values }) => last(values) ?? 0);
  return {
    scrapes: Object.fromEntries(scrapes),
    kubelet: defined({
      plegAgeSeconds: last(ages),
      // Changes of the last-seen time (scrape minus age) within the two minutes before.
      plegMoves: last(ages) === undefined ? undefined : moves(ages.filter(([time]) => time <= at && time > at - 120)),
      // Relists call the runtime twice each (sandboxes and containers), by far the most of all calls.
      runtimeCallsPerSecond: twice(last(find('rate(kubelet_pleg_relist_duration_seconds_count')[0]?.values ?? [])),
      runtimeErrorsPerSecond: errors.length > 0 ? round(errors.reduce((sum, rate) => sum + rate, 0)) : undefined,
      slowRelists,
      restarts: starts.length > 0 ? new Set(starts.map(([, start]) => start)).size - 1 : undefined,
    }),
    // Rates were recorded over 1 minute every 15 s: the mean of the last minute of them stands for 2 minutes, their sum for the increase.
    apiCalls: defined({
      all: increase(codes, at, () => true),
      refused: increase(codes, at, (code) => code === '401'),
      refusedPerSecond: mean(codes, at, (code) => code === '401'),
      succeededPerSecond: mean(codes, at, (code) => code.startsWith('2')),
      unansweredPerSecond: mean(codes, at, (code) => code === '<error>'),
      brokenPerSecond: mean(codes, at, (code) => code === '429' || code.startsWith('5')),
    }),
    ...defined({
      expiredPerSecond: expired && round(last(expired.values) ?? 0),
      unhealthyNodes: unhealthy.length > 0 ? unhealthy.reduce((sum, count) => sum + count, 0) : undefined,
    }),
  };
}

type Codes = z.infer<typeof Range>;

/** The recorded rates of the wanted codes from `from` to `to`, all scrapes together. */
function sumOf(codes: Codes, from: number, to: number, wanted: (code: string) => boolean): number | undefined {
  const rates = codes
    .filter(({ metric }) => wanted(metric.code ?? ''))
    .flatMap(({ values }) => values.filter(([time, rate]) => time > from && time <= to && !Number.isNaN(rate)))
    .map(([, rate]) => rate);
  return rates.length === 0 ? undefined : rates.reduce((sum, rate) => sum + rate, 0);
}

function increase(codes: Codes, at: number, wanted: (code: string) => boolean): number | undefined {
  const sum = sumOf(codes, at - 1800, at, wanted);
  return sum === undefined ? undefined : round(sum * SCRAPE_SECONDS);
}

function mean(codes: Codes, at: number, wanted: (code: string) => boolean): number | undefined {
  const sum = sumOf(codes, at - 60, at, wanted);
  const scraped = new Set(
    codes.flatMap(({ values }) => values.map(([time]) => time).filter((time) => time > at - 60 && time <= at)),
  );
  return sum === undefined ? undefined : round(sum / scraped.size);
}

function moves(ages: readonly (readonly [number, number])[]): number {
  const seen = ages.map(([time, age]) => Math.round(time - age));
  return seen.filter((time, index) => index > 0 && time !== seen[index - 1]).length;
}

function twice(rate: number | undefined): number | undefined {
  return rate === undefined ? undefined : round(rate * 2);
}

function round(value: number): number {
  return Number(value.toPrecision(4));
}

function defined(values: Record<string, number | undefined>): Record<string, number> {
  return Object.fromEntries(
    Object.entries(values).flatMap(([key, value]) => (value === undefined ? [] : [[key, value]])),
  );
}
