import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { entries } from '../../../engine/acting/audit.ts';
import type { Acting, Rules } from '../../../engine/acting/desk.ts';
import type { Entry } from '../../../engine/acting/ledger.ts';
import { defaultLimits } from '../../../engine/acting/limits.ts';
import { type RemediateMessage, remediateMessage } from '../../../engine/acting/messages.ts';
import { offersOf } from '../../../engine/acting/offers.ts';
import { planCardOf } from '../../../engine/acting/plan-card.ts';
import type { PolicyRule } from '../../../engine/acting/policy.ts';
import { announceCard, announceThread } from '../../../engine/announce.ts';
import { announceBreakGlass, announcePlan } from '../../../engine/announce-plan.ts';
import { nodeDirectory } from '../../../engine/directory.ts';
import { TryLater } from '../../../engine/errors.ts';
import type { Incident } from '../../../engine/incident.ts';
import { acceptWebhook, arrivalNow, takeApart } from '../../../engine/intake.ts';
import { look, recheck } from '../../../engine/look.ts';
import { AnnounceMessage, announceMessage, InvestigateMessage } from '../../../engine/messages.ts';
import type { Person } from '../../../engine/people.ts';
import type { Plan } from '../../../engine/plan.ts';
import type { PlanCard } from '../../../engine/plan-card.ts';
import type { Received } from '../../../engine/ports.ts';
import { triage } from '../../../engine/triage.ts';
import { createMetrics } from '../../../functions/metrics.ts';
import { remediateHandler } from '../../../functions/remediate.ts';
import { tick } from '../../../functions/tick.ts';
import { openDatabase } from '../../../infra/local/store/open.ts';
import { stamped } from '../../harness/stamped.ts';
import { fakeChat, nodeAlert, sample } from '../night.ts';
import { smallCluster } from './small-cluster.ts';

export const rule: PolicyRule = {
  remedies: ['cordon'],
  approvers: { users: ['U-LEAD', 'U-SECOND'], userGroups: [] },
  approvals: 1,
  requesterMayApprove: false,
  expiresAfterMinutes: 30,
};

const standings: Record<string, Person['standing']> = {
  'U-GUEST': 'guest',
  'U-GONE': 'deactivated',
  'U-AWAY': 'outsider',
};

