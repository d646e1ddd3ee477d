import { secondsOf } from '../../evidence/go-duration.ts';
import { type Line, lineOf } from './line.ts';

interface Of<Kind extends string> {
  readonly kind: Kind;
  /** RFC 3339, by the clock of its machine. */
  readonly at?: string | undefined;
}

/**
 * A heartbeat that left late. What etcd prints is by how much it exceeded its limit of twice the interval: the last one
 * had left `gapSeconds` before (etcd, `server/etcdserver/raft.go`, `pkg/contention`).
 */
export interface LateHeartbeat extends Of<'late'> {
  readonly intervalSeconds: number;
  readonly gapSeconds: number;
}
/** A sync of the log that took over a second, or an apply of over 100 ms. */
interface SlowSync extends Of<'sync'> {
  readonly tookSeconds: number;
}
export interface SlowApply extends Of<'apply'> {
  readonly tookSeconds: number;
}
export interface ReadIndex extends Of<'read-index'> {}
/** A message that found its buffer full, or a stream that broke; `peer`: the id of the member at its other end. */
export interface Dropped extends Of<'dropped'> {
  readonly peer?: string | undefined;
}
export interface Lost extends Of<'lost'> {
  readonly peer?: string | undefined;
}
/** A connection to a peer that could not even be made: no packet came back. The kernel answers for a process that hangs. */
export interface Unreached extends Of<'unreached'> {
  readonly address: string;
  readonly error: string;
}
export interface Election extends Of<'election'> {
  readonly term: number;
  readonly leader: string;
  /** Votes it took; etcd told until 3.3. */
  readonly quorum?: number | undefined;
}
export type Entry = LateHeartbeat | SlowSync | SlowApply | ReadIndex | Dropped | Lost | Unreached | Election;

/** Those of one kind, in their order. */
export function ofKind<Kind extends Entry['kind']>(
  entries: readonly Entry[],
  kind: Kind,
): readonly Extract<Entry, { readonly kind: Kind }>[] {
  return entries.filter((entry): entry is Extract<Entry, { readonly kind: Kind }> => entry.kind === kind);
}

const ID = '([0-9a-f]{1,16})';
const exact = (pattern: string) => new RegExp(`^${pattern}$`);
const JUST_ID = exact(ID);

/**
 * The messages of etcd 3.2 to 3.6. Each is anchored: a request may quote any text. zap has what capnslog writes into the
 * sentence as fields beside it, and some sentences are the same in both.
 */
const LATE = exact(
  String.raw`failed to send out heartbeat on time \(exceeded the (\S+) timeout for ([^\s,)]+)(?:, to [0-9a-f]{1,16})?\)`,
);
const SYNC = /^sync duration of (\S+), expected less than 1s$/;
const APPLY =
  /^(?:apply entries took too long \[(\S+) for \d+ entries\]|(?:read-only range )?request .* took too long \((\S+)\) to execute)$/;
const READ_INDEX =
  /^(?:timed out waiting for read index response|waiting for ReadIndex response took too long, retrying$)/;
const DROPPED = new RegExp(`^dropped internal raft message to ${ID} since `);
const LOST = new RegExp(`^lost the TCP streaming connection with peer ${ID} `);
const LEADER = exact(`raft\\.node: ${ID} (?:elected leader|changed leader from ${ID} to) ${ID} at term (\\d{1,15})`);
const QUORUM = new RegExp(`^${ID} \\[quorum:(\\d{1,3})\\] has received \\d+ MsgVoteResp votes`);
/** Of the prober, of a stream, of the monitor of versions. Refused connections are answered, by a machine that is there. */
const DIAL =
  /dial tcp ([\d.]{7,15}|\[[\da-f:]{2,39}\]):\d{1,5}: (?:connect: )?(i\/o timeout|no route to host|network is unreachable|host is unreachable|connection timed out)/;
const UNREACHED =
  /^(?:prober detected unhealthy status$|failed to reach the peer URL$|peer became inactive \(message send to peer failed\)$|health check for peer [0-9a-f]+ could not connect: |failed to dial [0-9a-f]+ on stream )/;

