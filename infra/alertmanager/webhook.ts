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
  alerts: z.array(IncomingAlert).min(1),
});

export type ParsedWebhook = { readonly webhook: Webhook } | { readonly wrong: string };

/** Understands the body of one webhook, or says which field was wrong. The group's own status does not matter. */
export function parseWebhook(body: string): ParsedWebhook {
  let json: unknown;
  try {
    json = JSON.parse(body);
  } catch (thrown) {
    return { wrong: `the body is not JSON: ${thrown instanceof Error ? thrown.message : ''}` };
  }
  const parsed = Incoming.safeParse(json);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    return { wrong: `${issue?.path.join('.') || 'body'}: ${issue?.message ?? 'not an Alertmanager webhook'}` };
  }
  const { receiver, truncatedAlerts, externalURL, alerts } = parsed.data;
  return {
    webhook: {
      alerts: alerts.map((alert) => alertOf(alert, externalURL)),
      ...(receiver === undefined ? {} : { receiver }),
      ...(truncatedAlerts === undefined ? {} : { truncatedAlerts }),
    },
  };
}

function alertOf({ generatorURL, ...alert }: z.infer<typeof IncomingAlert>, externalURL: string | undefined): Alert {
  return { ...alert, ...(generatorURL ? { generatorURL } : {}), ...(externalURL ? { externalURL } : {}) };
}
