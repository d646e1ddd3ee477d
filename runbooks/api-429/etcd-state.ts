import { duration } from '../evidence/node-words.ts';
import { hangs, refusalsOf } from './facts.ts';
import { limits } from './limits.ts';
import type { Maybe, Operation, Seen } from './seen.ts';
import { few, percent } from './words.ts';

export interface EtcdState {
  readonly state: 'bad' | 'good' | 'unclear';
  readonly words: string;
}

/**
 * Whether etcd serves the API server well. Latencies alone cannot say so: a request that never ends is not among them.
 * Therefore the API server's own check (a read that gives up after 2 s), or members that answer, stand beside them.
 */
export function etcdOf({ etcd }: Pick<Seen, 'etcd'>, maybe: Maybe): EtcdState {
  const { readyz, members = [], answers } = maybe;
  const bad = etcdTrouble({ etcd, ...(readyz && { readyz }), ...(answers && { answers }), members });
  if (bad !== undefined) return { state: 'bad', words: bad };
  const tried = etcd.filter(isTried);
  const dark = etcd.find((row) => row.requests === undefined || (isTried(row) && row.mean === undefined));
  if (dark) return { state: 'unclear', words: `how long etcd takes for ${dark.operation} is not counted` };
  const judged = tried.filter((row) => !(isList(row) && (isAsEver(row, row.mean) || isQuick(maybe))));
  const slowest = judged.toSorted((a, b) => (b.mean ?? 0) - (a.mean ?? 0))[0];
  if (slowest?.mean === undefined) return { state: 'unclear', words: 'hardly anything was asked of etcd' };
  const words = `etcd answers ${slowest.operation} in ${duration(slowest.mean)} on average${listWords(tried, judged)}`;
  if (slowest.mean >= limits.etcdGoodSeconds) {
    const others = judged.some(({ mean = 0 }) => mean < limits.etcdGoodSeconds) ? ', and others sooner' : '';
    return { state: 'unclear', words: `${words}${others} (good: under 100 ms)` };
  }
  if (errorsAt({ etcd, ...(answers && { answers }) }) !== 'few') {
    const failing = tried.filter(fails);
    const doubt =
      failing.length === 0
        ? 'whether that fails is not counted'
        : `${failWords(failing)}: who gives up waiting is counted there too`;
    return { state: 'unclear', words: `${words}, but ${doubt}` };
  }
  const answering = members.length > 0 && members.every(({ up }) => up === 1);
  if (readyz?.etcd === true || answering) return { state: 'good', words };
  return { state: 'unclear', words: `${words}, but whether all requests end could not be seen` };
}

/** What is wrong with etcd as the API server meets it, from whatever could be seen. */
export function etcdTrouble(maybe: Maybe): string | undefined {
  const words = [
    ...(maybe.readyz?.etcd === false ? ["the API server's etcd check fails (it waits 2 s)"] : []),
    ...(isSlow(maybe)
      ? [
          `etcd takes ${few(slowOf(maybe), ({ operation, mean = 0 }) => `${duration(mean)} for ${operation}`, 3)} on average (limit 250 ms)`,
        ]
      : []),
    ...(errorsAt(maybe) === 'many' ? [failWords((maybe.etcd ?? []).filter((row) => isTried(row) && fails(row)))] : []),
  ];
  return words.length === 0 ? undefined : words.join('; ');
}

/**
 * One slow operation is no slow etcd: a list takes as long as what it reads is large, and a get may be of one large object.
 * Whatever holds etcd up shows in all that is asked, or in all that is written: each write waits for the disk and for the
 * other members. Where etcd shows it itself, one write is enough.
 */
function isSlow(maybe: Maybe): boolean {
  const asked = (maybe.etcd ?? []).filter(isAsked);
  const slow = slowOf(maybe);
  const writes = asked.filter(isWrite);
  const isAll = slow.length === asked.length && slow.some((row) => !isList(row));
  const isEveryWrite = writes.length > 0 && writes.every((row) => slow.includes(row));
  return isAll || isEveryWrite || (isSlowItself(maybe) && slow.some(isWrite));
}

