import { type Alert, type AlertRecord, againKey, alertKey } from './alert.ts';
import { clusterOf } from './clusters.ts';
import { amend } from './documents.ts';
import { holderOf } from './fold.ts';
import { type Incident, isOpen, slotOf } from './incident.ts';
import { newRecord, type TakenApart, takeApart } from './intake.ts';
import type { Store } from './ports.ts';
import type { Desk } from './triage.ts';

/** Resends are noted at most this often: only days without any matter. */
const HEARD_EVERY_MS = 600_000;

/**
 * Takes a webhook apart. A report that was told before is news if something else became of the alert since: it fires
 * after its resolution was worked on (Alertmanager keeps `startsAt` when Prometheus lost contact for a while), or is
 * over once more; so is one that no configured cluster fitted. Only reports that change nothing are `resent`.
 */
export async function openWebhook(desk: Desk, id: string): Promise<TakenApart> {
  const { receivedAt, fresh, resent } = await takeApart(desk.store, id);
  const old: string[] = [];
  let news = 0;
  for (const key of resent) {
    if (await isNews(desk, id, receivedAt, key)) news += 1;
    else old.push(key);
  }
  return { receivedAt, fresh: fresh + news, resent: old };
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
async function isNews(desk: Desk, webhook: string, at: string, key: string): Promise<boolean> {
  const { store } = desk;
  const first = (await store.get<AlertRecord>('alerts', key))?.value;
  if (!first || first.webhook === webhook || at <= saidAt(first)) return false;
  const { alert } = first;
  const other = alertKey({ ...alert, status: alert.status === 'firing' ? 'resolved' : 'firing' });
  if (at <= saidAt((await store.get<AlertRecord>('alerts', other))?.value)) return false;
  const stands = await firesNow(desk, alert, new Date(at));
  if (stands === undefined || stands === (alert.status === 'firing')) return false;

  const record: AlertRecord = { alert, receivedAt: at, webhook, fate: { outcome: 'accepted' }, again: true };
  const isFirst = await store.put(newRecord(againKey(alert, webhook), record));
  await amend<AlertRecord, void>(store, 'alerts', key, (now = first) => ({
    result: undefined,
    value: { ...now, latest: { webhook, at } },
  }));
  return isFirst;
}

function saidAt(record: AlertRecord | undefined): string {
  return record?.latest?.at ?? record?.receivedAt ?? '';
}

/** Whether the alert counts as firing in its incident; `undefined` if it has none. A report of one that does is noted. */
async function firesNow(desk: Desk, alert: Alert, at: Date): Promise<boolean | undefined> {
  const last = await lastRecord(desk.store, { ...alert, status: 'firing' });
  const fate = last?.fate;
  if (fate?.outcome === 'accepted') return true;
  // The configuration may have been mended since: then it is decided anew, and now and then anyway.
  if (fate?.outcome === 'rejected') {
    const isOld = at.getTime() - Date.parse(last?.receivedAt ?? '1970') >= HEARD_EVERY_MS;
    return !isOld && 'why' in clusterOf(desk.clusters, alert.labels);
  }
  if (!fate || !('incident' in fate)) return undefined;
  const holder = await holderOf(desk, fate.incident);
  if (holder === undefined) return undefined;
  const incident = (await desk.store.get<Incident>('incidents', slotOf(holder)))?.value;
  const fires = incident !== undefined && isOpen(incident) && incident.firing.includes(alert.fingerprint);
  if (fires && at.getTime() - Date.parse(incident.heardAt ?? '1970') > HEARD_EVERY_MS) await heard(desk, incident, at);
  return fires;
}

async function heard({ store }: Desk, { id }: Incident, at: Date): Promise<void> {
  await amend<Incident, void>(store, 'incidents', slotOf(id), (incident) =>
    incident?.id === id
      ? { result: undefined, value: { ...incident, heardAt: at.toISOString() } }
      : { result: undefined },
  );
}