/** A worker whose node is in trouble, a channel, a policy, and hands to act with: everything real but the cluster. */
export async function deed(options: { directory?: string } = {}) {
  const directory = options.directory ?? mkdtempSync(join(tmpdir(), 'deed-'));
  let now = new Date('2026-11-21T03:00:00Z');
  let ids = 0;
  const clock = { now: () => now };
  const { store, queue, close } = await openDatabase({ directory, clock });
  const cluster = smallCluster(['worker-1', 'worker-2', 'worker-3', 'worker-4']);
  const channel = fakeChat();
  const whispers: { user: string; text: string }[] = [];
  const views: (PlanCard | { readonly problem: string })[] = [];
  const rules: { policy: PolicyRule[]; limits: Rules['limits'] } = { policy: [rule], limits: defaultLimits };
  const people = { standing: { ...standings }, groups: {} as Record<string, string[]>, away: false };
  const acting: Acting = {
    store,
    clock,
    runbooks: [sample],
    clusters: [{ name: 'prod-eu', match: {}, source: cluster.source, nodes: nodeDirectory(cluster.source, clock) }],
    channel: 'C1',
    rules: async () => rules,
    people: {
      person: async (id) => {
        if (people.away) throw new TryLater('Slack does not answer', 1_000);
        return { id, name: id, standing: people.standing[id] ?? 'member' };
      },
      groupMembers: async (group) => people.groups[group] ?? [],
    },
    chat: {
      showPlan: async (_view, content) => {
        views.push(content);
        return true;
      },
      whisper: async (_place, user, text) => {
        whispers.push({ user, text });
      },
    },
    writers: new Map([['prod-eu', cluster.writer]]),
    newId: () => {
      ids += 1;
      return `plan-${ids}`;
    },
    offers: (incident) => offersOf(acting, incident),
  };
  const metrics = createMetrics(queue);
  const remediate = remediateHandler(acting, metrics);

  async function handle(message: Received): Promise<void> {
    try {
      if (message.queue === 'remediate')
        return await queue.done(message, await remediate(message.body, new AbortController().signal));
      if (message.queue === 'investigate') {
        const body = InvestigateMessage.parse(message.body);
        if (body.type === 'webhook') await takeApart(store, body.webhook);
        if (body.type === 'alert') await triage(acting, body.alert);
        if (body.type === 'look') await look(acting, body.incident, body.wanted);
        if (body.type === 'recheck') await recheck(acting, body.incident, body.rechecks);
        return await queue.done(message);
      }
      await queue.done(message, await announce(AnnounceMessage.parse(message.body)));
    } catch (failure) {
      if (!(failure instanceof TryLater)) throw failure;
      await queue.retry(message, { delayMs: failure.retryAfterMs, reason: failure.message, countsAsAttempt: false });
    }
  }

  async function announce(body: AnnounceMessage) {
    if (body.what === 'tell') {
      await acting.chat.whisper({ channel: acting.channel }, body.user, body.text);
      return [];
    }
    if (body.what === 'plan') {
      const plan = await planOf(body.plan);
      if (plan) await announcePlan(acting, channel.chat, await planCardOf(acting, plan));
      return [];
    }
    if (body.what === 'break-glass') {
      const plan = await planOf(body.plan);
      if (plan) await announceBreakGlass(acting, channel.chat, await planCardOf(acting, plan));
      return [];
    }
    if (body.what === 'soon') return [announceMessage('C1', body.incident)];
    if (body.what === 'thread') await announceThread(acting, channel.chat, body.incident);
    const due = body.what === 'card' && (await announceCard(acting, channel.chat, body.incident)).threadDue;
    return due ? [announceMessage('C1', body.incident, 'thread')] : [];
  }

  /** Works off everything that is due now. */
  async function settle(): Promise<void> {
    const take = { max: 1, leaseMs: 60_000, waitMs: 0 };
    for (;;) {
      const names = ['investigate', 'remediate', 'announce'] as const;
      const messages = (await Promise.all(names.map((name) => queue.receive(name, take)))).flat();
      if (messages.length === 0) return;
      for (const message of messages) await handle(message);
    }
  }

  const planOf = async (id: string) => (await store.get<Plan>('plans', id))?.value;
  const send = async (body: RemediateMessage) => {
    await queue.send([remediateMessage(stamped(body, acting.clock), 'prod-eu')]);
    await settle();
  };
  const by = (user: string) => ({ by: user, channel: 'C1' });

  return {
    acting,
    queue,
    cluster,
    channel,
    whispers,
    views,
    rules,
    people,
    settle,
    handle,
    /** What a process does that ends before the message is done. */
    work: (body: unknown) => remediate(body, new AbortController().signal),
    send,
    /** What one person is told is told, and nothing else is worked off. */
    told: async () => {
      for (;;) {
        const messages = await queue.receive('announce', { max: 10, leaseMs: 60_000, waitMs: 0 });
        if (messages.length === 0) return;
        for (const message of messages) await handle(message);
      }
    },
    /** Time passes, and at its end the tick comes by. */
    pass: async (seconds: number) => {
      now = new Date(now.getTime() + seconds * 1000);
      await settle();
      await tick(acting, queue);
      await settle();
    },
    /** The plan's message in the thread, as it stands there now. */
    message: (id: string): PlanCard => {
      const found = channel.posts.find(({ key }) => key.includes(`/plan/${id}`))?.message;
      if (found?.kind !== 'plan') throw new Error(`plan ${id} has no message`);
      return found.card;
    },
    plan: planOf,
    state: async (id: string) => (await planOf(id))?.state,
    incident: async () => (await store.list<Incident>('incidents'))[0]?.value as Incident,
    async ledger() {
      const told: Pick<Entry, 'kind' | 'by' | 'details'>[] = [];
      for await (const { kind, by: who, details } of entries(store))
        told.push({ kind, ...(who ? { by: who } : {}), ...(details ? { details } : {}) });
      return told;
    },
    /** worker-1 is in trouble, its alert came in, its card stands in the channel. */
    async trouble(): Promise<Incident> {
      cluster.setReady('worker-1', false);
      await acceptWebhook(store, arrivalNow(clock), { alerts: [nodeAlert('worker-1')] });
      await settle();
      return this.incident();
    },
    /** A plan that somebody opened and asked for. */
    async requested(user = 'U-ASKER'): Promise<string> {
      const { id } = await this.incident();
      await send({ type: 'open', incident: id, remedy: 'cordon', view: 'V1', ...by(user) });
      const plan = `plan-${ids}`;
      await send({ type: 'request', plan, ...by(user) });
      return plan;
    },
    press: (plan: string, button: Extract<RemediateMessage, { type: 'decide' }>['button'], user: string) =>
      send({ type: 'decide', plan, button, ...by(user) }),
    async [Symbol.asyncDispose]() {
      await close();
      if (!options.directory) rmSync(directory, { recursive: true, force: true });
    },
  };
}
