import { describe, expect, test } from 'vitest';
import { approve } from '../../../engine/acting/decide.ts';
import { TryLater } from '../../../engine/errors.ts';
import type { Incident } from '../../../engine/incident.ts';
import { acceptWebhook, arrivalNow } from '../../../engine/intake.ts';
import type { Plan } from '../../../engine/plan.ts';
import { nodeAlert } from '../night.ts';
import { deed } from './deed.ts';

type Deed = Awaited<ReturnType<typeof deed>>;

/** Two nodes of a cluster in trouble, with room to cordon both. */
async function twoTroubles() {
  const it = await deed();
  const first = await it.trouble();
  it.cluster.setReady('worker-2', false);
  await acceptWebhook(it.acting.store, arrivalNow(it.acting.clock), { alerts: [nodeAlert('worker-2')] });
  await it.settle();
  const all = (await it.acting.store.list<Incident>('incidents')).map(({ value }) => value);
  const second = all.find(({ id }) => id !== first.id);
  if (!second) throw new Error('there is no second incident');
  it.rules.limits = { ...it.rules.limits, readyNodesPercent: 20, coolDownMinutes: 0 };
  let plans = 0;
  const requested = async (incident: Incident) => {
    plans += 1;
    await it.send({ type: 'open', incident: incident.id, remedy: 'cordon', view: 'V', by: 'U-ASKER', channel: 'C1' });
    await it.send({ type: 'request', plan: `plan-${plans}`, by: 'U-ASKER', channel: 'C1' });
    return `plan-${plans}`;
  };
  return { it, first: () => requested(first), second: () => requested(second) };
}

/** Slack has no readable answer about one person; the returned function ends that. */
function silentAbout({ acting: { people } }: Deed, who: string) {
  const { person } = people;
  people.person = async (id) => {
    if (id === who) throw new TryLater('Slack answered users.info in a way nobody can read', 5_000);
    return person(id);
  };
  return () => {
    people.person = person;
  };
}

const waiting = async ({ queue }: Deed) => (await queue.depth('remediate')).waiting;

describe('a plan that waits because Slack does not say who one person is', () => {
  test('gives its place free: another plan of its cluster is carried out meanwhile', async () => {
    const { it, first, second } = await twoTroubles();
    await using _ = it;
    const [paused, other] = [await first(), await second()];
    await approve(it.acting, paused, { user: 'U-LEAD', channel: 'C1' });
    const answer = silentAbout(it, 'U-LEAD');
    await it.settle();
    await it.press(other, 'approve', 'U-SECOND');
    expect(await it.state(other)).toBe('applied');
    expect(await it.state(paused)).toBe('approved');
    await it.pass(60);
    expect(it.message(paused).headline).toMatch(/approved, waits for Slack, which does not say who U-LEAD is$/);
    expect(it.message(paused).waitsFor).toMatchObject([{ by: 'U-LEAD' }]);
    answer();
    await it.pass(60);
    expect(await it.state(paused)).toBe('applied');
    expect((await it.ledger()).filter(({ kind }) => kind === 'executing')).toHaveLength(2);
  });

  test('holds up no undo', async () => {
    const { it, first, second } = await twoTroubles();
    await using _ = it;
    const harmful = await second();
    await it.press(harmful, 'approve', 'U-SECOND');
    const paused = await first();
    await approve(it.acting, paused, { user: 'U-LEAD', channel: 'C1' });
    silentAbout(it, 'U-LEAD');
    await it.settle();
    await it.press(harmful, 'undo', 'U-ASKER');
    await it.press('plan-3', 'approve', 'U-SECOND');
    expect(await it.plan('plan-3')).toMatchObject({ undoes: harmful, state: 'applied' });
    expect(await it.state(paused)).toBe('approved');
  });

  test('has one message on its way, however many ticks come by, and ends when its request expires', async () => {
    const { it, first } = await twoTroubles();
    await using _ = it;
    it.rules.policy = it.rules.policy.map((rule) => ({ ...rule, expiresAfterMinutes: 120 }));
    const paused = await first();
    await approve(it.acting, paused, { user: 'U-LEAD', channel: 'C1' });
    silentAbout(it, 'U-LEAD');
    await it.settle();
    const before = await waiting(it);
    for (let n = 0; n < 60; n += 1) await it.pass(60);
    expect(await waiting(it)).toBe(before);
    expect(it.channel.posts.filter(({ key }) => key.includes(`/plan/${paused}`))).toHaveLength(1);
    await it.pass(3700);
    expect(await it.plan(paused)).toMatchObject({ state: 'failed', because: expect.stringContaining('expired') });
  });
});

describe('a plan that stands behind another one of its cluster', () => {
  /** The first is being carried out, by somebody who takes long over it; the second was approved behind it. */
  async function behind() {
    const { it, first, second } = await twoTroubles();
    const [running, approved] = [await first(), await second()];
    await approve(it.acting, running, { user: 'U-LEAD', channel: 'C1' });
    const [message] = await it.queue.receive('remediate', { max: 1, leaseMs: 7_200_000, waitMs: 0 });
    if (!message) throw new Error('nothing was sent');
    const stored = await it.acting.store.get<Plan>('plans', running);
    const value = { ...stored?.value, state: 'executing' };
    await it.acting.store.put({ collection: 'plans', id: running, value, expect: 'any' });
    await it.press(approved, 'approve', 'U-SECOND');
    return { it, running, approved, message };
  }

  test('says so, and not that it is about to begin', async () => {
    const { it, approved } = await behind();
    await using _ = it;
    expect(await it.state(approved)).toBe('approved');
    expect(it.message(approved).headline).toMatch(/approved, waits for its turn: .+ is being done$/);
  });

  test('is not sent again and again', async () => {
    const { it } = await behind();
    await using _ = it;
    const before = await waiting(it);
    for (let n = 0; n < 40; n += 1) await it.pass(30);
    // What is being done is silent for 20 minutes: it is asked for again, ever more rarely.
    expect((await waiting(it)) - before).toBeLessThanOrEqual(4);
  });
});
