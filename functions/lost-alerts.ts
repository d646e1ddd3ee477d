import { type Alert, type AlertRecord, againKey, alertKey, type WebhookRecord } from '../engine/alert.ts';
import { allowance } from '../engine/budget.ts';
import { groupOf } from '../engine/intake.ts';
import { triageMessage, webhookMessage } from '../engine/messages.ts';
import type { Outgoing, Stored } from '../engine/ports.ts';
import { wasOpened } from '../engine/records.ts';
import type { Desk } from '../engine/triage.ts';
import { askedAgain } from './asked-again.ts';

/** What nobody has worked on for so long is asked for again: a message is dead after eight attempts of a minute and a half. */
const OVERDUE_MS = 900_000;
/** Older ones Alertmanager has said again since (`repeat_interval`, 12 h at most), and then they are decided anew. */
const REPEATED_WITHIN_MS = 24 * 3_600_000;
/** Small, since the last page is read again until what is on it is old enough. */
const PAGE = 20;
/**
 * So many webhooks are seen to at once, the rest comes the next time: when nothing is worked on for hours the queue must not
 * fill with copies.
 */
const MOST_OPEN = 200;
/**
 * For so long the open ones are looked into, and as long the new ones; then the rest waits for the next time. A function has a
 * minute and other things to do: with the third of a processor that it has, about 650 reads a second, and a webhook of some
 * thousand alerts, with two reads each, is not left halfway.
 */
const EACH_MS = 7_500;
/** An item of a table holds 400 KB, the messages that go with it too. */
const MESSAGES_A_WRITE = 100;
const READS_AT_ONCE = 16;

/** The note of how far this came, in `progress`. */
export const SEEN = 'tick/webhooks-seen';
interface Seen {
  /** The first round. Whether a webhook was opened that came before nobody has noted. */
  readonly since: string;
  /** Webhooks up to this id were seen, and all is worked on that they said, but for those in `open`. */
  readonly after: string;
  /** Those for which there was no time the last time come first. */
  readonly open: readonly string[];
}

/** Alerts of one webhook that nobody has worked on, or the webhook itself (then it is all of them). */
export interface LostAlerts {
  readonly webhook: string;
  readonly alerts: number;
  readonly missing: 'alerts';
}

/**
 * Asks again for webhooks that nobody took apart, and for alerts of which nobody decided what becomes of them: their
 * message was lost, or has died. Ids of webhooks sort by time, so each is seen once when it is old enough, and then only
 * if something of it is missing: where nothing comes in this costs two small reads. Returns what it asked for.
 */
export async function lostAlerts(desk: Desk): Promise<readonly LostAlerts[]> {
  const now = desk.clock.now().getTime();
  const note = await desk.store.get<Seen>('progress', SEEN);
  const since = note?.value.since ?? new Date(now).toISOString();
  const before = note?.value ?? { since, after: new Date(now - REPEATED_WITHIN_MS).toISOString(), open: [] };
  const known = await Promise.all(before.open.map((id) => desk.store.get<WebhookRecord>('webhooks', id)));
  const stillOpen = known.filter((webhook) => webhook !== undefined).filter(({ value }) => isRepeatedLater(value, now));
  const { after, fresh } = await nextAfter(desk, before.after, MOST_OPEN - stillOpen.length);

  const gate = allowance(Number.POSITIVE_INFINITY, READS_AT_ONCE, 'reads');
  const repaired: LostAlerts[] = [];
  /** How many of them it came to, and which of these are open. */
  async function lookInto(webhooks: readonly Stored<WebhookRecord>[]) {
    const open: string[] = [];
    const beganMs = desk.clock.now().getTime();
    for (const [index, webhook] of webhooks.entries()) {
      // One in each round, however slow it is: otherwise it would never come to an end.
      if (index > 0 && desk.clock.now().getTime() - beganMs >= EACH_MS) return { count: index, open };
      const lost = await lostOf(desk, webhook, since, (read) => gate.run(read));
      if (lost.length === 0) continue;
      open.push(webhook.id);
      const asked = await askFor(desk, webhook, lost);
      if (asked > 0) repaired.push({ webhook: webhook.id, alerts: asked, missing: 'alerts' });
    }
    return { count: webhooks.length, open };
  }
  const old = await lookInto(stillOpen);
  const found = await lookInto(fresh);
  const open = [...stillOpen.slice(old.count).map(({ id }) => id), ...old.open, ...found.open];
  const reached = found.count === fresh.length ? after : (fresh[found.count - 1]?.id ?? before.after);
  const seen: Seen = { since, after: reached, open };
  // Nothing is written while nothing happens.
  if (JSON.stringify(seen) !== JSON.stringify(note?.value))
    await desk.store.put({ collection: 'progress', id: SEEN, value: seen, expect: 'any' });
  return repaired;
}

