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

/** The greatest figure of each node. */
export function byNode(figures: string): string {
  return `max by (node) (label_replace(${figures}, "node", "$1", "exported_node", "(.+)"))`;
}
