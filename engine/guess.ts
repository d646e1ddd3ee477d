import { isOfExporter, isOfScrape, isRenamed, ownLabels } from './own-labels.ts';
import type { Target } from './target.ts';

type Labels = Readonly<Record<string, string>>;

/**
 * Labels of kube-state-metrics that name the object an alert is about, by its kind.
 * https://github.com/kubernetes/kube-state-metrics/tree/main/docs/metrics
 */
const objectLabels: readonly (readonly [label: string, resource: string, isNamespaced: boolean])[] = [
  ['persistentvolumeclaim', 'PersistentVolumeClaim', true],
  ['job_name', 'Job', true],
  ['cronjob', 'CronJob', true],
  ['horizontalpodautoscaler', 'HorizontalPodAutoscaler', true],
  ['hpa', 'HorizontalPodAutoscaler', true],
  ['poddisruptionbudget', 'PodDisruptionBudget', true],
  ['statefulset', 'StatefulSet', true],
  ['daemonset', 'DaemonSet', true],
  ['deployment', 'Deployment', true],
  ['replicaset', 'ReplicaSet', true],
  ['ingress', 'Ingress', true],
  ['endpointslice', 'EndpointSlice', true],
  ['persistentvolume', 'PersistentVolume', false],
];

/** Where the labels of an alert lead that no runbook answers. */
export type Guess =
  | { readonly family: 'node-object' | 'pod' }
  | { readonly family?: never; readonly target: Target; readonly note: string };

/**
 * The most specific object the labels name, without following them anywhere. An object's own label comes first: beside
 * it, `pod`, `service` and `job` are those of the exporter that saw it.
 */
export function guessTarget(all: Labels): Guess {
  const labels = ownLabels(all);
  const itself = isOfExporter(labels);
  const { namespace } = labels;
  const named = objectLabels.find(([label, , isNamespaced]) => labels[label] && (!isNamespaced || namespace));
  if (named) {
    const [label, resource, isNamespaced] = named;
    const place = isNamespaced && namespace ? { namespace } : {};
    const target = { kind: 'Object', resource, name: labels[label] ?? '', ...place } as const;
    return { target, note: `label ${label}=${labels[label]}` };
  }
  if (labels.node && (itself || !labels.pod)) return { family: 'node-object' };
  if (namespace && labels.pod && !itself) return { family: 'pod' };
  if (labels.node) return { family: 'node-object' };
  if (namespace && labels.service && !itself && !labels.service.includes('kube-state-metrics'))
    return { target: { kind: 'Service', namespace, name: labels.service }, note: `label service=${labels.service}` };
  const { job } = labels;
  if (job && !itself) return { target: { kind: 'Component', name: job, job }, note: `label job=${job}` };
  if (namespace && !labels.instance && !labels.pod)
    return { target: { kind: 'Object', resource: 'Namespace', name: namespace }, note: `label namespace=${namespace}` };
  return { target: { kind: 'Cluster' }, note: 'its labels name no object' };
}

/** `node-exporter` (kube-prometheus, Helm), `prometheus-node-exporter`, `node_exporter`, and `node` of its own manual. */
const nodeExporter = /node[-_.]exporter|^node$/;
/**
 * The kubelet and its cAdvisor, as kube-prometheus, the Helm chart, Prometheus's own example and Grafana's chart call them.
 * https://github.com/prometheus/prometheus/blob/main/documentation/examples/prometheus-kubernetes.yml
 */
const kubelet = /(^|\/)(kubelet|cadvisor|kubernetes-cadvisor|kubernetes-nodes(-kubelet|-cadvisor)?)$/;
/** Where the node exporter listens, unless told otherwise. https://github.com/prometheus/prometheus/wiki/Default-port-allocations */
const nodeExporterPort = /:9100$/;

/**
 * Whether it is a node that saw itself, by its exporter (whose `pod` it then is) or its kubelet: `instance` is its name or
 * address. `surely`: the job says so. `perhaps`: nothing else names a target, or the port is an exporter's; any application may be there as well.
 */
export function seenByNode(labels: Labels): 'surely' | 'perhaps' | undefined {
  const { family, target } = { target: undefined, ...guessTarget(labels) };
  if (target?.kind === 'Object' || isOfExporter(labels)) return undefined;
  if (nodeExporter.test(labels.job ?? '')) return 'surely';
  if (!labels.instance || family !== undefined) return undefined;
  if (kubelet.test(labels.job ?? '')) return 'surely';
  return target?.kind === 'Cluster' || nodeExporterPort.test(labels.instance) ? 'perhaps' : undefined;
}

/**
 * Where kube-state-metrics serves: 8080 and 8081 (its README), 8443 and 9443 behind the proxy that kube-prometheus puts
 * before it.
 */
const stateMetricsPort = /:(8080|8081|8443|9443)$/;

/**
 * Whether the `instance` of an alert about a Node may be that node, as exporters that run on it label it, with a `pod` of
 * theirs or without. Of what kube-state-metrics saw it is where that runs.
 */
export function instanceMayBeNode(labels: Labels): boolean {
  const { instance = '', pod, job = '', service, container } = labels;
  if (instance === '' || stateMetricsPort.test(instance)) return false;
  if ([pod, job, service, container].some((value) => value?.includes('kube-state-metrics'))) return false;
  return !pod || nodeExporter.test(job) || nodeExporterPort.test(instance);
}

/** How bad it is, and who evaluated it: the same problem has several. */
const sameProblem = new Set(['severity', 'prometheus', 'prometheus_replica', 'replica']);
/** Of kube-state-metrics these say where it runs, which changes with every restart of it. */
const ofExporter = new Set(['pod', 'container', 'instance', 'endpoint', 'service', 'uid']);
/** Of what a scrape target is labelled with, what a restart of the exporter leaves as it is. */
const lasting: ReadonlySet<string> = new Set(['namespace', 'job']);

/** The labels that tell a problem from another of the same name, in a fixed order. */
export function identityOf(labels: Labels): readonly (readonly [string, string])[] {
  return Object.entries(withoutExporter(labels))
    .filter(([label]) => label !== 'alertname' && !sameProblem.has(label))
    .sort(([one], [other]) => (one < other ? -1 : 1));
}

/** The labels that a silence goes by: without those that a restart of the exporter changes, where others name the object. */
export function lastingLabels(labels: Labels): Labels {
  const { family, target } = { target: undefined, ...guessTarget(labels) };
  const isNamed = family === 'node-object' || target?.kind === 'Object' || isRenamed(labels);
  return isNamed ? withoutExporter(labels) : labels;
}

/** Without the labels that say only where kube-state-metrics, or another exporter, runs, which saw it. */
function withoutExporter(labels: Labels): Labels {
  const drop = (label: string) =>
    isRenamed(labels)
      ? isOfScrape(label, labels) && !lasting.has(label)
      : isOfExporter(labels) && ofExporter.has(label);
  return Object.fromEntries(Object.entries(labels).filter(([label]) => !drop(label)));
}
