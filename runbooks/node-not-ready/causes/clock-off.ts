import { confirmed, inconclusive, ruledOut, type Verdict } from '../../../engine/verdict.ts';
import { duration } from '../../evidence/node-words.ts';
import { type Clock, ERROR_SECONDS, OFFSET_SECONDS } from '../clock.ts';
import type { Maybe } from '../evidence.ts';
import { exporterOf } from '../ports.ts';
import type { NodeCause } from '../signs.ts';

/** What its alerts are about. It troubles certificates, logs and whoever compares times, long before it moves the node. */
export const clockOff: NodeCause = {
  title: "The machine's clock is off",
  present: true,
  judge: ({ clock }, maybe, { now }) => clockVerdict(clock, maybe, now),
  remedies: ['setClock'],
};

export function clockVerdict(clock: Clock, maybe: Maybe, now: Date): Verdict {
  if (!clock.asked) return ruledOut('no alert is about its clock, and what those fire at makes no node NotReady');
  const exporter = exporterOf(maybe, now);
  if (exporter?.kind !== 'answers')
    return inconclusive(`whether what is told of its clock is of now: ${exporter?.words ?? 'its scrapes would tell'}`);
  const { offsetSeconds: offset, synchronised, errorSeconds: error } = clock.figures;
  if (offset !== undefined && Math.abs(offset) >= OFFSET_SECONDS) {
    const kept = synchronised === 0 ? ', and nobody keeps it (node_timex_sync_status is 0)' : '';
    return confirmed(`it is ${duration(offset)} off by its own kernel (node_timex_offset_seconds)${kept}`);
  }
  if (synchronised === 0 && error !== undefined && error >= ERROR_SECONDS)
    return confirmed(
      `nobody keeps it: node_timex_sync_status is 0, and it may be off by ${duration(error)} (node_timex_maxerror_seconds)`,
      "Nobody keeps the machine's clock",
    );
  if (offset === undefined || synchronised === undefined)
    return inconclusive(
      'how far it is off its own kernel did not tell: node_timex_offset_seconds, node_timex_sync_status',
    );
  if (synchronised === 0 && error === undefined)
    return inconclusive('nobody keeps it (node_timex_sync_status is 0); how far it may be off was not told');
  return ruledOut(`it is ${duration(offset)} off by its own kernel; alerts fire from ${duration(OFFSET_SECONDS)}`);
}
