import { type AlertRecord, alertKey } from './alert.ts';
import { clusterOf } from './clusters.ts';
import { amend } from './documents.ts';
import { groupOf } from './intake.ts';
import { triageMessage } from './messages.ts';
import type { Desk } from './triage.ts';

/** Older ones Alertmanager has said again since, or is silent about because they are over: `repeat_interval`, 12 h at most. */
const REPEATED_WITHIN_MS = 24 * 3_600_000;

/**
 * Alerts that fitted no cluster when they came, and that one fits now: somebody mended the configuration. Alertmanager had
 * its answer and says them again after hours only. Returns how many are decided anew.
 */
export async function decideRejectedAnew(desk: Pick<Desk, 'store' | 'clock' | 'clusters'>): Promise<number> {
  const { store, clock, clusters } = desk;
  const isOpen = ({ alert, fate, receivedAt }: AlertRecord) =>
    fate.outcome === 'rejected' &&
    alert.status === 'firing' &&
    clock.now().getTime() - Date.parse(receivedAt) < REPEATED_WITHIN_MS &&
    !('why' in clusterOf(clusters, alert.labels));
  let count = 0;
  for (const { id, value } of await store.list<AlertRecord>('alerts')) {
    if (!isOpen(value)) continue;
    if (await store.get('alerts', alertKey({ ...value.alert, status: 'resolved' }))) continue;
    count += await amend<AlertRecord, number>(store, 'alerts', id, (record) =>
      record && isOpen(record)
        ? {
            result: 1,
            value: { ...record, fate: { outcome: 'accepted' } },
            send: [triageMessage(id, groupOf(record.alert))],
          }
        : { result: 0 },
    );
  }
  return count;
}
