import { join } from 'node:path';
import { audit, entries } from '../../engine/acting/audit.ts';
import type { Acting } from '../../engine/acting/desk.ts';
import { defaultLimits } from '../../engine/acting/limits.ts';
import { type RemediateMessage, remediateMessage } from '../../engine/acting/messages.ts';
import { offersOf } from '../../engine/acting/offers.ts';
import { planCardOf } from '../../engine/acting/plan-card.ts';
import type { PolicyRule } from '../../engine/acting/policy.ts';
import { announceCard, announceThread } from '../../engine/announce.ts';
import { announcePlan } from '../../engine/announce-plan.ts';
import { nodeDirectory } from '../../engine/directory.ts';
import type { Incident } from '../../engine/incident.ts';
import { acceptWebhook, arrivalNow, takeApart } from '../../engine/intake.ts';
import { look, recheck } from '../../engine/look.ts';
import { AnnounceMessage, announceMessage, InvestigateMessage } from '../../engine/messages.ts';
import type { Plan } from '../../engine/plan.ts';
import type { Received } from '../../engine/ports.ts';
import type { ReadRequest } from '../../engine/readers.ts';
import { triage } from '../../engine/triage.ts';
import { createMetrics } from '../../functions/metrics.ts';
import { remediateHandler } from '../../functions/remediate.ts';
import { parseWebhook } from '../../infra/alertmanager/webhook.ts';
import { sourceOf } from '../../infra/kubernetes/source.ts';
import { openDatabase } from '../../infra/local/store/open.ts';
import { prometheusFrom } from '../../infra/prometheus/client.ts';
import { render } from '../../infra/slack/render.ts';
import { catalog } from '../../runbooks/catalog.ts';
import { fakeChat } from '../engine/night.ts';
import { stamped } from '../harness/stamped.ts';
import { tempDir } from '../harness/temp.ts';
import { clientsOf } from '../infra/local/practice/clusters.ts';
import { stage } from '../infra/local/practice/practice.ts';

const policy: readonly PolicyRule[] = [
  {
    remedies: ['*'],
    approvers: { users: ['U-LEAD'], userGroups: [] },
    approvals: 1,
    requesterMayApprove: false,
    expiresAfterMinutes: 30,
  },
];
const [CLUSTER, CHANNEL] = ['practice', 'C1'];
/** Time is let pass in steps of the scrape interval; nothing in between is looked at. */
const STEP_SECONDS = 15;

/**
 * A shift on one world of the practice cluster: all of Nightshift with the real clients, and a clock that is moved.
 * `isHidden`: of which queries Prometheus knows nothing.
 */
