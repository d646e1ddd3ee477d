import { createHash } from 'node:crypto';
import type { WorldAlert } from './world.ts';

/** The body Alertmanager would post for one firing alert, webhook version 4. */
export function webhookOf(
  { labels, annotations, expr }: WorldAlert,
  startsAt: Date,
  prometheusUrl: string,
): Record<string, unknown> {
  const groupLabels = { alertname: labels.alertname ?? '' };
  const fingerprint = createHash('sha1')
    .update(JSON.stringify(Object.entries(labels).sort()))
    .digest('hex')
    .slice(0, 16);
  return {
    version: '4',
    receiver: 'nightshift',
    status: 'firing',
    groupKey: `{}:{alertname="${groupLabels.alertname}"}`,
    groupLabels,
    commonLabels: labels,
    commonAnnotations: annotations,
    externalURL: 'http://alertmanager.practice.example:9093',
    truncatedAlerts: 0,
    alerts: [
      {
        status: 'firing',
        labels,
        annotations,
        startsAt: startsAt.toISOString(),
        endsAt: '0001-01-01T00:00:00Z',
        generatorURL: `${prometheusUrl}/graph?g0.expr=${encodeURIComponent(expr)}&g0.tab=1`,
        fingerprint,
      },
    ],
  };
}
