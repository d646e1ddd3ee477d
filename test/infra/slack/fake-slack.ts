import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** As little of Slack's Web API as a `Chat` needs, on loopback, with every way it can go wrong. */
export interface FakeMessage {
  readonly ts: string;
  readonly text: string;
  readonly blocks: string;
  readonly metadata: unknown;
  readonly thread_ts?: string;
}

export type Fault =
  /** Answered instead of doing anything. */
  | { readonly answer: unknown; readonly status?: number; readonly headers?: Readonly<Record<string, string>> }
  /** The connection ends without an answer, after the call was done or before. */
  | { readonly drop: 'done' | 'not done' }
  /** Headers and half a body, then the end. */
  | { readonly truncate: true }
  /** Done, and never answered. */
  | { readonly hang: true };

export interface FakeSlack {
  readonly apiUrl: string;
  readonly token: string;
  readonly channel: string;
  readonly team: string;
  readonly messages: FakeMessage[];
  /** What one member alone is shown. */
  readonly whispers: { readonly user: string; readonly text: string; readonly thread?: string }[];
  /** Open windows by id: the view as JSON. */
  readonly views: Map<string, string>;
  readonly users: Map<string, Record<string, unknown>>;
  readonly userGroups: Map<string, readonly string[]>;
  readonly calls: { readonly method: string; readonly args: Readonly<Record<string, string>> }[];
  /** A message by somebody else, now. */
  say(text: string): void;
  /** For the next call of this method. */
  failNext(method: string, fault: Fault): void;
  close(): Promise<void>;
}

const PAGE = 200;

export async function startFakeSlack(): Promise<FakeSlack> {
  const token = 'xoxb-fake';
  const channel = 'C0FAKE';
  const team = 'T0OURS';
  const messages: FakeMessage[] = [];
  const whispers: FakeSlack['whispers'] = [];
  const views = new Map<string, string>();
  const users = new Map<string, Record<string, unknown>>([['U1', { id: 'U1', team_id: team }]]);
  const userGroups = new Map<string, readonly string[]>();
  const calls: FakeSlack['calls'][number][] = [];
  const faults: { method: string; fault: Fault }[] = [];
  let clock = Date.now() * 1_000;

  const nextTs = (): string => {
    clock += 1_000;
    return `${Math.floor(clock / 1e6)}.${String(clock % 1e6).padStart(6, '0')}`;
  };

  const methods: Record<string, (args: Record<string, string>) => Record<string, unknown>> = {
    'auth.test': () => ({ ok: true, team_id: team, user_id: 'U0BOT', bot_id: 'B0BOT' }),
    'chat.postMessage': (args) => {
      if (args.channel !== channel) return { ok: false, error: 'channel_not_found' };
      const ts = nextTs();
      messages.push({ ts, ...contentOf(args), ...(args.thread_ts ? { thread_ts: args.thread_ts } : {}) });
      return { ok: true, channel, ts };
    },
    'chat.update': (args) => {
      const index = messages.findIndex(({ ts }) => ts === args.ts);
      const before = messages[index];
      if (!before) return { ok: false, error: 'message_not_found' };
      messages[index] = { ...before, ...contentOf(args) };
      return { ok: true, channel, ts: before.ts };
    },
    'chat.postEphemeral': (args) => {
      if (!users.has(args.user ?? '')) return { ok: false, error: 'user_not_in_channel' };
      const thread = args.thread_ts ? { thread: args.thread_ts } : {};
      whispers.push({ user: args.user ?? '', text: `${args.text} ${args.blocks}`, ...thread });
      return { ok: true, message_ts: nextTs() };
    },
    'views.open': ({ trigger_id, view = '' }) => {
      if (trigger_id !== 'trigger') return { ok: false, error: 'expired_trigger_id' };
      const id = `V${views.size + 1}`;
      views.set(id, view);
      return { ok: true, view: { id } };
    },
    'views.update': ({ view_id = '', view = '' }) => {
      if (!views.has(view_id)) return { ok: false, error: 'not_found' };
      views.set(view_id, view);
      return { ok: true, view: { id: view_id } };
    },
    'users.info': ({ user = '' }) => {
      const found = users.get(user);
      return found ? { ok: true, user: found } : { ok: false, error: 'user_not_found' };
    },
    'usergroups.users.list': ({ usergroup = '' }) => {
      const members = userGroups.get(usergroup);
      return members ? { ok: true, users: members } : { ok: false, error: 'no_such_subteam' };
    },
    'conversations.history': (args) => paged(messages.filter(({ thread_ts }) => !thread_ts).toReversed(), args),
    'conversations.replies': (args) => {
      if (!messages.some(({ ts }) => ts === args.ts)) return { ok: false, error: 'thread_not_found' };
      return paged(
        messages.filter(({ ts, thread_ts }) => ts === args.ts || thread_ts === args.ts),
        args,
      );
    },
  };

  const server = createServer((request, response) => {
    void serve(request, response);
  });

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const method = (request.url ?? '').replace('/api/', '');
    const args = Object.fromEntries(new URLSearchParams(await bodyOf(request)));
    calls.push({ method, args });
    const index = faults.findIndex((planned) => planned.method === method);
    const fault = index < 0 ? undefined : faults.splice(index, 1)[0]?.fault;
    if (fault && 'answer' in fault) {
      const body = typeof fault.answer === 'string' ? fault.answer : JSON.stringify(fault.answer);
      response.writeHead(fault.status ?? 200, { 'content-type': 'application/json', ...fault.headers }).end(body);
      return;
    }
    if (fault && 'drop' in fault && fault.drop === 'not done') {
      request.socket.destroy();
      return;
    }
    const known = methods[method];
    const authorized = request.headers.authorization === `Bearer ${token}`;
    const answer = !authorized
      ? { ok: false, error: 'invalid_auth' }
      : known
        ? known(args)
        : { ok: false, error: 'unknown_method' };
    if (fault && 'hang' in fault) return;
    if (fault && 'drop' in fault) {
      request.socket.destroy();
      return;
    }
    if (fault) {
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': '1000' });
      response.write('{"ok":', () => request.socket.end());
      return;
    }
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
  }

  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const { port } = server.address() as AddressInfo;
  return {
    apiUrl: `http://127.0.0.1:${port}/api/`,
    token,
    channel,
    team,
    messages,
    whispers,
    views,
    users,
    userGroups,
    calls,
    say(text) {
      messages.push({ ts: nextTs(), text, blocks: '[]', metadata: undefined });
    },
    failNext(method, fault) {
      faults.push({ method, fault });
    },
    async close() {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    },
  };
}

function contentOf({ text = '', blocks = '[]', metadata = '{}' }: Record<string, string>) {
  return { text, blocks, metadata: JSON.parse(metadata) as unknown };
}

function paged(all: readonly FakeMessage[], { oldest = '0', cursor = '0', limit }: Record<string, string>) {
  const from = Number(cursor);
  const size = Math.min(PAGE, Number(limit));
  const inTime = all.filter(({ ts }) => Number(ts) >= Number(oldest));
  const rest = inTime.length > from + size ? { response_metadata: { next_cursor: String(from + size) } } : {};
  return { ok: true, messages: inTime.slice(from, from + size), ...rest };
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}
