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

/** The samples of instant queries are so many seconds old. Those of a range carry the time they were asked for. */
export function aged(one: Case, seconds: number): Case {
  const older = (at: string) => new Date(Date.parse(at) - seconds * 1000).toISOString();
  const reads = Object.entries(one.reads).map(([key, read]) => [
    key,
    key.startsWith('query ') && 'body' in read ? { ...read, body: timesIn(read.body, older) } : read,
  ]);
  return { ...one, reads: Object.fromEntries(reads) as Reads };
}

function timesIn(body: unknown, change: (at: string) => string): unknown {
  if (Array.isArray(body)) return body.map((inner) => timesIn(inner, change));
  if (body === null || typeof body !== 'object') return body;
  return Object.fromEntries(
    Object.entries(body).map(([key, value]) => [
      key,
      key === 'at' && typeof value === 'string' ? change(value) : timesIn(value, change),
    ]),
  );
}

/** One case for each read that was answered, in which that one fails. */
export function withOneFailing(one: Case): readonly { readonly key: string; readonly without: Case }[] {
  return Object.entries(one.reads).flatMap(([key, read]) => {
    if (!('body' in read)) return [];
    const failure = { kind: 'timed-out', message: 'no answer within 5000 ms' } as const;
    return [{ key, without: { ...one, reads: { ...one.reads, [key]: { failure } } } }];
  });
}
