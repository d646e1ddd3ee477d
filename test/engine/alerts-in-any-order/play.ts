import { accounts } from '../../../engine/accounts.ts';
import type { Alert } from '../../../engine/alert.ts';
import { ReadFailure } from '../../../engine/errors.ts';
import { isOpen } from '../../../engine/incident.ts';
import { targetName } from '../../../engine/target.ts';
import { night, nodeAlert } from '../night.ts';
import { FEW, nodes, type Step } from './steps.ts';

/** Plays the steps in a night of their own; whatever should not have happened. */
export async function play(steps: readonly Step[]): Promise<readonly string[]> {
  await using life = await night();
  const wrong = new Set<string>();
  const isReady = new Map<string, boolean>(nodes.map((name) => [name, true]));
  let isUp = true;
  /** A worker does one thing for each webhook that comes: they wait in the queues, and pile up. */
  let slow = false;
  const active = new Map<string, Alert>();
  const sent: (readonly Alert[])[] = [];
  /** What was said last of each alert: a copy of "firing" may come after "resolved", and then Alertmanager repeats that. */
  const said = new Map<string, Alert>();

  function show(): void {
    for (const [name, ready] of isReady)
      life.answers.set(`get Node ${name}`, isUp ? { ready } : new ReadFailure('unreachable', 'connection refused'));
  }
  async function deliver(...alerts: readonly Alert[]): Promise<void> {
    sent.push(alerts);
    for (const alert of alerts) said.set(`${alert.fingerprint} since ${alert.startsAt}`, alert);
    await life.send(...alerts);
    await (slow ? life.attend(1) : life.settle());
  }
  async function pass(seconds: number): Promise<void> {
    life.pass(seconds);
    await life.settle();
  }
  async function hours(count: number): Promise<void> {
    for (let minutes = 0; minutes < count * 60; minutes += 10) await pass(600);
  }

  async function take(one: Step): Promise<void> {
    switch (one.do) {
      case 'fire': {
        const startsAt = life.desk.clock.now().toISOString();
        const key = `${one.name} ${one.node}`;
        const alert = active.get(key) ?? nodeAlert(one.node, { name: one.name, startsAt });
        active.set(key, alert);
        return deliver(alert);
      }
      case 'resolve': {
        const key = `${one.name} ${one.node}`;
        const alert = active.get(key);
        active.delete(key);
        return alert && deliver({ ...alert, status: 'resolved', endsAt: life.desk.clock.now().toISOString() });
      }
      case 'say again': {
        const alert = [...active.values()].at(-1 - (one.back % Math.max(1, active.size)));
        return alert && deliver(alert);
      }
      case 'deliver again':
        return deliver(...(sent.at(-1 - (one.back % Math.max(1, sent.length))) ?? []));
      case 'deliver all again':
        for (const alerts of sent.slice(-1 - one.back)) await deliver(...alerts);
        return;
      case 'trouble':
        isReady.set(one.node, one.ready);
        return show();
      case 'API server':
        isUp = one.isUp;
        return show();
      case 'slow':
        slow = one.on;
        return;
      case 'Slack fails': {
        const { faults, afterwards } = life.channel;
        (one.when === 'before' ? faults : afterwards).push(() => new Error('Slack does not answer'));
        return;
      }
      case 'kill': {
        const [message] = await life.queue.receive(one.queue, { max: 1, leaseMs: 60_000, waitMs: 0 });
        // Its work is done, and nobody hears of it: the message comes again when its lease is over.
        if (message && one.when === 'after') await life.handle({ ...message, id: 'lost' }).catch(() => {});
        return;
      }
      case 'pass':
        return pass(one.seconds);
    }
  }

  async function onlyOneEach(): Promise<void> {
    const open = (await life.incidents()).filter((incident) => isOpen(incident) && !incident.foldedInto);
    const about = open.flatMap(({ runbook, target, alertNames, storm }) =>
      (storm?.members ?? [targetName(target)]).map((one) => `${runbook ?? Object.keys(alertNames)} of ${one}`),
    );
    for (const [index, one] of about.entries()) if (about.indexOf(one) < index) wrong.add(`${one} has two incidents`);
  }

  show();
  for (const one of steps) {
    await take(one);
    await onlyOneEach();
  }

  // Everybody answers again, and Alertmanager goes on saying what fires.
  slow = false;
  isUp = true;
  show();
  life.channel.faults.length = 0;
  life.channel.afterwards.length = 0;
  await hours(1);
  // Nobody looks at what no runbook is about: only its own "resolved" ends it.
  const held = new Set((await life.incidents()).filter(isOpen).flatMap(({ firing }) => firing));
  for (const [key, { fingerprint, labels }] of active)
    if (labels.alertname === 'Strange' && !held.has(fingerprint)) wrong.add(`${key} fires, and no incident has it`);
  await deliver(...active.values());
  await hours(1);
  const open = (await life.incidents()).filter(isOpen);
  const about = new Set(open.flatMap(({ target, storm }) => [targetName(target), ...(storm?.members ?? [])]));
  for (const [key, { labels }] of active)
    if (!isReady.get(labels.node ?? '') && !about.has(`node/${labels.node}`))
      wrong.add(`${key} fires, and no incident is open`);

  // Then all is well.
  for (const name of nodes) isReady.set(name, true);
  show();
  for (const alert of said.values()) if (alert.status === 'firing') await deliver({ ...alert, status: 'resolved' });
  await hours(3);
  const { webhooks, incidents } = await accounts(life.desk.store);
  for (const { alerts, id } of webhooks)
    for (const { outcome, alertname } of alerts)
      if (outcome === 'pending') wrong.add(`${alertname} of ${id} is not accounted for`);
  for (const { id, closedAt, posted, foldedInto } of incidents) {
    if (!closedAt) wrong.add(`incident ${id} stays open`);
    if (!posted && !foldedInto) wrong.add(`incident ${id} has no card`);
  }
  if (new Set(steps.flatMap((one) => ('node' in one ? [one.node] : []))).size <= FEW)
    for (const { storm, id } of await life.incidents())
      if (storm) wrong.add(`incident ${id} is a storm of ${storm.members.join(', ')}`);
  const cards = life.channel.posts.filter(({ message }) => message.kind === 'card').map(({ key }) => key);
  for (const [index, key] of cards.entries()) if (cards.indexOf(key) < index) wrong.add(`card ${key} was posted twice`);
  return [...wrong];
}
