import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as z from 'zod';
import type { Alert } from '../../engine/alert.ts';
import { announceCard, announceThread } from '../../engine/announce.ts';
import { nodeDirectory } from '../../engine/directory.ts';
import { ReadFailure, TryLater } from '../../engine/errors.ts';
import type { Incident } from '../../engine/incident.ts';
import { acceptWebhook, arrivalNow } from '../../engine/intake.ts';
import { look, recheck } from '../../engine/look.ts';
import { AnnounceMessage, announceMessage, InvestigateMessage } from '../../engine/messages.ts';
import type { Chat, Message, MessageRef } from '../../engine/ports.ts';
import type { ReadRequest, Source } from '../../engine/readers.ts';
import { openWebhook } from '../../engine/records.ts';
import { requestKey } from '../../engine/request.ts';
import { type AnyRunbook, anyRunbook, defineRunbook } from '../../engine/runbook.ts';
import { NodeTarget } from '../../engine/target.ts';
import { type Desk, triage } from '../../engine/triage.ts';
import { confirmed, ruledOut } from '../../engine/verdict.ts';
import { openDatabase } from '../../infra/local/store/open.ts';
import { render } from '../../infra/slack/render.ts';
import { validateMessage } from '../../infra/slack/validate.ts';

/** A runbook small enough to see through: a node is well while its `ready` is true. */
export const sample: AnyRunbook = anyRunbook(
  defineRunbook({
    id: 'sample',
    title: 'Node is unwell',
    alerts: [
      { name: 'NodeUnwell', family: 'node-object' },
      { name: 'NodeUnwellToo', family: 'node-object' },
      { name: 'ExporterUnwell', family: 'node-exporter' },
    ],
    target: NodeTarget,
    evidence: {
      node: {
        title: 'Node object',
        schema: z.object({ ready: z.boolean() }),
        reads: ['get Node'],
        read: ({ kube }, target) => kube.get('Node', target.name),
        show: ({ ready }) => `ready: ${ready}`,
      },
    },
    causes: {
      stopped: {
        title: 'The kubelet stopped',
        judge: ({ node }) => (node.ready ? ruledOut('the node is ready') : confirmed('ready is false')),
        remedies: ['cordon'],
      },
    },
    remedies: {
      cordon: {
        title: 'Cordon the node',
        risk: 'low',
        verbs: ['cordon'],
        params: z.object({ node: z.string() }),
        propose: (_seen, target) => ({ node: target.name }),
        changes: ({ node }) => [{ verb: 'cordon', node }],
      },
    },
    manual: {},
    recovered: ({ node }) => (node.ready ? confirmed('the node is ready') : ruledOut('the node is not ready')),
  }),
);

/** Slack would refuse it otherwise: every message a test builds must be valid. */
function valid(message: Message): Message {
  const problems = validateMessage({ ...render(message) }, 'post');
  if (problems.length > 0) throw new Error(`Slack would refuse this message: ${JSON.stringify(problems)}`);
  return message;
}

/** The channel as a list, with faults on request. */
export function fakeChat() {
  const posts: { ref: MessageRef; message: Message; key: string; thread?: MessageRef; edits: number }[] = [];
  const faults: ((key: string) => Error | undefined)[] = [];
  const afterwards: ((key: string) => Error | undefined)[] = [];
  const chat: Chat = {
    evidenceParts: () => 1,
    async post({ channel, thread }, message, key) {
      const failure = faults.shift()?.(key);
      if (failure) throw failure;
      const ref = { channel, ts: String(posts.length + 1) };
      posts.push({ ref, message: valid(message), key, edits: 0, ...(thread ? { thread } : {}) });
      const lost = afterwards.shift()?.(key);
      if (lost) throw lost;
      return ref;
    },
    async update(ref, message) {
      const failure = faults.shift()?.('update');
      if (failure) throw failure;
      const post = posts.find((candidate) => candidate.ref.ts === ref.ts);
      if (!post) throw new Error('no such message');
      post.message = valid(message);
      post.edits += 1;
    },
    find: async (_channel, key) => posts.find((post) => post.key === key)?.ref,
    showPlan: async () => true,
    whisper: async () => {},
  };
  const cards = () => posts.flatMap(({ message }) => (message.kind === 'card' ? [message.card] : []));
  return { chat, posts, cards, faults, afterwards };
}

export type Night = Awaited<ReturnType<typeof night>>;

