import * as z from 'zod';
import { ReadFailure } from '../../engine/errors.ts';
import type { Readers } from '../../engine/readers.ts';

/** Where Prometheus scrapes a node from: its kubelet and its node_exporter, found by the name of the node. */

/**
 * The jobs of kubelets, and of the cAdvisor in them. `kubelet` (kube-prometheus, Helm, VictoriaMetrics, OpenShift), also split
 * (`kubelet-cadvisor`); `kubernetes-nodes`, `kubernetes-nodes-cadvisor` (the chart `prometheus`), `kubernetes-cadvisor` (Prometheus'
 * example of a configuration) and `kubernetes-kubelet` (README of kubernetes-mixin); `cadvisor` (Azure's managed Prometheus);
 * `integrations/kubernetes/kubelet` and `…/cadvisor` (Grafana's k8s-monitoring); `gmp-kubelet-metrics`, `gmp-kubelet-cadvisor`
 * (Google's). A cAdvisor that runs as a pod of its own is none: its target has a pod.
 */
export const kubeletJobs = 'job=~"(.*[-/_])?(kubelet|cadvisor).*|kubernetes-nodes.*",pod=""';
/** `node-exporter` (kube-prometheus, Helm), `prometheus-node-exporter`, `node_exporter`, and `node` of its own manual. */
export const exporterJobs = 'job=~".*node.exporter.*|node"';

/** One scrape target, as its series carry it. */
export interface ScrapeTarget {
  readonly job: string;
  readonly instance: string;
}

/** The host of an `instance`: without port, and without the brackets of IPv6. */
export function hostOf(instance: string): string {
  return instance.replace(/^\[([^\]]+)\](:\d+)?$/, '$1').replace(/^([^:]+):\d+$/, '$1');
}

/** The host as it stands before a port: an address of IPv6 in brackets. */
export function beforePort(host: string): string {
  return host.includes(':') ? `[${host}]` : host;
}

/** A PromQL string literal. Go's escapes, which PromQL uses, contain those of JSON. */
export function quoted(value: string): string {
  return JSON.stringify(value);
}

/** The matchers of one target's series. */
export function selector({ job, instance }: ScrapeTarget): string {
  return `job=${quoted(job)},instance=${quoted(instance)}`;
}

/** An expression that selects from the targets of some job, by further matchers. */
export type Select = (...matchers: readonly string[]) => string;

/**
 * What is selected of this node's kubelet, one series for each path. Found by the label `node` (the operator sets it), by
 * `instance` = node name (plain `role: node` discovery), or through `kubelet_node_name`.
 */
export function ofKubelet(node: string, select: Select): string {
  const name = `node=${quoted(node)}`;
  const known = `last_over_time(kubelet_node_name{${name}}[1h])`;
  return [
    select(name),
    select('node=""', `instance=${quoted(node)}`),
    `(${select('node=""')} and on (instance) ${known})`,
  ].join(' or ');
}

/**
 * The same of its node_exporter: by `node`, `instance` = node name (kube-prometheus), `nodename`, the exporter's pod, the
 * address it shares with the kubelet (`instance` = address:9100), or the host name it reports.
 */
export function ofExporter(node: string, select: Select, selectKubelet: Select): string {
  const address = (series: string) => `label_replace(${series}, "address", "$1", "instance", "(.+):[0-9]+")`;
  const name = quoted(node);
  return [
    select(`node=${name}`),
    select(`instance=${name}`),
    select(`nodename=${name}`),
    `(${select()} and on (namespace, pod) kube_pod_info{node=${name}})`,
    `(${address(select())} and on (address) ${address(selectKubelet(`node=${name}`))})`,
    `(${select()} and on (instance) last_over_time(node_uname_info{nodename=${name}}[1h]))`,
  ].join(' or ');
}

/** `up` of the targets of these jobs. */
export function upOf(jobs: string): Select {
  return (...matchers) => `up{${[jobs, ...matchers].join(',')}}`;
}

/** `up` of this node's kubelet, one series for each path. */
export function kubeletUp(node: string): string {
  return ofKubelet(node, upOf(kubeletJobs));
}

export function exporterUp(node: string): string {
  return ofExporter(node, upOf(exporterJobs), upOf(kubeletJobs));
}

/** By the label of the operator; else by a job, or (Google's) an instance, of its own; else all paths are under one target. */
export function pathOf(labels: {
  readonly job?: string | undefined;
  readonly instance?: string | undefined;
  readonly metrics_path?: string | undefined;
}): string {
  const { job = '', instance = '', metrics_path } = labels;
  const isCadvisor = job.includes('cadvisor') || /:cadvisor(\/|$)/.test(instance);
  return metrics_path ?? (isCadvisor ? '/metrics/cadvisor' : '/metrics');
}

const Targets = z.array(
  z.object({
    labels: z.object({ job: z.string(), instance: z.string(), metrics_path: z.string().optional() }),
    value: z.number(),
  }),
);

type Metrics = Readers['metrics'];

/** The target of this path of the kubelet. Throws `not-found` when Prometheus scrapes none. */
export async function kubeletTarget(
  metrics: Metrics,
  node: string,
  path: '/metrics' | '/metrics/cadvisor',
): Promise<ScrapeTarget> {
  const found = ofPath(Targets.parse(await metrics.query(kubeletUp(node))), path);
  if (found === undefined) throw new ReadFailure('not-found', `Prometheus scrapes no ${path} of this kubelet`);
  return found;
}

/** Throws `not-found` when Prometheus scrapes none. */
export async function exporterTarget(metrics: Metrics, node: string): Promise<ScrapeTarget> {
  const [found] = inOrder(Targets.parse(await metrics.query(exporterUp(node))));
  if (found === undefined) throw new ReadFailure('not-found', 'Prometheus scrapes no node_exporter on this machine');
  return found;
}

function ofPath(targets: z.infer<typeof Targets>, path: string): ScrapeTarget | undefined {
  return inOrder(targets.filter(({ labels }) => pathOf(labels) === path))[0];
}

/** Those that answer first; whatever the order of the answer was. */
function inOrder(targets: z.infer<typeof Targets>): readonly ScrapeTarget[] {
  return targets
    .toSorted((a, b) => b.value - a.value || (a.labels.instance < b.labels.instance ? -1 : 1))
    .map(({ labels: { job, instance } }) => ({ job, instance }));
}
