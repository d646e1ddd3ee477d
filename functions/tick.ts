import { tidy } from '../engine/acting/agenda.ts';
import { holdsLine } from '../engine/acting/in-front.ts';
import { reminderFor } from '../engine/acting/overdue.ts';
import { lineOf } from '../engine/acting/same-cluster.ts';
import { lostLooks } from '../engine/acting/verify-by-hand.ts';
import { closeFolded } from '../engine/fold.ts';
import { type Incident, isOpen } from '../engine/incident.ts';
import { recheckRarely } from '../engine/look.ts';
import { lookUpLater } from '../engine/lookup.ts';
import { announceMessage, lookMessage } from '../engine/messages.ts';
import { closeOrphan } from '../engine/orphan.ts';
import { pagesOf } from '../engine/pages.ts';
import { letPartsGo } from '../engine/parts.ts';
import type { Plan } from '../engine/plan.ts';
import { collections, type Outgoing, type Queue, type Stored } from '../engine/ports.ts';
import { forget, mayBePutAway, putAway } from '../engine/put-away.ts';
import { cardIsStale } from '../engine/stale-card.ts';
import type { Desk } from '../engine/triage.ts';
import { askedAgain } from './asked-again.ts';
import { isNotOver, keepWhatIsOpen } from './keep.ts';
import { type LostAlerts, lostAlerts } from './lost-alerts.ts';

/** Webhooks, alerts and closed incidents are kept this long; twice Alertmanager's usual repeat interval is 24 h. */
export const KEEP_DAYS = 30;
const DAY_MS = 86_400_000;
/** For so long after its end it is seen to that the card of an incident says so. */
const SAYS_SO_WITHIN_MS = DAY_MS;
/** A look or a card that was due this long ago is asked for again, ever more rarely. */
const OVERDUE_MS = 300_000;
/** In one go: a place that was never ticked before, or not for long, has thousands, and a function has a minute. */
const MOST_PUT_AWAY = 500;
/** What is forgotten when nobody has written it for so long; the rest stays, or goes with what it belongs to. */
export const prunable = collections.filter(
  (name) => !['incidents', 'slots', 'meta', 'storms', 'ledger', 'agenda'].includes(name),
);

/** Something that should have happened long ago, and was asked for again: its message was lost, or has died. */
export type Repair = LostAlerts | RepairOfIncident;

interface RepairOfIncident {
  readonly incident: string;
  readonly plan?: string;
  readonly missing: 'look' | 'card' | 'execution' | 'verification';
}

/**
 * Runs every half minute (on AWS every five minutes): forgets what is old, puts away what is over, and asks again for an
 * alert that nobody has worked on, a look, a card, an execution or a verification that never came because its message became a dead letter (Slack refused it
 * until somebody invited the bot, say), looks up what nobody could look up when it arrived, and
 * looks now and then at what stays broken. Returns what it repaired.
 */
export async function tick(desk: Desk, queue: Pick<Queue, 'send'>): Promise<{ readonly repaired: readonly Repair[] }> {
  const now = desk.clock.now().getTime();
  const forgetBefore = new Date(now - KEEP_DAYS * DAY_MS);
  const { reminders, undecided } = await plansNow(desk);
  await keepWhatIsOpen(desk, undecided);
  const incidentsInDoubt = new Set(undecided.map(({ incident }) => incident));
  for (const collection of prunable) await desk.store.prune(collection, forgetBefore);
  const found: Reminder[] = [];
  let left = MOST_PUT_AWAY;
  for await (const page of pagesOf<Incident>(desk.store, 'incidents')) {
    for (const { value } of page) await seeTo(desk, value);
    const overdue = page.filter(({ value }) => now - Date.parse(value.updatedAt) > OVERDUE_MS);
    found.push(...(await Promise.all(overdue.map(({ value }) => missingFor(desk, value)))).flat());
    const over = page.filter(({ value }) => mayBePutAway(value, desk.clock.now())).slice(0, left);
    // What is over stays where this comes by until its card says so.
    const saysSo = await Promise.all(over.map(async ({ value }) => !(await isToBeEdited(desk, value))));
    const old = over.filter((_, index) => saysSo[index]);
    await Promise.all(old.map((incident) => forgetOrPutAway(desk, incident, forgetBefore, incidentsInDoubt)));
    left -= old.length;
  }
  found.push(...reminders);
  // What is repaired was sent with the note of it.
  await queue.send(found.flatMap(({ message, repair }) => (repair ? [] : [message])));
  // At the end: what takes long here keeps nothing else from being seen to.
  const lost = await lostAlerts(desk);
  return { repaired: [...lost, ...found.flatMap(({ repair }) => (repair ? [repair] : []))] };
}