function isRepeatedLater({ receivedAt }: WebhookRecord, now: number): boolean {
  return now - Date.parse(receivedAt) < REPEATED_WITHIN_MS;
}

/** The webhooks that are old enough by now, and where the next round goes on. */
async function nextAfter({ store, clock }: Desk, from: string, room: number) {
  const until = new Date(clock.now().getTime() - OVERDUE_MS).toISOString();
  const fresh: Stored<WebhookRecord>[] = [];
  let after = from;
  while (fresh.length < room) {
    const page = await store.list<WebhookRecord>('webhooks', { limit: PAGE, after });
    const old = page.filter(({ id }) => id < until);
    fresh.push(...old);
    after = old.at(-1)?.id ?? after;
    if (old.length < PAGE) break;
  }
  return { after, fresh };
}

type Lost = { readonly index: number } & ({ readonly key: string; readonly alert: Alert } | { readonly key: 'whole' });
type Reads = <T>(read: () => Promise<T>) => Promise<T>;

async function lostOf(
  desk: Desk,
  { id, value }: Stored<WebhookRecord>,
  since: string,
  reads: Reads,
): Promise<readonly Lost[]> {
  const found = await Promise.all(value.alerts.map((alert, index) => reads(() => fateOf(desk, id, alert, index))));
  const lost = found.filter((one) => typeof one === 'object');
  // What was said before leaves no trace of its own unless it is news.
  const isUnknown = found.includes('said before') && value.receivedAt >= since;
  const isWhole = found.includes('no record') || (isUnknown && !(await wasOpened(desk.store, id)));
  return isWhole ? [...lost, { index: 0, key: 'whole' }] : lost;
}

async function fateOf(
  { store }: Desk,
  webhook: string,
  alert: Alert,
  index: number,
): Promise<Lost | 'worked on' | 'no record' | 'said before'> {
  const key = alertKey(alert);
  const first = (await store.get<AlertRecord>('alerts', key))?.value;
  if (!first) return 'no record';
  // What a later webhook said again is decided in its stead.
  if (first.webhook === webhook) return isOpen(first) && !first.latest ? { index, key, alert } : 'worked on';
  if (first.latest?.webhook !== webhook) return 'said before';
  const again = againKey(alert, webhook);
  const record = (await store.get<AlertRecord>('alerts', again))?.value;
  return record && isOpen(record) ? { index, key: again, alert } : 'worked on';
}

function isOpen({ fate }: AlertRecord): boolean {
  return fate.outcome === 'accepted';
}

/** How many alerts were asked for: not those for which it is not time again. */
async function askFor(desk: Desk, { id, value }: Stored<WebhookRecord>, lost: readonly Lost[]): Promise<number> {
  let asked = 0;
  // By its place in the webhook each is always in the same part, whatever else was worked on meanwhile.
  const parts = Map.groupBy(lost, ({ index, key }) =>
    key === 'whole' ? key : `${Math.floor(index / MESSAGES_A_WRITE)}`,
  );
  for (const [part, alerts] of parts) {
    const messages = alerts.map((one) => messageFor(id, one));
    if (!(await askedAgain(desk, `alerts/${id}/${part}`, messages))) continue;
    asked += part === 'whole' ? value.alerts.length : alerts.length;
  }
  return Math.min(asked, value.alerts.length);
}

function messageFor(webhook: string, lost: Lost): Outgoing {
  return 'alert' in lost ? triageMessage(lost.key, groupOf(lost.alert)) : webhookMessage(webhook);
}
