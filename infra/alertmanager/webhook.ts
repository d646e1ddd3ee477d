import * as z from 'zod';
import type { Alert } from '../../engine/alert.ts';
import type { Webhook } from '../../engine/intake.ts';

const Labels = z.record(z.string(), z.string());

const IncomingAlert = z.object({
  status: z.enum(['firing', 'resolved']),
  labels: Labels,
  annotations: Labels.default({}),
  startsAt: z.iso.datetime({ offset: true }),
  generatorURL: z.string().optional(),
  fingerprint: z.string().min(1).max(200),
});

/**
 * Alertmanager's webhook, version 4: the fields we use; others (and newer ones) are let through.
 * https://prometheus.io/docs/alerting/latest/configuration/#webhook_config
 */
const Incoming = z.object({
  version: z.literal('4'),
  receiver: z.string().optional(),
  externalURL: z.string().optional(),
  truncatedAlerts: z.number().optional(),
  alerts: z.array(z.unknown()).min(1, 'no alerts in it'),
});

export type ParsedWebhook = { readonly webhook: Webhook } | { readonly wrong: string };

/**
 * Understands the body of one webhook, or says which field was wrong. An alert that cannot be understood does not take
 * the others with it. The group's own status does not matter.
 */
export function parseWebhook(body: string): ParsedWebhook {
  let json: unknown;
  try {
    json = JSON.parse(body);
  } catch (thrown) {
    return { wrong: `the body is not JSON: ${thrown instanceof Error ? thrown.message : ''}` };
  }
  const parsed = Incoming.safeParse(json);
  if (!parsed.success) return { wrong: complaint(parsed.error) };
  const { receiver, truncatedAlerts, externalURL } = parsed.data;
  const each = parsed.data.alerts.map((alert) => IncomingAlert.safeParse(alert));
  const alerts = each.flatMap(({ data }) => (data ? [alertOf(data, externalURL)] : []));
  const refused = each.flatMap(({ error }, index) => (error ? [complaint(error, ['alerts', index])] : []));
  if (alerts.length === 0) return { wrong: refused[0] ?? 'no alerts in it' };
  return {
    webhook: {
      alerts,
      ...(refused.length > 0 ? { refused } : {}),
      ...(receiver === undefined ? {} : { receiver }),
      ...(truncatedAlerts === undefined ? {} : { truncatedAlerts }),
    },
  };
}

function complaint({ issues: [issue] }: z.ZodError, at: readonly PropertyKey[] = []): string {
  const path = [...at, ...(issue?.path ?? [])].map(String).join('.') || 'body';
  return `${path}: ${issue?.message ?? 'not as Alertmanager sends it'}`;
}

function alertOf({ generatorURL, ...alert }: z.infer<typeof IncomingAlert>, externalURL: string | undefined): Alert {
  return { ...alert, ...(generatorURL ? { generatorURL } : {}), ...(externalURL ? { externalURL } : {}) };
}
