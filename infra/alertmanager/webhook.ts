import * as z from 'zod';
import type { Alert } from '../../engine/alert.ts';
import type { Webhook } from '../../engine/intake.ts';
import { bounded, KEPT_CHARS } from './bounds.ts';

/** As `z.record(z.string(), z.string())`, in a tenth of the time: a webhook's labels are most of what is checked. */
const Labels = z.custom<Record<string, string>>().superRefine((value: unknown, context) => {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    context.addIssue({ code: 'custom', message: 'must be a map of names to texts' });
    return;
  }
  for (const [name, text] of Object.entries(value)) {
    if (typeof text === 'string') continue;
    context.addIssue({
      code: 'custom',
      path: [name],
      message: `must be a text, not ${text === null ? null : typeof text}`,
    });
  }
});

const IncomingAlert = z.object({
  status: z.enum(['firing', 'resolved']),
  labels: Labels,
  annotations: Labels.default(() => ({})),
  startsAt: z.iso
    .datetime({ offset: true })
    .transform(inUtc)
    .refine((at) => at.length === UTC_CHARS, 'not a time of the years 0 to 9999'),
  /** Of one that fires it is the year 1. */
  endsAt: z.string().optional().catch(undefined),
  generatorURL: z.string().optional(),
  fingerprint: z.string().min(1).max(200),
});

/** `2026-11-21T08:00:00.000Z`; outside of the years 0 to 9999 it is longer, and no longer compares as text. */
const UTC_CHARS = 24;

/** One moment in one notation, so that times can be compared as text. */
function inUtc(at: string): string {
  return new Date(at).toISOString();
}

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
  const bad = each.flatMap(({ error }, index) => (error ? [{ index, why: complaint(error, ['alerts', index]) }] : []));
  if (alerts.length === 0) return { wrong: bad[0]?.why ?? 'no alerts in it' };
  const [refused, kept] = [
    bad.map(({ why }) => why),
    bad.map(({ index }) => JSON.stringify(parsed.data.alerts[index])),
  ];
  return {
    webhook: {
      alerts,
      ...(bad.length > 0 ? { refused, kept } : {}),
      ...(receiver === undefined ? {} : { receiver }),
      ...(truncatedAlerts === undefined ? {} : { truncatedAlerts }),
    },
  };
}

/** A field is named by whoever sent it. */
const LONGEST_PATH_CHARS = 300;

function complaint({ issues: [issue] }: z.ZodError, at: readonly PropertyKey[] = []): string {
  const path = [...at, ...(issue?.path ?? [])].map(String).join('.') || 'body';
  return `${path.slice(0, LONGEST_PATH_CHARS)}: ${issue?.message ?? 'not as Alertmanager sends it'}`;
}

/** An expression of `KEPT_CHARS`, escaped; browsers and proxies take no longer address either. */
const LONGEST_URL_CHARS = 3 * KEPT_CHARS;

function alertOf(
  { generatorURL, labels, annotations, endsAt = '', ...alert }: z.infer<typeof IncomingAlert>,
  externalURL: string | undefined,
): Alert {
  return {
    ...alert,
    ...bounded({ labels, annotations }),
    ...(alert.status === 'resolved' && !Number.isNaN(Date.parse(endsAt)) ? { endsAt: inUtc(endsAt) } : {}),
    ...(generatorURL && generatorURL.length <= LONGEST_URL_CHARS
      ? { generatorURL, ...expressionIn(generatorURL) }
      : {}),
    ...(externalURL && externalURL.length <= LONGEST_URL_CHARS ? { externalURL } : {}),
  };
}

/**
 * The alert's PromQL, from the link to Prometheus' page of it: `/graph?g0.expr=up+%3D%3D+0&g0.tab=1`, and the same with
 * Thanos and Mimir. (https://github.com/prometheus/prometheus/blob/main/util/strutil/strconv.go, TableLinkForExpression)
 */
function expressionIn(generatorURL: string): { expr?: string } {
  const expr = URL.parse(generatorURL, 'http://prometheus')?.searchParams.get('g0.expr')?.trim();
  return expr && expr.length <= KEPT_CHARS ? { expr } : {};
}
