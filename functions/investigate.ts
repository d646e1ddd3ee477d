import { againOutcome } from '../engine/accounts.ts';
import type { AlertRecord } from '../engine/alert.ts';
import { allowance } from '../engine/budget.ts';
import { TryLater } from '../engine/errors.ts';
import { look, recheck } from '../engine/look.ts';
import { InvestigateMessage } from '../engine/messages.ts';
import { openWebhook } from '../engine/records.ts';
import type { Report } from '../engine/report.ts';
import { type Desk, triage } from '../engine/triage.ts';
import type { Tallies } from './tallies.ts';
import type { Handler } from './worker.ts';

/** Looks at the same time: however many incidents stand open, the API servers see a bounded load. */
export const LOOKS_AT_ONCE = 8;

const READS_AT_ONCE = 32;

/** The queue `investigate`: alerts become incidents, incidents become diagnoses. */
export function investigateHandler(
  desk: Desk,
  metrics: Tallies,
  { looksAtOnce = LOOKS_AT_ONCE }: { readonly looksAtOnce?: number } = {},
): Handler {
  const gate = allowance(Number.POSITIVE_INFINITY, looksAtOnce, 'looks');
  return async (body, signal) => {
    const message = InvestigateMessage.parse(body);
    switch (message.type) {
      case 'webhook': {
        const { resent } = await openWebhook(desk, message.webhook);
        const reads = allowance(Number.POSITIVE_INFINITY, READS_AT_ONCE, 'reads');
        await Promise.all(resent.map((alert) => reads.run(() => countAgain(desk, metrics, alert))));
        break;
      }
      case 'alert': {
        const { outcome } = await triage(desk, message.alert);
        // An alert that opened an incident is counted as posted, when its card is.
        if (outcome !== 'opened' && outcome !== 'accepted') metrics.alerts.inc({ outcome });
        break;
      }
      case 'look':
        await gate.run(async () => {
          // It only waited for its turn: no attempt was made.
          if (signal.aborted) throw new TryLater('the time was over before its turn came', 0);
          await look(desk, message.incident, message.wanted, { signal, onReport: count(metrics) });
        });
        break;
      case 'recheck':
        await recheck(desk, message.incident, message.rechecks);
    }
    return [];
  };
}

async function countAgain({ store }: Desk, metrics: Tallies, alert: string): Promise<void> {
  const record = await store.get<AlertRecord>('alerts', alert);
  if (record) metrics.alerts.inc({ outcome: againOutcome(record.value.fate) });
}

function count(metrics: Tallies): (report: Report) => void {
  return ({ runbook, causes, cost }) => {
    metrics.investigationSeconds.observe({ runbook }, cost.elapsedMs / 1000);
    metrics.kubernetesCalls.inc(cost.kubernetesCalls);
    for (const { verdict } of causes) metrics.verdicts.inc({ runbook, verdict });
  };
}
