import { DatabaseSync, type SQLOutputValue } from 'node:sqlite';
import type { Message, Thread } from './message.ts';

export interface Range {
  /** Only messages older than this; with `inclusive` also the one at it. */
  readonly latest?: string;
  readonly oldest?: string;
  readonly inclusive?: boolean;
  readonly limit: number;
}

/** The messages of the workspace in a SQLite file. Synchronous: a console has one reader and writes little. */
export interface Messages {
  insert(message: Message): void;
  replace(message: Message): void;
  delete(channel: string, ts: string): void;
  get(channel: string, ts: string): Message | undefined;
  /** What the channel itself shows, newest first. */
  history(channel: string, range: Range): readonly Message[];
  /** The replies of one thread without its parent, oldest first. */
  replies(channel: string, threadTs: string, range: Range): readonly Message[];
  thread(channel: string, ts: string): Thread | undefined;
  /** The newest ts ever stored. */
  latestTs(): string | undefined;
  close(): void;
}

const schema = `
  create table if not exists message (
    channel text not null,
    ts text not null,
    thread_ts text,
    in_channel integer not null,
    document text not null,
    primary key (channel, ts)
  ) strict, without rowid;
  create index if not exists message_thread on message (channel, thread_ts, ts) where thread_ts is not null;
`;

type Row = Record<string, SQLOutputValue>;
const parse = (row: Row): Message => JSON.parse(String(row.document));

/** Bounds that compare as text: every ts has the same number of digits. */
function bounds({ latest, oldest, inclusive }: Range): { above: string; below: string; edge: number } {
  return { above: oldest ?? '', below: latest ?? '~', edge: inclusive ? 1 : 0 };
}
const within = '(ts > :above or (:edge and ts = :above)) and (ts < :below or (:edge and ts = :below))';

/** A message and its thread, after the last word in them or the last edit: much longer than an incident stands still. */
const KEPT_DAYS = 90;
const writtenAt = (message: string) => `coalesce(${message}.document ->> 'editedTs', ${message}.ts)`;

/** `1764000000.000100` → the ts so many days before; as many digits, so that they compare as text. */
function daysBefore(ts: string, days: number): string {
  return `${Number(ts.split('.')[0]) - days * 86_400}.000000`;
}

export function openMessages(file: string): Messages {
  const database = new DatabaseSync(file);
  database.exec('pragma journal_mode = wal; pragma synchronous = normal; pragma busy_timeout = 2000;');
  database.exec(schema);
  const put = database.prepare(
    'insert or replace into message (channel, ts, thread_ts, in_channel, document) values (?, ?, ?, ?, ?)',
  );
  const forget = database.prepare(
    `delete from message where channel = :channel and ts < :before and ${writtenAt('message')} < :before
     and not exists (
       select 1 from message as other where other.channel = :channel and ${writtenAt('other')} >= :before
       and (other.ts = message.thread_ts or other.thread_ts = message.ts or other.thread_ts = message.thread_ts)
     )`,
  );
  const get = database.prepare('select document from message where channel = ? and ts = ?');
  const remove = database.prepare('delete from message where channel = ? and ts = ?');
  const history = database.prepare(
    `select document from message where channel = :channel and in_channel and ${within} order by ts desc limit :limit`,
  );
  const replies = database.prepare(
    `select document from message where channel = :channel and thread_ts = :thread and ${within} order by ts limit :limit`,
  );
  const thread = database.prepare(
    `select count(*) as count, max(ts) as latest, json_group_array(distinct document ->> 'user') as users
     from message where channel = ? and thread_ts = ?`,
  );
  const latest = database.prepare('select max(ts) as ts from message');

  const write = (message: Message) => {
    const inChannel = message.threadTs === undefined || message.broadcast ? 1 : 0;
    put.run(message.channel, message.ts, message.threadTs ?? null, inChannel, JSON.stringify(message));
  };
  return {
    insert(message) {
      write(message);
      forget.run({ channel: message.channel, before: daysBefore(message.ts, KEPT_DAYS) });
    },
    replace: write,
    delete: (channel, ts) => void remove.run(channel, ts),
    get(channel, ts) {
      const row = get.get(channel, ts);
      return row && parse(row);
    },
    history: (channel, range) => history.all({ channel, limit: range.limit, ...bounds(range) }).map(parse),
    replies: (channel, parent, range) =>
      replies.all({ channel, thread: parent, limit: range.limit, ...bounds(range) }).map(parse),
    thread(channel, ts) {
      const row = thread.get(channel, ts);
      if (!row?.latest) return undefined;
      return { count: Number(row.count), latest: String(row.latest), users: JSON.parse(String(row.users)) };
    },
    latestTs() {
      const ts = latest.get()?.ts;
      return ts ? String(ts) : undefined;
    },
    close: () => database.close(),
  };
}
