import type { WorldAlert } from './world.ts';

type Labels = Readonly<Record<string, string>>;

interface PracticeAlert {
  readonly fingerprint: string;
  readonly labels: Labels;
}

/** What Alertmanager posts, in so far as somebody here reads it again. */
export interface PracticeWebhook extends Readonly<Record<string, unknown>> {
  readonly alerts: readonly (Readonly<Record<string, unknown>> & PracticeAlert)[];
}

/** The body Alertmanager would post for one group of firing alerts: webhook version 4, as 0.25 sends it. */
export function webhookOf(alerts: readonly WorldAlert[], beganAt: number, prometheusUrl: string): PracticeWebhook {
  const fired = alerts.map(({ labels, annotations, expr, afterSeconds }) => ({
    status: 'firing',
    labels: sorted(labels),
    annotations: sorted(annotations),
    startsAt: new Date((beganAt + afterSeconds) * 1000).toISOString(),
    endsAt: '0001-01-01T00:00:00Z',
    generatorURL: `${prometheusUrl}/graph?g0.expr=${encodeURIComponent(expr)}&g0.tab=1`,
    fingerprint: fingerprintOf(labels),
  }));
  const namespace = alerts[0]?.labels.namespace;
  return {
    receiver: 'nightshift',
    status: 'firing',
    alerts: fired,
    groupLabels: namespace === undefined ? {} : { namespace },
    commonLabels: common(fired.map(({ labels }) => labels)),
    commonAnnotations: common(fired.map(({ annotations }) => annotations)),
    externalURL: 'http://kube-prometheus-stack-alertmanager.monitoring:9093',
    version: '4',
    groupKey: namespace === undefined ? '{}:{}' : `{}:{namespace=${JSON.stringify(namespace)}}`,
    truncatedAlerts: 0,
  };
}

/** What all of them have alike. */
function common([first = {}, ...rest]: readonly Labels[]): Labels {
  return Object.fromEntries(
    Object.entries(first).filter(([name, value]) => rest.every((each) => each[name] === value)),
  );
}

function sorted(labels: Labels): Labels {
  return Object.fromEntries(Object.entries(labels).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

const OFFSET = 14_695_981_039_346_656_037n;
const PRIME = 1_099_511_628_211n;
const SEPARATOR = 255;

/** FNV-1a over the sorted labels, as Prometheus and Alertmanager do it (prometheus/common, model/fnv.go). */
export function fingerprintOf(labels: Labels): string {
  const bytes = Object.entries(sorted(labels)).flatMap(([name, value]) => [
    ...Buffer.from(name),
    SEPARATOR,
    ...Buffer.from(value),
    SEPARATOR,
  ]);
  const hash = bytes.reduce((sum, byte) => BigInt.asUintN(64, (sum ^ BigInt(byte)) * PRIME), OFFSET);
  return hash.toString(16).padStart(16, '0');
}
