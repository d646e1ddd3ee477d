import { type Alert, type AlertRecord, alertKey } from './alert.ts';
import { clusterOf } from './clusters.ts';
import { amend } from './documents.ts';
import { groupOf } from './intake.ts';
import { triageMessage } from './messages.ts';
import { pagesOf } from './pages.ts';
import type { Clock, Store } from './ports.ts';
import type { Desk } from './triage.ts';

/** Older ones Alertmanager has said again since, or is silent about because they are over: `repeat_interval`, 12 h at most. */
const REPEATED_WITHIN_MS = 24 * 3_600_000;

interface Rejected {
  readonly at: string;
  /** Of the alert: whether a cluster fits it is asked often, and must cost no read of each. */
  readonly labels: Alert['labels'];
}

/** Notes which alert was rejected, so that nobody has to go through all of them to find it again. */
export async function noteRejected(
  { store, clock }: { readonly store: Store; readonly clock: Clock },
  key: string,
  { labels }: Alert,
): Promise<void> {
  const value: Rejected = { at: clock.now().toISOString(), labels };
  await store.put({ collection: 'rejected', id: key, value, expect: 'any' });
}

/**
 * Alerts that fitted no cluster when they came, and that one fits now: somebody mended the configuration. Alertmanager had
 * its answer and says them again after hours only. Returns how many are decided anew.
 */
export async function decideRejectedAnew(desk: Pick<Desk, 'store' | 'clock' | 'clusters'>): Promise<number> {
  let count = 0;
  for await (const page of pagesOf<Rejected>(desk.store, 'rejected')) {
    for (const { id, value } of page) {
      if (desk.clock.now().getTime() - Date.parse(value.at) >= REPEATED_WITHIN_MS)
        await desk.store.delete('rejected', id);
      else if (!('why' in clusterOf(desk.clusters, value.labels)) && (await decidedAnew(desk, id))) count += 1;
    }
  }
  return count;
}

async function decidedAnew({ store }: Pick<Desk, 'store'>, key: string): Promise<boolean> {
  const isOpen = ({ alert, fate }: AlertRecord) => fate.outcome === 'rejected' && alert.status === 'firing';
  const record = (await store.get<AlertRecord>('alerts', key))?.value;
  const isOver =
    !record || !isOpen(record) || (await store.get('alerts', alertKey({ ...record.alert, status: 'resolved' })));
  if (isOver) {
    await store.delete('rejected', key);
    return false;
  }
  const isAnew = await amend<AlertRecord, boolean>(store, 'alerts', key, (now) =>
    now && isOpen(now)
      ? {
          result: true,
          value: { ...now, fate: { outcome: 'accepted' } },
          send: [triageMessage(key, groupOf(now.alert))],
        }
      : { result: false },
  );
  if (isAnew) await store.delete('rejected', key);
  return isAnew;
}
