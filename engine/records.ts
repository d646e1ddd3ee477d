import { type Alert, type AlertRecord, againKey, alertKey } from './alert.ts';
import { allowance } from './budget.ts';
import { clusterOf } from './clusters.ts';
import { amend } from './documents.ts';
import { holderOf } from './fold.ts';
import { type Incident, isOpen, slotOf } from './incident.ts';
import { newRecord, type TakenApart, takeApart } from './intake.ts';
import { isOfEarlier } from './joining.ts';
import type { Store } from './ports.ts';
import type { Desk } from './triage.ts';

/** Resends are noted at most this often: only days without any matter. */
const HEARD_EVERY_MS = 600_000;
/** An alert nobody has worked on for so long has lost its message, which is dead after eight attempts of a minute and a half. */
const WORKED_ON_WITHIN_MS = 1_800_000;
/** A webhook may say thousands of alerts again, each some reads of 5 to 30 ms on AWS. */
const AT_ONCE = 32;

/**
 * Takes a webhook apart. A report that was told before is news if something else became of the alert since: it fires
 * after its resolution was worked on (Alertmanager keeps `startsAt` when Prometheus lost contact for a while), or is
 * over once more; so is one that no configured cluster fitted, or that nobody has worked on in half an hour. Only reports
 * that change nothing are `resent`.
 */
export async function openWebhook(desk: Desk, id: string): Promise<TakenApart> {
  const { receivedAt, fresh, resent } = await takeApart(desk.store, id);
  const gate = allowance(Number.POSITIVE_INFINITY, AT_ONCE, 'alerts');
  const fires = firingNow(desk, new Date(receivedAt));
  const news = await Promise.all(resent.map((key) => gate.run(() => isNews(desk, id, receivedAt, key, fires))));
  const old = resent.filter((_key, index) => !news[index]);
  // Fresh alerts name the webhook in their records; a report that was told before tells nobody that it was looked at.
  if (resent.length > 0) await desk.store.put({ collection: 'progress', id: openedNote(id), value: {}, expect: 'any' });
  return { receivedAt, fresh: fresh + resent.length - old.length, resent: old };
}

/** Of a webhook that said something again: whether `openWebhook` came to its end. */
export async function wasOpened(store: Pick<Store, 'get'>, webhook: string): Promise<boolean> {
  return (await store.get('progress', openedNote(webhook))) !== undefined;
}

function openedNote(webhook: string): string {
  return `opened/${webhook}`;
}

/** The record of the last time that somebody worked, or will work, on this report. */
export async function lastRecord(
  store: Pick<Store, 'get'>,
  report: Pick<Alert, 'fingerprint' | 'status' | 'startsAt'>,
): Promise<AlertRecord | undefined> {
  const first = (await store.get<AlertRecord>('alerts', alertKey(report)))?.value;
  if (!first?.latest) return first;
  return (await store.get<AlertRecord>('alerts', againKey(report, first.latest.webhook)))?.value ?? first;
}

/**
 * The incident knows whether the alert fires, so the other Alertmanager of a pair, or the same message twice, is no
 * news. A late copy of what is over cannot be told from an alert that is back: it costs one look.
 */
async function isNews({ store }: Desk, webhook: string, at: string, key: string, fires: FiresNow): Promise<boolean> {
  const first = (await store.get<AlertRecord>('alerts', key))?.value;
  if (!first || first.webhook === webhook || webhook <= saidIn(first)) return false;
  const { alert } = first;
  const other = alertKey({ ...alert, status: alert.status === 'firing' ? 'resolved' : 'firing' });
  if (webhook <= saidIn((await store.get<AlertRecord>('alerts', other))?.value)) return false;
  const stands = await fires(alert);
  if (stands === undefined || stands === (alert.status === 'firing')) return false;

  const record: AlertRecord = { alert, receivedAt: at, webhook, fate: { outcome: 'accepted' }, again: true };
  const isFirst = await store.put(newRecord(againKey(alert, webhook), record));
  await amend<AlertRecord, void>(store, 'alerts', key, (now = first) => ({
    result: undefined,
    value: { ...now, latest: { webhook, at } },
  }));
  return isFirst;
}

/** The webhook that said it last. Their ids sort by time, and those of one millisecond by their order. */
function saidIn(record: AlertRecord | undefined): string {
  return record?.latest?.webhook ?? record?.webhook ?? '';
}

type FiresNow = (alert: Alert) => Promise<boolean | undefined>;

/**
 * Whether an alert counts as firing in its incident; `undefined` if it has none. A report of one that does is noted. Each
 * incident is read once, however many alerts of a webhook are its.
 */
function firingNow(desk: Desk, at: Date): FiresNow {
  const held = new Map<string, ReturnType<typeof heldNow>>();
  const heardOf = new Set<string>();
  return async (alert) => {
    const last = await lastRecord(desk.store, { ...alert, status: 'firing' });
    const fate = last?.fate;
    const sinceMs = at.getTime() - Date.parse(last?.receivedAt ?? '1970');
    if (fate?.outcome === 'accepted') return sinceMs < WORKED_ON_WITHIN_MS;
    // The configuration may have been mended since: then it is decided anew, and now and then anyway.
    if (fate?.outcome === 'rejected') {
      return sinceMs < HEARD_EVERY_MS && 'why' in clusterOf(desk.clusters, alert.labels);
    }
    if (!fate || !('incident' in fate)) return undefined;
    const reading = held.get(fate.incident) ?? heldNow(desk, fate.incident);
    held.set(fate.incident, reading);
    const holder = await reading;
    if (holder === undefined) return undefined;
    const { incident } = holder;
    const fires =
      incident !== undefined &&
      isOpen(incident) &&
      incident.firing.includes(alert.fingerprint) &&
      !isOfEarlier(incident, alert);
    if (fires && !heardOf.has(incident.id)) {
      heardOf.add(incident.id);
      if (at.getTime() - Date.parse(incident.heardAt ?? '1970') > HEARD_EVERY_MS) await heard(desk, incident, at);
    }
    return fires;
  };
}

/** What stands where the incident that holds the alerts of this one by now has its place; `undefined`: there is none. */
async function heldNow(desk: Desk, id: string): Promise<{ readonly incident: Incident | undefined } | undefined> {
  const holder = await holderOf(desk, id);
  if (holder === undefined) return undefined;
  return { incident: (await desk.store.get<Incident>('incidents', slotOf(holder)))?.value };
}

async function heard({ store }: Desk, { id }: Incident, at: Date): Promise<void> {
  await amend<Incident, void>(store, 'incidents', slotOf(id), (incident) =>
    incident?.id === id
      ? { result: undefined, value: { ...incident, heardAt: at.toISOString() } }
      : { result: undefined },
  );
}
