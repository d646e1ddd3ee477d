import * as z from 'zod';
import { ReadFailure } from '../../engine/errors.ts';
import type { Evidence } from '../../engine/runbook.ts';
import type { NodeTarget } from '../../engine/target.ts';
import { duration } from '../evidence/node-words.ts';
import { clockAlerts } from './alerts.ts';
import { exporterTarget } from './metrics.ts';
import * as queries from './queries.ts';
import { Figures } from './schema.ts';

/** `asked`: the alert is about the clock. Else nothing is read: what such an alert fires at moves no node. */
const Clock = z.discriminatedUnion('asked', [
  z.object({ asked: z.literal(false) }),
  z.object({
    asked: z.literal(true),
    figures: Figures(['offsetSeconds', 'synchronised', 'errorSeconds']),
  }),
]);
export type Clock = z.infer<typeof Clock>;

/** `NodeClockSkewDetected` and `NodeClockNotSynchronising` of the node mixin fire from there (prometheus/node_exporter, docs/node-mixin). */
export const OFFSET_SECONDS = 0.05;
export const ERROR_SECONDS = 16;

export const clock: Evidence<Clock, NodeTarget> = {
  title: "The machine's clock by its kernel",
  schema: Clock,
  read: async ({ metrics }, { name }, { alert }) => {
    if (alert === undefined || !clockAlerts.has(alert.name)) return { asked: false };
    const figures = await metrics.query(queries.clockFigures(await exporterTarget(metrics, name)));
    if (figures.length === 0) throw new ReadFailure('not-found', 'Prometheus holds no node_timex_* of this machine');
    return { asked: true, figures };
  },
  show: showClock,
  threshold: 'off by 50 ms; or not synchronised, and off by 16 s at most',
  thresholdSource: 'node-mixin of prometheus/node_exporter: NodeClockSkewDetected, NodeClockNotSynchronising',
};

function showClock(clock: Clock): string {
  if (!clock.asked) return 'not asked: its alert is not about the clock';
  const { offsetSeconds, synchronised, errorSeconds } = clock.figures;
  return [
    ...(offsetSeconds === undefined ? [] : [`${duration(offsetSeconds)} off`]),
    ...(synchronised === undefined ? [] : [synchronised === 0 ? 'not synchronised' : 'synchronised']),
    ...(errorSeconds === undefined ? [] : [`off by ${duration(errorSeconds)} at most`]),
  ].join(', ');
}