/** A whole night on a real store, with a clock and a cluster the test holds in its hands. */
export async function night(
  options: {
    runbooks?: readonly AnyRunbook[];
    match?: Record<string, string>;
    /** Another channel than the list, made with the night's own clock. */
    channel?: { readonly id: string; readonly chat: (clock: { now(): Date }) => Promise<Chat> };
  } = {},
) {
  const directory = mkdtempSync(join(tmpdir(), 'night-'));
  let now = new Date('2026-11-21T03:00:00Z');
  const clock = { now: () => now };
  const { store, queue, close } = await openDatabase({ directory, clock });
  const answers = new Map<string, unknown>();
  const asked: string[] = [];
  const source: Source = {
    async read(request: ReadRequest) {
      const key = requestKey(request);
      asked.push(key);
      const body = answers.get(key);
      if (body instanceof Error) throw body;
      if (body === undefined) throw new ReadFailure('not-found', `${key}: not found`);
      return { body, bytes: 10, asked: key, asOf: now };
    },
  };
  const desk: Desk = {
    store,
    clock,
    runbooks: options.runbooks ?? [sample],
    clusters: [{ name: 'prod-eu', match: options.match ?? {}, source, nodes: nodeDirectory(source, clock) }],
    channel: options.channel?.id ?? 'C1',
  };
  const channel = fakeChat();
  const chat = (await options.channel?.chat(clock)) ?? channel.chat;

  /** Works off everything that is due, as the workers would. */
  async function settle(): Promise<void> {
    for (;;) {
      const options = { max: 1, leaseMs: 60_000, waitMs: 0 };
      const messages = [
        ...(await queue.receive('investigate', options)),
        ...(await queue.receive('announce', options)),
      ];
      if (messages.length === 0) return;
      for (const message of messages) await handle(message);
    }
  }

  /** At most so many rounds: for a channel that refuses everything at once. */
  async function attend(rounds: number): Promise<void> {
    const options = { max: 1, leaseMs: 60_000, waitMs: 0 };
    for (let round = 0; round < rounds; round += 1) {
      for (const name of ['investigate', 'announce'] as const) {
        for (const message of await queue.receive(name, options)) await handle(message);
      }
    }
  }

  async function handle(message: Awaited<ReturnType<typeof queue.receive>>[number]): Promise<void> {
    if (message.queue === 'investigate') {
      const body = InvestigateMessage.parse(message.body);
      if (body.type === 'webhook') await openWebhook(desk, body.webhook);
      if (body.type === 'alert') await triage(desk, body.alert);
      if (body.type === 'look') await look(desk, body.incident, body.wanted);
      if (body.type === 'recheck') await recheck(desk, body.incident, body.rechecks);
      return queue.done(message);
    }
    const body = AnnounceMessage.parse(message.body);
    if (body.what === 'tell') return queue.done(message);
    const { incident, what } = body;
    try {
      if (what === 'soon') return await queue.done(message, [announceMessage(desk.channel, incident)]);
      if (what === 'thread') await announceThread(desk, chat, incident);
      const due = what === 'card' && (await announceCard(desk, chat, incident)).threadDue;
      await queue.done(message, due ? [announceMessage(desk.channel, incident, 'thread')] : []);
    } catch (failure) {
      const delayMs = failure instanceof TryLater ? failure.retryAfterMs : 0;
      await queue.retry(message, { delayMs, reason: 'failed', countsAsAttempt: false });
    }
  }

  return {
    desk,
    queue,
    channel,
    asked,
    settle,
    attend,
    handle,
    answers,
    node: (name: string, ready: boolean) => answers.set(`get Node ${name}`, { ready }),
    pass: (seconds: number) => {
      now = new Date(now.getTime() + seconds * 1000);
    },
    /** One webhook; resolves when it is stored. */
    send: (...alerts: readonly Alert[]) => acceptWebhook(store, arrivalNow(clock), { alerts }),
    incidents: async () => (await store.list<Incident>('incidents')).map(({ value }) => value),
    async [Symbol.asyncDispose]() {
      await close();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** An alert about a node, as kube-state-metrics labels it: the pod is not what it is about. */
export function nodeAlert(
  node: string,
  change: Partial<Alert> & { name?: string; labels?: Record<string, string> } = {},
): Alert {
  const { name = 'NodeUnwell', labels = {}, ...rest } = change;
  const all = {
    alertname: name,
    node,
    severity: 'warning',
    pod: 'kube-state-metrics-0',
    namespace: 'monitoring',
    ...labels,
  };
  return {
    fingerprint: `${name}-${node}`,
    status: 'firing',
    labels: all,
    annotations: { summary: `${node} is unwell` },
    startsAt: '2026-11-21T02:59:00.000Z',
    ...rest,
  };
}
