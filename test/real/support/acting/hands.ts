import { randomUUID } from 'node:crypto';
import { entries } from '../../../../engine/acting/audit.ts';
import type { Acting, Rules } from '../../../../engine/acting/desk.ts';
import type { Entry } from '../../../../engine/acting/ledger.ts';
import { defaultLimits } from '../../../../engine/acting/limits.ts';
import { type RemediateMessage, remediateMessage } from '../../../../engine/acting/messages.ts';
import { offersOf } from '../../../../engine/acting/offers.ts';
import type { Action } from '../../../../engine/action.ts';
import { nodeDirectory } from '../../../../engine/directory.ts';
import { TryLater } from '../../../../engine/errors.ts';
import type { Incident } from '../../../../engine/incident.ts';
import { acceptWebhook, arrivalNow } from '../../../../engine/intake.ts';
import type { Plan } from '../../../../engine/plan.ts';
import type { PlanCard } from '../../../../engine/plan-card.ts';
import { announceHandler } from '../../../../functions/announce.ts';
import { investigateHandler } from '../../../../functions/investigate.ts';
import { createMetrics } from '../../../../functions/metrics.ts';
import { remediateHandler } from '../../../../functions/remediate.ts';
import type { KubernetesCluster } from '../../../../infra/kubernetes/client.ts';
import { openDatabase } from '../../../../infra/local/store/open.ts';
import { fakeChat, nodeAlert } from '../../../engine/night.ts';
import { stamped } from '../../../harness/stamped.ts';
import { tempDir } from '../../../harness/temp.ts';
import { runbookWithFixes } from './runbook.ts';
import { type Fix, fixes, TARGET } from './world.ts';

export const runbook = runbookWithFixes(fixes);

type Button = Extract<RemediateMessage, { type: 'decide' }>['button'];
const names = ['investigate', 'remediate', 'announce'] as const;

export type Hands = Awaited<ReturnType<typeof openHands>>;

/**
 * The three workers of a server over a real store and a real cluster, with one incident; people, channel and the passing
 * of time are the test's. Nothing waits: what is due is worked on until nothing is.
 */