export async function shiftIn(world: string, isHidden: (request: ReadRequest) => boolean = () => false) {
  const open = new AsyncDisposableStack();
  const on = open.use(await stage({ world }));
  const clock = { now: on.now };
  const folder = open.use(await tempDir('shift'));
  const { store, queue, close } = await openDatabase({ directory: join(folder.path, 'data'), clock });
  open.defer(close);
  const clients = open.use(await clientsOf(on.practice, clock));
  const prometheus = prometheusFrom({ url: on.practice.prometheusUrl, version: 'test', clock });
  open.defer(() => prometheus.close());
  const real = sourceOf({ kubernetes: clients.reader.source, prometheus: prometheus.source });
  const source: typeof real = {
    ...real,
    read: async (request, limits) => {
      const answer = await real.read(request, limits);
      return isHidden(request) ? { ...answer, body: [] } : answer;
    },
  };
  const channel = fakeChat();
  const whispers: string[] = [];
  const acting: Acting = {
    store,
    clock,
    runbooks: catalog,
    clusters: [{ name: CLUSTER, match: {}, source, nodes: nodeDirectory(source, clock) }],
    channel: CHANNEL,
    rules: async () => ({ policy, limits: defaultLimits }),
    people: { person: async (id) => ({ id, name: id, standing: 'member' }), groupMembers: async () => [] },
    chat: {
      showPlan: async () => true,
      whisper: async (_place, _user, text) => {
        whispers.push(text);
      },
    },
    writers: new Map([[CLUSTER, clients.fixer.writer]]),
    newId: () => crypto.randomUUID(),
    offers: (incident) => offersOf(acting, incident),
  };
  const remediate = remediateHandler(acting, createMetrics(queue), on.practice);

  async function handle(message: Received): Promise<void> {
    if (message.queue === 'remediate') {
      return queue.done(message, await remediate(message.body, new AbortController().signal));
    }
    if (message.queue === 'announce') return queue.done(message, await announce(AnnounceMessage.parse(message.body)));
    const body = InvestigateMessage.parse(message.body);
    if (body.type === 'webhook') await takeApart(store, body.webhook);
    if (body.type === 'alert') await triage(acting, body.alert);
    if (body.type === 'look') await look(acting, body.incident, body.wanted);
    if (body.type === 'recheck') await recheck(acting, body.incident, body.rechecks);
    return queue.done(message);
  }

  async function announce(body: AnnounceMessage) {
    if (body.what === 'tell') {
      await acting.chat.whisper({ channel: acting.channel }, body.user, body.text);
      return [];
    }
    if (body.what === 'plan') {
      const plan = (await store.get<Plan>('plans', body.plan))?.value;
      if (plan) await announcePlan(acting, channel.chat, await planCardOf(acting, plan));
      return [];
    }
    if (body.what === 'break-glass') return [];
    if (body.what === 'soon') return [announceMessage(CHANNEL, body.incident)];
    if (body.what === 'thread') await announceThread(acting, channel.chat, body.incident);
    const due = body.what === 'card' && (await announceCard(acting, channel.chat, body.incident)).threadDue;
    return due ? [announceMessage(CHANNEL, body.incident, 'thread')] : [];
  }

  /** Works off everything that is due now. */
  async function settle(): Promise<void> {
    for (;;) {
      const take = { max: 1, leaseMs: 60_000, waitMs: 0 };
      const names = ['investigate', 'remediate', 'announce'] as const;
      const messages = (await Promise.all(names.map((name) => queue.receive(name, take)))).flat();
      if (messages.length === 0) return;
      for (const message of messages) await handle(message);
    }
  }

  const send = async (body: RemediateMessage) => {
    await queue.send([remediateMessage(stamped(body, clock), CLUSTER)]);
    await settle();
  };
  const incident = async (): Promise<Incident> => {
    const [first] = await store.list<Incident>('incidents');
    if (!first) throw new Error('no incident was opened');
    return first.value;
  };
  const planOf = async (remedy: string): Promise<Plan> => {
    const plans = (await store.list<Plan>('plans')).map(({ value }) => value);
    const ofRemedy = plans.filter((plan) => plan.remedy === remedy && plan.undoes === undefined);
    const plan = ofRemedy.toSorted((a, b) => Date.parse(b.at) - Date.parse(a.at))[0];
    if (!plan) throw new Error(`no plan for ${remedy}: ${whispers.join('; ')}`);
    return plan;
  };

  const ask = async (remedy: string): Promise<Plan> => {
    const asker = { by: 'U-ASKER', channel: CHANNEL };
    await send({ type: 'open', incident: (await incident()).id, remedy, view: 'V1', ...asker });
    await send({ type: 'request', plan: (await planOf(remedy)).id, ...asker });
    return planOf(remedy);
  };
  const approve = async (remedy: string): Promise<Plan> => {
    const { id } = await planOf(remedy);
    await send({ type: 'decide', plan: id, button: 'approve', by: 'U-LEAD', channel: CHANNEL });
    return planOf(remedy);
  };

  const parsed = parseWebhook(JSON.stringify(on.practice.alertFor(world)));
  if ('wrong' in parsed) throw new Error(parsed.wrong);
  await acceptWebhook(store, arrivalNow(clock), parsed.webhook);
  await settle();

  return {
    acting,
    on,
    incident,
    plans: async () => (await store.list<Plan>('plans')).map(({ value }) => value),
    decide: (plan: string, button: 'approve' | 'undo', by: string) =>
      send({ type: 'decide', plan, button, by, channel: CHANNEL }),
    planOf,
    whispers,
    cards: channel.cards,
    /** What the incident's card, or the plans in its thread, say in Slack: every text of their blocks, valid ones. */
    reads: (kind: 'card' | 'plan') =>
      channel.posts
        .filter(({ message }) => message.kind === kind)
        .map(({ message }) => textsIn(render(message).blocks).join(''))
        .join('\n'),
    /** The remedies with a button. */
    offered: async () => (await offersOf(acting, await incident())).offered,
    ask,
    approve,
    /** Opened and asked for by one person, approved by another, applied. */
    async apply(remedy: string): Promise<Plan> {
      await ask(remedy);
      return approve(remedy);
    },
    /** Asked for under the plan that was applied, and approved. */
    async undo(remedy: string): Promise<void> {
      const { id } = await planOf(remedy);
      await send({ type: 'decide', plan: id, button: 'undo', by: 'U-ASKER', channel: CHANNEL });
      const undo = (await store.list<Plan>('plans')).find(({ value }) => value.undoes === id)?.value;
      if (!undo) throw new Error(`no plan takes ${remedy} back: ${whispers.join('; ')}`);
      await send({ type: 'decide', plan: undo.id, button: 'approve', by: 'U-LEAD', channel: CHANNEL });
    },
    async doneByHand(manual: string): Promise<void> {
      await send({ type: 'done-by-hand', incident: (await incident()).id, manual, by: 'U-ASKER', channel: CHANNEL });
    },
    /** Lets time pass with all that becomes due in it. */
    async pass(seconds: number): Promise<void> {
      for (let passed = 0; passed < seconds; passed += STEP_SECONDS) {
        on.wait(STEP_SECONDS);
        await settle();
      }
    },
    /** Lets time pass until the verification of that remedy has its verdict, and gives it. */
    async verified(remedy: string) {
      for (let seconds = 0; seconds < 900; seconds += STEP_SECONDS) {
        const { verification } = await planOf(remedy);
        if (verification && verification.verdict !== 'waiting') return { ...verification, seconds };
        on.wait(STEP_SECONDS);
        await settle();
      }
      throw new Error(`${remedy} was never verified: ${whispers.join('; ')}`);
    },
    async ledger() {
      const kinds: string[] = [];
      for await (const { kind } of entries(store)) kinds.push(kind);
      return { kinds, ...(await audit(store)) };
    },
    [Symbol.asyncDispose]: () => open.disposeAsync(),
  };
}

/** Every text that stands in Slack's blocks, in order. */
function textsIn(block: unknown): string[] {
  if (Array.isArray(block)) return block.flatMap(textsIn);
  if (block === null || typeof block !== 'object') return [];
  return Object.entries(block).flatMap(([key, value]) =>
    key === 'text' && typeof value === 'string' ? [value] : textsIn(value),
  );
}
