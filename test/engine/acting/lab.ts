import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { entries } from '../../../engine/acting/audit.ts';
import { blueprintOf } from '../../../engine/acting/compile.ts';
import type { Acting } from '../../../engine/acting/desk.ts';
import type { Entry } from '../../../engine/acting/ledger.ts';
import { defaultLimits, type Limits } from '../../../engine/acting/limits.ts';
import { type RemediateMessage, remediateMessage } from '../../../engine/acting/messages.ts';
import { planCardOf } from '../../../engine/acting/plan-card.ts';
import type { PolicyRule } from '../../../engine/acting/policy.ts';
import type { Action, WriteFailure } from '../../../engine/action.ts';
import type { Change } from '../../../engine/change.ts';
import { AnnounceMessage } from '../../../engine/messages.ts';
import type { Person } from '../../../engine/people.ts';
import type { Plan } from '../../../engine/plan.ts';
import { startPracticeCluster } from '../../../infra/local/practice/practice.ts';
import { openDatabase } from '../../../infra/local/store/open.ts';
import { stamped } from '../../harness/stamped.ts';
import { tempDir } from '../../harness/temp.ts';
import { dataWithIncident } from '../../real/support/crash/prepare.ts';
import { actingWith, CLUSTER, type Fix, hands, sampleWith, wishes, workOff } from '../../real/support/crash/stage.ts';

type Button = Extract<RemediateMessage, { type: 'decide' }>['button'];

/** `before`: asked before a request is sent; a failure is what the API server answers instead of doing it. */
export interface Faults {
  /** After a rehearsal was answered. */
  rehearsed?: () => unknown;
  /** Whenever the rules are read. */
  rules?: () => void;
  before?: (action: Action, nth: number) => Promise<WriteFailure | undefined> | WriteFailure | undefined;
  /** What a webhook makes of a request that it was not asked about in the rehearsal. */
  admitted?: (action: Action) => Action;
}

/** By then everything of a practice cluster has started. */
const AGE_MS = 600_000;

/**
 * The practice cluster behind the real client and the real writer, with one incident of node worker-3 and one fix that
 * makes these changes. People, policy, limits and the passing of time are the test's.
 */