export async function openHands(options: { readonly reader: KubernetesCluster; readonly fixer: KubernetesCluster }) {
  await using stack = new AsyncDisposableStack();
  const directory = stack.use(await tempDir('hands')).path;
  let aheadMs = 0;
  const clock = { now: () => new Date(Date.now() + aheadMs) };
  const { store, queue, close } = await openDatabase({ directory, clock });
  stack.defer(close);
  const { source } = options.reader;
  const channel = fakeChat();
  const whispers: { readonly user: string; readonly text: string }[] = [];
  const views: (PlanCard | { readonly problem: string })[] = [];
  /** What was sent to be done, in order, whatever came of it. */
  const sent: Action[] = [];
  const faults: { beforeApply?: (nth: number) => Promise<void> } = {};
  const rules: Rules = {
    policy: [
      {
        remedies: ['*'],
        approvers: { users: ['U-LEAD'], userGroups: [] },
        approvals: 1,
        requesterMayApprove: false,
        expiresAfterMinutes: 30,
        breakGlass: { users: ['U-LEAD'], userGroups: [] },
      },
    ],
    // One incident for all fixes of a test: what a team would not do to one target in ten minutes.
    limits: { ...defaultLimits, coolDownMinutes: 0, actionsPerHour: 1_000 },
  };
  const acting: Acting = {
    ...{ store, clock, runbooks: [runbook], channel: 'C1' },
    clusters: [{ name: 'real', match: {}, source, nodes: nodeDirectory(source, clock) }],
    rules: async () => rules,
    people: {
      person: async (id) => ({ id, name: id, standing: 'member' }),
      groupMembers: async () => [],
    },
    chat: {
      showPlan: async (_view, content) => views.push(content) > 0,
      whisper: async (_place, user, text) => {
        whispers.push({ user, text });
      },
    },
    writers: new Map([
      [
        'real',
        {
          rehearse: options.fixer.writer.rehearse,
          apply: async (action, limits) => {
            sent.push(action);
            await faults.beforeApply?.(sent.length);
            return options.fixer.writer.apply(action, limits);
          },
        },
      ],
    ]),
    newId: randomUUID,
    offers: (incident) => offersOf(acting, incident),
  };
  const metrics = createMetrics(queue);
  const handlers = {
    investigate: investigateHandler(acting, metrics),
    remediate: remediateHandler(acting, metrics),
    announce: announceHandler(acting, channel.chat, metrics),
  };

  async function settle(): Promise<void> {
    for (;;) {
      const take = { max: 1, leaseMs: 300_000, waitMs: 0 };
      const messages = (await Promise.all(names.map((name) => queue.receive(name, take)))).flat();
      if (messages.length === 0) return;
      for (const message of messages) {
        try {
          await queue.done(message, await handlers[message.queue](message.body, new AbortController().signal));
        } catch (failure) {
          if (!(failure instanceof TryLater)) throw failure;
          const { message: reason, retryAfterMs: delayMs } = failure;
          await queue.retry(message, { delayMs, reason, countsAsAttempt: false });
        }
      }
    }
  }
  const plans = async () => (await store.list<Plan>('plans')).map(({ value }) => value);
  const plan = async (id: string) => {
    const found = (await store.get<Plan>('plans', id))?.value;
    if (!found) throw new Error(`there is no plan ${id}`);
    return found;
  };
  const send = async (body: RemediateMessage) => {
    await queue.send([remediateMessage(stamped(body, acting.clock), 'real')]);
    await settle();
  };
  const press = (id: string, button: Button, by: string) =>
    send({ type: 'decide', plan: id, button, by, channel: 'C1' });
  /** The plans there are afterwards and were not before. */
  const made = async (work: () => Promise<void>) => {
    const before = new Set((await plans()).map(({ id }) => id));
    await work();
    return (await plans()).filter(({ id }) => !before.has(id));
  };
  const only = ([first, ...more]: readonly Plan[]) => {
    const said = () => JSON.stringify([...views.slice(-1), ...whispers.slice(-1)]);
    if (!first || more.length > 0) throw new Error(`${more.length + (first ? 1 : 0)} plans were made: ${said()}`);
    return first;
  };

  await acceptWebhook(store, arrivalNow(clock), { alerts: [nodeAlert(TARGET)] });
  await settle();
  const [incident] = (await store.list<Incident>('incidents')).map(({ value }) => value);
  if (incident?.state !== 'diagnosed') throw new Error(`no diagnosis: ${JSON.stringify(incident)}`);

  /** Opens a fix, as its button does; the plan that was shown. */
  const open = async (fix: Fix) =>
    only(
      await made(() =>
        send({ type: 'open', incident: incident.id, remedy: fix, view: 'V1', by: 'U-ASKER', channel: 'C1' }),
      ),
    );
  const request = (id: string) => send({ type: 'request', plan: id, by: 'U-ASKER', channel: 'C1' });
  const breakGlass = (id: string) => {
    const reason = 'the node has to go before its disk does';
    return send({ type: 'break-glass', plan: id, reason, by: 'U-LEAD', channel: 'C1' });
  };
  /** Whether the glass has to be broken: only where no replica of a workload would be left for a while. */
  const isShut = (interlocks: Plan['interlocks']) => {
    const shut = interlocks.filter(({ holds }) => !holds);
    const unexpected = shut.filter(({ id }) => id !== 'last-replica');
    if (unexpected.length > 0) throw new Error(`an interlock is shut: ${JSON.stringify(unexpected)}`);
    return shut.length > 0;
  };
  const owned = stack.move();
  return {
    ...{ acting, store, channel, whispers, views, sent, faults, settle, send, press, plan, open, request },
    /** Opened and asked for. */
    requested: async (fix: Fix) => {
      const { id, interlocks } = await open(fix);
      await request(id);
      if (isShut(interlocks)) await breakGlass(id);
      return id;
    },
    /** Somebody else approves it; what became of it. */
    approved: async (id: string) => {
      await press(id, 'approve', 'U-LEAD');
      return plan(id);
    },
    /** "Undo" or "Plan again" on a plan's message; the new plan. */
    anew: async (id: string, button: 'undo' | 'plan-again') => {
      const { id: fresh, interlocks } = only(await made(() => press(id, button, 'U-ASKER')));
      if (isShut(interlocks)) await breakGlass(fresh);
      return fresh;
    },
    pass: async (seconds: number) => {
      aheadMs += seconds * 1_000;
      await settle();
    },
    ledger: async (id: string): Promise<readonly Entry[]> => {
      const all: Entry[] = [];
      for await (const entry of entries(store)) if (entry.plan === id) all.push(entry);
      return all;
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}