function slowOf({ etcd = [] }: Maybe): readonly Operation[] {
  return etcd.filter((row) => isTried(row) && (row.mean ?? 0) > limits.etcdSlowSeconds);
}

/**
 * Many: all that is asked, or written, fails too often, and clients are answered 5xx for it. Errors of one operation are no
 * proof: whoever gives up waiting, or reads on in a list that was compacted meanwhile, is counted there too. They do not come
 * of a lack of CPU on the API server's side either. Few: none is over the limit, or so few answers are 5xx that not even of all
 * writes as many failed.
 */
export function errorsAt({ etcd = [], answers = [] }: Pick<Maybe, 'etcd' | 'answers'>): 'many' | 'few' | 'unclear' {
  const { broken } = refusalsOf(answers);
  const answered = broken === undefined ? undefined : broken * REQUESTS_SECONDS;
  const asked = etcd.filter(isAsked);
  const writes = asked.filter(isWrite);
  const sum = (rows: readonly Operation[], of: (row: Operation) => number) =>
    rows.reduce((all, row) => all + of(row), 0);
  const failed = sum(asked, ({ requests = 0, errors = 0 }) => requests * errors);
  const areMost = [asked, writes].some((rows) => rows.length > 0 && rows.every(fails));
  const isCounted = asked.every(({ requests, errors }) => requests !== undefined && errors !== undefined);
  if (areMost && isCounted && answered !== undefined && answered >= limits.mostShare * failed) return 'many';
  if (asked.every((row) => row.errors !== undefined && !fails(row))) return 'few';
  const asMany = limits.etcdErrorShare * sum(writes.length > 0 ? writes : asked, ({ requests = 0 }) => requests);
  return answered !== undefined && answered <= asMany ? 'few' : 'unclear';
}

/** `requests` are those of five minutes, other rates are by the second. */
const REQUESTS_SECONDS = 300;

function fails({ errors = 0 }: Operation): boolean {
  return errors > limits.etcdErrorShare;
}

function failWords(failing: readonly Operation[]): string {
  return `${few(failing, ({ operation, errors = 0 }) => `${percent(errors)} of ${operation}`, 3)} fail at etcd`;
}

export function isTried({ requests = 0 }: Operation): boolean {
  return requests >= limits.etcdRequestsEnough;
}

/** Often enough to tell, as far as is known: what is not counted may be the one that is quick. */
function isAsked({ requests = Number.POSITIVE_INFINITY }: Operation): boolean {
  return requests >= limits.etcdRequestsEnough;
}

/** `create`, `update`, `delete` (kubernetes/apiserver, storage/etcd3/store.go). */
function isWrite({ operation = '' }: Operation): boolean {
  return /^(create|update|delete)$/.test(operation);
}

/** `list`, in older servers also `listWithCount`; `count` of a prefix. */
export function isList({ operation = '' }: Operation): boolean {
  return /^(list|count)/i.test(operation);
}

/** No longer than at this hour yesterday: that is how large it is. */
export function isAsEver({ usual }: Operation, seconds: number | undefined): boolean {
  return usual !== undefined && seconds !== undefined && seconds < limits.etcdGrowth * usual;
}

function listWords(tried: readonly Operation[], judged: readonly Operation[]): string {
  const large = tried.filter((row) => !judged.includes(row) && (row.mean ?? 0) >= limits.etcdGoodSeconds);
  return large.length === 0
    ? ''
    : ` (${few(large, ({ operation, mean = 0 }) => `${operation} in ${duration(mean)}`, 3)}, which is how much it reads)`;
}

/** By its own metrics: a member whose scrape hangs, or that syncs its WAL slowly. A refused scrape tells of the scrape. */
export function isSlowItself({ members = [] }: Maybe): boolean {
  return members.some((member) => hangs(member) || (member.fsyncP99 ?? 0) >= limits.fsyncGoodSeconds);
}

/** By its own metrics: every member answers, and its WAL is synced in time. */
export function isQuick({ members = [] }: Maybe): boolean {
  return (
    members.length > 0 && members.every(({ up, fsyncP99 }) => up === 1 && (fsyncP99 ?? 1) < limits.fsyncGoodSeconds)
  );
}