export async function lab(changes: readonly Change[], fix: Fix = {}) {
  await using stack = new AsyncDisposableStack();
  const folder = stack.use(await tempDir('lab')).path;
  const directory = join(folder, 'data');
  const incident = await dataWithIncident(directory);
  const still = { at: Date.now() - AGE_MS };
  const practice = await startPracticeCluster({ nodes: 6, podsPerNode: 6, clock: { now: () => new Date(still.at) } });
  stack.defer(() => practice.close());
  const files = { kubeconfig: join(folder, 'reader'), fixerKubeconfig: join(folder, 'fixer') };
  await writeFile(files.kubeconfig, practice.kubeconfig);
  await writeFile(files.fixerKubeconfig, practice.fixerKubeconfig);
  let aheadMs = 0;
  const clock = { now: () => new Date(Date.now() + aheadMs) };
  const { store, queue, close } = await openDatabase({ directory, clock });
  stack.defer(close);
  const { close: disconnect, ...means } = await hands(files);
  stack.defer(async () => {
    await disconnect();
  });

  const rule: PolicyRule = {
    remedies: ['*'],
    approvers: { users: ['U0LEAD'], userGroups: [] },
    approvals: 1,
    requesterMayApprove: false,
    expiresAfterMinutes: 30,
    breakGlass: { users: ['U0BOSS'], userGroups: [] },
  };
  const rules: { policy: PolicyRule[]; limits: Limits } = { policy: [rule], limits: defaultLimits };
  const standing: Record<string, Person['standing']> = {};
  const faults: Faults = {};
  const sent: Action[] = [];
  let ids = 0;
  const { writer } = means;
  still.at += AGE_MS;
  const acting: Acting = {
    ...actingWith(store, clock, means, changes),
    runbooks: [sampleWith(changes, fix)],
    rules: async () => {
      faults.rules?.();
      return rules;
    },
    people: {
      person: async (id) => ({ id, name: id, standing: standing[id] ?? 'member' }),
      groupMembers: async () => [],
    },
    writers: new Map([
      [
        CLUSTER,
        {
          rehearse: async (...asked) => {
            const answer = await writer.rehearse(...asked);
            await faults.rehearsed?.();
            return answer;
          },
          apply: async (action, limits) => {
            sent.push(action);
            const fault = await faults.before?.(action, sent.length);
            if (fault) throw fault;
            return writer.apply(faults.admitted?.(action) ?? action, limits);
          },
        },
      ],
    ]),
    // Nobody waits for the cluster's controllers, which take a moment.
    pause: async (ms) => {
      aheadMs += ms;
      still.at += ms;
    },
    newId: () => {
      ids += 1;
      return `plan-${ids}`;
    },
  };

  const send = async (body: RemediateMessage) => {
    await queue.send([remediateMessage(stamped(body, acting.clock), CLUSTER)]);
    await workOff(queue, acting);
  };
  const plan = async (id: string) => {
    const found = (await store.get<Plan>('plans', id))?.value;
    if (!found) throw new Error(`there is no plan ${id}`);
    return found;
  };
  const press = async (id: string, button: Button, by: string) => {
    await send({ type: 'decide', plan: id, button, by, channel: 'C0CRASH' });
    return plan(id);
  };
  const owned = stack.move();
  return {
    ...{
      acting,
      store,
      queue,
      incident,
      rules,
      rule,
      standing,
      faults,
      sent,
      cluster: means.cluster,
      send,
      plan,
      press,
    },
    /** The newest plan. */
    latest: () => plan(`plan-${ids}`),
    /** Somebody opens the fix. */
    async opened() {
      await send(wishes.open(incident));
      return this.latest();
    },
    /** … and asks for it. */
    async requested() {
      const { id } = await this.opened();
      await send(wishes.request(id));
      return plan(id);
    },
    breakGlass: async (id: string) => {
      const reason = 'the shop is down and this is why';
      await send({ type: 'break-glass', plan: id, reason, by: 'U0BOSS', channel: 'C0CRASH' });
      return plan(id);
    },
    approved: (id: string) => press(id, 'approve', 'U0LEAD'),
    card: async (id: string) => planCardOf(acting, await plan(id)),
    /** Time passes while something is being done, for everybody but the cluster. */
    ahead: (seconds: number) => {
      aheadMs += seconds * 1_000;
    },
    pass: async (seconds: number) => {
      aheadMs += seconds * 1_000;
      await workOff(queue, acting);
    },
    /** In the cluster as well: its leases are renewed meanwhile, and what was begun goes on. */
    passEverywhere: async (seconds: number) => {
      aheadMs += seconds * 1_000;
      still.at += seconds * 1_000;
      await workOff(queue, acting);
    },
    ledger: async (id: string): Promise<readonly Entry[]> => {
      const all: Entry[] = [];
      for await (const entry of entries(store)) if (entry.plan === id) all.push(entry);
      return all;
    },
    /** What people alone were told since this was asked last. */
    async told(): Promise<readonly string[]> {
      const texts: string[] = [];
      for (;;) {
        const messages = await queue.receive('announce', { max: 10, leaseMs: 60_000, waitMs: 0 });
        if (messages.length === 0) return texts;
        for (const message of messages) {
          const body = AnnounceMessage.parse(message.body);
          if (body.what === 'tell') texts.push(body.text);
          await queue.done(message);
        }
      }
    },
    /** Somebody else changes the cluster. */
    behindOurBack: async (...others: readonly Change[]) => {
      for (const change of others) {
        const basis = {
          incident: '',
          remedy: '',
          restsOn: '',
          changes: [change],
          at: clock.now().toISOString(),
          plan: 'other',
        };
        const { actions, blocked } = await blueprintOf(means.cluster, basis);
        if (actions.length === 0) throw new Error(`${change.verb} comes to nothing: ${blocked.join('; ')}`);
        for (const action of actions) await writer.apply(action, { deadlineMs: 5_000 });
      }
      aheadMs += 60_000;
      still.at += 60_000;
    },
    /** Somebody patches an object by kubectl, under the name that kubectl gives itself. */
    kubectl: async (path: string, body: unknown) => {
      const token = /token: "?([^"\s}]+)/.exec(practice.fixerKubeconfig)?.[1];
      const response = await fetch(`${practice.kubernetesUrl}${path}?fieldManager=kubectl-patch`, {
        method: 'PATCH',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/merge-patch+json' },
        body: JSON.stringify(body),
      });
      if (!response.ok) throw new Error(await response.text());
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}