/** What the plans on the agenda ask for, and those of them that are not over: few, however many there are. */
async function plansNow(desk: Desk) {
  const plans = await tidy(desk);
  const undecided = plans.filter(isNotOver);
  const done = plans.filter((plan) => !isNotOver(plan)).flatMap((plan) => remindersFor(plan, desk.clock.now()));
  // What is approved stands behind what is being done in its cluster: its message is on its way, in that line.
  const held = new Set(undecided.filter(holdsLine).map(lineOf));
  const inLine = (plan: Plan) =>
    !holdsLine(plan) && (plan.state === 'approved' || plan.paused) && held.has(lineOf(plan));
  const waiting = undecided.filter((plan) => !inLine(plan)).flatMap((plan) => remindersFor(plan, desk.clock.now()));
  const reminders: Reminder[] = [];
  for (const reminder of [...waiting, ...done]) if (await isTimeFor(desk, reminder)) reminders.push(reminder);
  return { reminders, undecided };
}

/** A message that is only late, behind others, say, does not get one beside it each half minute. */
async function isTimeFor(desk: Desk, { repair, message }: Reminder): Promise<boolean> {
  return repair === undefined || askedAgain(desk, `${repair.missing}/${repair.plan}`, [message]);
}

async function seeTo(desk: Desk, incident: Incident): Promise<void> {
  if (isOpen(incident)) await closeOrphan(desk, incident);
  await closeFolded(desk, incident);
  await letPartsGo(desk, incident);
  await lookUpLater(desk, incident);
  if (isOpen(incident)) await recheckRarely(desk, incident);
}

async function forgetOrPutAway(
  { store }: Desk,
  incident: Stored<Incident>,
  forgetBefore: Date,
  incidentsInDoubt: ReadonlySet<string>,
): Promise<void> {
  const { value } = incident;
  const isOld = Date.parse(value.closedAt ?? '') < forgetBefore.getTime();
  if (isOld && !incidentsInDoubt.has(value.id)) await forget(store, incident);
  else await putAway(store, incident);
}

/** What is over says so in the end, also where Slack answered nothing for hours; but nobody waits for it for ever. */
async function isToBeEdited(desk: Desk, incident: Incident): Promise<boolean> {
  const overForMs = desk.clock.now().getTime() - Date.parse(incident.closedAt ?? '');
  return !(overForMs >= SAYS_SO_WITHIN_MS) && cardIsStale(desk, incident);
}

interface Reminder {
  readonly message: Outgoing;
  readonly repair?: RepairOfIncident;
}

async function missingFor(desk: Desk, incident: Incident): Promise<Reminder[]> {
  const { id, look } = incident;
  const byHand = lostLooks(incident, desk.clock.now());
  if (byHand.length > 0 && (await askedAgain(desk, `by-hand/${id}`, byHand)))
    return byHand.map((message) => ({ message, repair: { incident: id, missing: 'verification' as const } }));
  if (isOpen(incident) && look.wanted > look.done) {
    const message = lookMessage(id, look.wanted);
    if (!(await askedAgain(desk, `look/${id}/${look.wanted}`, [message]))) return [];
    return [{ message, repair: { incident: id, missing: 'look' } }];
  }
  if (!(await isToBeEdited(desk, incident))) return [];
  const message = announceMessage(desk.channel, id);
  if (!(await askedAgain(desk, `card/${id}`, [message]))) return [];
  return [{ message, repair: { incident: id, missing: 'card' } }];
}

/**
 * What waits for a person has lost nothing: it is looked at again. That the time for approvals is over is often noticed
 * here first.
 */
function remindersFor(plan: Plan, now: Date): Reminder[] {
  const missing = plan.state === 'applied' ? 'verification' : 'execution';
  const repair: RepairOfIncident = { incident: plan.incident, plan: plan.id, missing };
  const waits = plan.state === 'requested' || plan.state === 'unknown';
  return reminderFor(plan, now).map((message) => (waits ? { message } : { message, repair }));
}
