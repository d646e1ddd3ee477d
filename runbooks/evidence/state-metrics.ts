import { quoted } from './scrape-targets.ts';

/**
 * Scraped without `honorLabels`, and with a label `node` of its own target, kube-state-metrics has the node it tells of in
 * `exported_node`, while `node` is the one it runs on (Prometheus configuration, `honor_labels`).
 */

/** The figures of one node: `figure` writes them for a matcher. */
export function aboutNode(node: string, figure: (matcher: string) => string): string {
  return `(${figure(`node=${quoted(node)},exported_node=""`)} or ${figure(`exported_node=${quoted(node)}`)})`;
}

/** The figures of all nodes but this one, each once. */
export function aboutOthers(node: string, figure: (matcher: string) => string): string {
  const other = (label: string) => `${label}!=${quoted(node)}`;
  return byNode(
    `(${figure(`${other('node')},exported_node=""`)} or ${figure(`exported_node!="",${other('exported_node')}`)})`,
  );
}

/** How many other nodes came and went within half an hour, or fell in it and have not come back. */
export function othersUnsteady(node: string): string {
  const ready = (of: string) => `kube_node_status_condition{${of},condition="Ready",status="true"}`;
  const changes = aboutOthers(node, (of) => `changes(${ready(of)}[30m])`);
  const fell = `${changes} >= 1 and on (node) ${aboutOthers(node, ready)} == 0`;
  // `or 0 * …` gives zero only where there is something to count.
  return `count(${changes} >= 2 or (${fell})) or 0 * count(${changes})`;
}

/** The greatest figure of each node. */
export function byNode(figures: string): string {
  return `max by (node) (label_replace(${figures}, "node", "$1", "exported_node", "(.+)"))`;
}

/**
 * The figures of these pods, by their own `namespace` and `pod`: of the two Prometheus renames those that its scrape target
 * is labelled with, both or the namespace alone.
 */
export function aboutPods(
  pods: readonly { readonly namespace: string; readonly name: string }[],
  figure: (matcher: string) => string,
): string {
  const among = (values: readonly string[]) => quoted([...new Set(values)].toSorted().join('|'));
  const [namespaces, names] = [among(pods.map(({ namespace }) => namespace)), among(pods.map(({ name }) => name))];
  const all = [
    `namespace=~${namespaces},pod=~${names},exported_namespace="",exported_pod=""`,
    `exported_namespace=~${namespaces},pod=~${names},exported_pod=""`,
    `exported_namespace=~${namespaces},exported_pod=~${names}`,
  ];
  const own = (series: string, label: string) =>
    `label_replace(${series}, "${label}", "$1", "exported_${label}", "(.+)")`;
  return own(own(`(${all.map(figure).join(' or ')})`, 'namespace'), 'pod');
}