/** All that is known of it, in the order it was written. */
export function entriesIn(log: string): readonly Entry[] {
  let quorum: number | undefined;
  return log.split('\n').flatMap((written): readonly Entry[] => {
    const line = lineOf(written.trimEnd());
    if (line === undefined) return [];
    quorum = numberIn(QUORUM.exec(line.text)?.[2]) ?? quorum;
    const entry = entryOf(line);
    if (entry?.kind !== 'election') return entry ? [entry] : [];
    const election = quorum === undefined ? entry : { ...entry, quorum };
    quorum = undefined;
    return [election];
  });
}

/** What a line tells; `undefined`: nothing that is looked for, or a figure that cannot be read. */
function entryOf(line: Line): Entry | undefined {
  const { at, text, fields } = line;
  return (
    lateOf(line) ??
    slowOf(line) ??
    (READ_INDEX.test(text) ? { kind: 'read-index', at } : undefined) ??
    linkOf(line) ??
    unreachedOf(at, text, fields.error ?? text) ??
    electionOf(line)
  );
}

function lateOf({ at, text, fields }: Line): LateHeartbeat | undefined {
  const isZap = text.startsWith('leader failed to send out heartbeat on time; took too long');
  const [interval, excess] = isZap
    ? [fields['heartbeat-interval'], fields['exceeded-duration']]
    : (LATE.exec(text)?.slice(1) ?? []);
  const [intervalSeconds, excessSeconds] = [secondsOf(interval ?? ''), secondsOf(excess ?? '')];
  if (intervalSeconds === undefined || excessSeconds === undefined) return undefined;
  return { kind: 'late', at, intervalSeconds, gapSeconds: excessSeconds + 2 * intervalSeconds };
}

function slowOf({ at, text, fields }: Line): SlowSync | SlowApply | undefined {
  const took = (kind: 'sync' | 'apply', duration = '') => {
    const tookSeconds = secondsOf(duration);
    return tookSeconds === undefined ? undefined : { kind, at, tookSeconds };
  };
  if (text === 'slow fdatasync') return took('sync', fields.took);
  if (text === 'apply request took too long') return took('apply', fields.took);
  const [, ofEntries, ofRequest] = APPLY.exec(text) ?? [];
  return took('sync', SYNC.exec(text)?.[1]) ?? took('apply', ofEntries ?? ofRequest);
}

function linkOf({ at, text, fields }: Line): Dropped | Lost | undefined {
  const peer = idIn(fields['remote-peer-id']);
  if (text.startsWith('dropped internal Raft message since sending buffer is full'))
    return { kind: 'dropped', at, peer };
  // A stream that is given up on purpose: the member was removed, or this one ends.
  if (fields.error === 'context canceled') return undefined;
  if (text === 'lost TCP streaming connection with remote peer') return { kind: 'lost', at, peer };
  const [dropped, lost] = [DROPPED.exec(text)?.[1], LOST.exec(text)?.[1]];
  if (dropped !== undefined) return { kind: 'dropped', at, peer: dropped };
  return lost === undefined ? undefined : { kind: 'lost', at, peer: lost };
}

function unreachedOf(at: string | undefined, text: string, said: string): Unreached | undefined {
  const [, address, error] = (UNREACHED.test(text) ? DIAL.exec(said) : null) ?? [];
  if (address === undefined || error === undefined) return undefined;
  return { kind: 'unreached', at, address: address.replace(/^\[|\]$/g, ''), error };
}

function electionOf({ at, text }: Line): Election | undefined {
  const [, , , leader, term] = LEADER.exec(text) ?? [];
  return leader === undefined ? undefined : { kind: 'election', at, term: Number(term), leader };
}

function idIn(text: string | undefined): string | undefined {
  return text !== undefined && JUST_ID.test(text) ? text : undefined;
}

function numberIn(digits: string | undefined): number | undefined {
  return digits === undefined ? undefined : Number(digits);
}
