import { audit } from '../../../../engine/acting/audit.ts';
import { type RemediateMessage, remediateMessage } from '../../../../engine/acting/messages.ts';
import type { PlanState } from '../../../../engine/plan.ts';
import { stamped } from '../../../harness/stamped.ts';
import { deed, rule } from '../deed.ts';
import type { Button, Step } from './steps.ts';
import { Killed, plansOf, watched } from './watched.ts';

const over: readonly PlanState[] = ['failed', 'refused', 'expired', 'moot', 'outdated'];
const open: readonly PlanState[] = ['requested', 'approved', 'executing', 'unknown'];
const channel = 'C1';

/** The plans on whose message a button stands, mostly: on others it is pressed too late. */
const means: Readonly<Record<Button, readonly PlanState[]>> = {
  approve: ['requested'],
  refuse: ['requested'],
  stop: ['approved', 'executing'],
  undo: ['applied', 'partly-applied'],
  'it-was-applied': ['unknown'],
  'it-was-not-applied': ['unknown'],
  'plan-again': ['failed', 'expired'],
};

/** Plays the steps in a life of its own; whatever should not have happened. */
export async function play(steps: readonly Step[]): Promise<readonly string[]> {
  await using life = await deed();
  const { wrong, next } = watched(life);
  life.rules.limits = { ...life.rules.limits, coolDownMinutes: 0, actionsPerHour: 1_000 };
  const sent: RemediateMessage[] = [];
  /** One message is worked off for each that comes: much may change between a press and what follows from it. */
  let slow = false;
  const send = async (body: RemediateMessage) => {
    const message = stamped(body, life.acting.clock);
    sent.push(message);
    if (!slow) return life.send(message);
    await life.queue.send([remediateMessage(message, 'prod-eu')]);
    const [due] = await life.queue.receive('remediate', { max: 1, leaseMs: 60_000, waitMs: 0 });
    if (due) await life.handle(due);
  };
  const nth = async <T>(back: number, of: (id: string) => Promise<T>) => {
    const plans = await plansOf(life);
    const plan = plans.at(-1 - (back % plans.length));
    if (plan) await of(plan.id);
  };

  async function take(one: Step): Promise<void> {
    switch (one.do) {
      case 'ask': {
        const { id } = await life.incident();
        await send({ type: 'open', incident: id, remedy: 'cordon', view: 'V1', by: one.by, channel });
        return nth(0, (plan) => send({ type: 'request', plan, by: one.by, channel }));
      }
      case 'request':
        return nth(one.back, (plan) => send({ type: 'request', plan, by: one.by, channel }));
      case 'press': {
        const { button, by } = one;
        const fit = (await plansOf(life)).findLast(({ state }) => means[button].includes(state));
        const pressed = (plan: string) => send({ type: 'decide', plan, button, by, channel });
        return one.back === 0 && fit ? pressed(fit.id) : nth(one.back, pressed);
      }
      case 'break-glass':
        return nth(one.back, (plan) =>
          send({ type: 'break-glass', plan, reason: 'the shop is down', by: one.by, channel }),
        );
      case 'deliver again': {
        const body = sent.at(-1 - (one.back % Math.max(1, sent.length)));
        return body && life.send(body);
      }
      case 'execute twice':
        return nth(one.back, async (plan) => {
          await Promise.allSettled([life.work({ type: 'execute', plan }), life.work({ type: 'execute', plan })]);
          await life.settle();
        });
      case 'trouble':
        return life.cluster.setReady('worker-1', one.ready);
      case 'kubectl': {
        const node = life.cluster.node('worker-1');
        return life.cluster.put('Node', { ...node, spec: { ...node.spec, unschedulable: one.unschedulable } });
      }
      case 'replace the node': {
        const node = life.cluster.node('worker-1');
        const uid = `${node.metadata.uid}-anew`;
        return life.cluster.put('Node', { ...node, metadata: { ...node.metadata, uid } });
      }
      case 'slow':
        slow = one.on;
        return;
      case 'fault':
        next.fault = one.fault;
        return;
      case 'pass':
        return life.pass(one.seconds);
      case 'policy': {
        const { approvals, users } = one;
        const breakGlass = { users: ['U-SECOND'], userGroups: [] };
        life.rules.policy = [{ ...rule, approvals, approvers: { users, userGroups: [] }, breakGlass }];
        return;
      }
      case 'standing':
        life.people.standing[one.by] = one.standing;
        return;
      case 'directory':
        life.people.away = one.away;
        return;
      case 'freeze': {
        const always = { name: 'freeze', timeZone: 'UTC', from: '00:00', to: '00:00' };
        life.rules.limits = { ...life.rules.limits, freeze: one.on ? [always] : [] };
      }
    }
  }

  /** Left alone, everything comes to an end but what a person has to say; and they say it. */
  async function comeToAnEnd(): Promise<void> {
    delete next.fault;
    Object.assign(life.people, { away: false, standing: {} });
    life.rules.policy = [rule];
    const hours = async () => {
      for (let hour = 0; hour < 4; hour += 1) await life.pass(3_600);
    };
    await hours();
    // Pressed once more where what is seen was not what the message had said.
    for (const { id } of await plansOf(life))
      for (const button of ['it-was-not-applied', 'it-was-applied'] as const)
        for (let press = 0; press < 2; press += 1)
          if ((await life.state(id)) === 'unknown') await life.press(id, button, 'U-LEAD');
    await hours();
    for (const { id, state, takenBack, verification } of await plansOf(life)) {
      if (open.includes(state)) wrong.push(`${id} stays ${state}`);
      const waits = (verification?.verdict ?? 'waiting') === 'waiting';
      if (state === 'applied' && !takenBack && waits) wrong.push(`${id} is never verified`);
    }
  }

  await life.trouble();
  await life.requested();
  const ended = new Map<string, PlanState>();
  for (const one of steps) {
    await take(one).catch((failure: unknown) => {
      if (!(failure instanceof Killed)) throw failure;
    });
    for (const { id, state } of await plansOf(life)) {
      const was = ended.get(id);
      if (was && was !== state) wrong.push(`${id} was ${was}, and is ${state}`);
      if (over.includes(state)) ended.set(id, state);
    }
  }
  await comeToAnEnd();
  return [...wrong, ...(await audit(life.acting.store)).findings];
}
