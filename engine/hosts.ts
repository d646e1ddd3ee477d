import * as z from 'zod';
import { directoryReads, isAddress, NodeTable } from './directory.ts';
import { ReadFailure } from './errors.ts';
import type { ReadLimits, Source } from './readers.ts';
import { declaring } from './rights.ts';

const Addresses = z.array(z.object({ labels: z.record(z.string(), z.string()) }));
/** At least one series. */
const Samples = z.array(z.unknown()).min(1);
/** https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#syntax-and-character-set */
const MAX_LABEL_VALUE = 63;

export interface KnownAs {
  readonly names: readonly string[];
  /** What it is to them: "the host name". */
  readonly how: string;
}

/**
 * Nodes of this host name, or with this address beside their first. Whole Node objects would say it for 13 kB each; the
 * kubelet's label and kube-state-metrics say it for one host, in answers of one line. What names it may be of another
 * cluster that the same Prometheus sees: the caller knows the nodes of this one.
 */
export async function nodesKnownAs(source: Source, host: string, limits: ReadLimits): Promise<KnownAs> {
  const [byLabel, byAddress] = await Promise.all([byHostname(source, host, limits), byMetric(source, host, limits)]);
  if (byLabel.length > 0) return { names: byLabel, how: 'the host name' };
  return { names: byAddress, how: 'a name or address' };
}

/**
 * The kubelet sets this label to the machine's host name, which need not be the node's name.
 * https://kubernetes.io/docs/reference/labels-annotations-taints/#kubernetesiohostname
 */
async function byHostname(source: Source, host: string, limits: ReadLimits): Promise<string[]> {
  if (isAddress(host) || host.length > MAX_LABEL_VALUE) return [];
  const labelSelector = `kubernetes.io/hostname=${host.toLowerCase()}`;
  const nodes = declaring(source, directoryReads);
  const answer = await unlessUnknown(nodes.read({ verb: 'list', kind: 'Node', labelSelector, as: 'table' }, limits));
  if (!answer) return [];
  const { columnDefinitions, rows } = NodeTable.parse(answer.body);
  const column = columnDefinitions.findIndex(({ name }) => name === 'Name');
  return rows.map(({ cells }) => String(cells[column]));
}

/** All of `status.addresses`: host names, DNS names and second addresses. Without Prometheus they stay unknown. */
async function byMetric(source: Source, host: string, limits: ReadLimits): Promise<string[]> {
  const promql = `kube_node_status_addresses{address=${JSON.stringify(host)}}`;
  const answer = await source.read({ verb: 'query', promql }, limits).catch(() => undefined);
  const found = Addresses.safeParse(answer?.body);
  if (!found.success) return [];
  // Without `honor_labels` the plain one may be the node that kube-state-metrics runs on (see `ownLabels`).
  const names = found.data.map(({ labels }) => labels.exported_node ?? labels.node);
  return [...new Set(names.filter((name) => name !== undefined))];
}

/** Whether kube-state-metrics knew a node of this name within the last hour: an alert outlives its node by minutes. */
export async function nodeWasKnown(source: Source, name: string, limits: ReadLimits): Promise<boolean> {
  const known = (matcher: string) => `present_over_time(kube_node_info{${matcher}}[1h])`;
  const promql = `${known(`node="${name}",exported_node=""`)} or ${known(`exported_node="${name}"`)}`;
  const answer = await source.read({ verb: 'query', promql }, limits).catch(() => undefined);
  return Samples.safeParse(answer?.body).success;
}

async function unlessUnknown<T>(reading: Promise<T>): Promise<T | undefined> {
  return reading.catch((failure: unknown) => {
    if (failure instanceof ReadFailure && failure.kind === 'not-found') return undefined;
    throw failure;
  });
}
