import type { Case } from '../../../engine/replay.ts';

type Reads = Case['reads'];

/** The same case with each answer changed; failures stay. */
function answered(one: Case, change: (body: unknown) => unknown): Case {
  const reads = Object.entries(one.reads).map(([key, read]) => [
    key,
    'body' in read ? { ...read, body: listsIn(read.body, change) } : read,
  ]);
  return { ...one, reads: Object.fromEntries(reads) as Reads };
}

/** Series and samples are lists, and so are the items of a list of objects; lists inside of an object keep their order. */
function listsIn(body: unknown, change: (list: unknown) => unknown): unknown {
  if (Array.isArray(body)) return change(body);
  if (body === null || typeof body !== 'object') return body;
  const listed = ['items', 'rows'].filter((key) => key in body && Array.isArray(body[key as keyof typeof body]));
  const changed = listed.map((key) => [key, change(body[key as keyof typeof body])]);
  return { ...body, ...Object.fromEntries(changed) };
}

export function shuffled(one: Case, random: () => number): Case {
  return answered(one, (list) =>
    (list as unknown[])
      .map((item) => [random(), item] as const)
      .sort(([a], [b]) => a - b)
      .map(([, item]) => item),
  );
}

export function reversed(one: Case): Case {
  return answered(one, (list) => (list as unknown[]).toReversed());
}

/** Everything in every list twice, as a server behind a load balancer or a Prometheus pair may answer. */
export function doubled(one: Case): Case {
  return answered(one, (list) => (list as unknown[]).flatMap((item) => [item, item]));
}

/**
 * All that the case was told, also when the alert began, is so much older; its own time stays: the times inside of objects, events and lines of logs
 * lie further back, and so do the points of a range. The clock of the API server goes on, and leases are renewed: that one
 * was not would be another world, in which its holder is silent.
 */
export function aged(one: Case, seconds: number): Case {
  const older = (time: Date) => new Date(time.getTime() - seconds * 1000);
  const year = new Date(one.now).getUTCFullYear();
  const reads = Object.entries(one.reads).map(([key, read]) => {
    const isLive = key.startsWith('probe ') || /^(get|list) Lease\b/.test(key);
    return [key, 'body' in read && !isLive ? { ...read, body: timesIn(read.body, older, year) } : read];
  });
  const since = one.since === undefined ? {} : { since: older(new Date(one.since)).toISOString() };
  return { ...one, ...since, reads: Object.fromEntries(reads) as Reads };
}

/** RFC 3339, to the nanosecond; and klog, which knows no year: `E1121 02:53:20.103111`. */
const RFC_3339 = /\b(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(\.\d+)?Z/g;
const KLOG = /\b([IWEF])(\d\d)(\d\d) (\d\d:\d\d:\d\d)(?=\.\d)/g;

function timesIn(body: unknown, older: (time: Date) => Date, year: number): unknown {
  if (typeof body === 'string') {
    return body
      .replace(
        RFC_3339,
        (_, time: string, rest = '') =>
          `${older(new Date(`${time}Z`))
            .toISOString()
            .slice(0, 19)}${rest}Z`,
      )
      .replace(KLOG, (_, level: string, month: string, day: string, time: string) => {
        const at = older(new Date(`${year}-${month}-${day}T${time}Z`)).toISOString();
        return `${level}${at.slice(5, 7)}${at.slice(8, 10)} ${at.slice(11, 19)}`;
      });
  }
  if (Array.isArray(body)) return body.map((inner) => timesIn(inner, older, year));
  if (body === null || typeof body !== 'object') return body;
  return Object.fromEntries(Object.entries(body).map(([key, value]) => [key, timesIn(value, older, year)]));
}

/** One case for each read that was answered, in which that one fails. */
export function withOneFailing(one: Case): readonly { readonly key: string; readonly without: Case }[] {
  return Object.entries(one.reads).flatMap(([key, read]) => {
    if (!('body' in read)) return [];
    const failure = { kind: 'timed-out', message: 'no answer within 5000 ms' } as const;
    return [{ key, without: { ...one, reads: { ...one.reads, [key]: { failure } } } }];
  });
}
