type Labels = Readonly<Record<string, string>>;

/** Whether kube-state-metrics saw it. */
export function isOfExporter({ pod, job }: Labels): boolean {
  return (pod ?? job)?.includes('kube-state-metrics') ?? false;
}

/**
 * Scraped without `honor_labels`, a series whose own label is called as one of its scrape target has it under this name,
 * and the plain one says where the exporter runs.
 * https://prometheus.io/docs/prometheus/latest/configuration/configuration/#scrape_config
 */
const RENAMED = 'exported_';
/** What scrape targets are commonly labelled with. */
const scraped = ['namespace', 'pod', 'container', 'service', 'endpoint', 'node', 'job', 'instance'] as const;

export function isRenamed(labels: Labels): boolean {
  return scraped.some((label) => labels[RENAMED + label]);
}

/** The labels as the object's own series had them, before the scrape added its own. */
export function ownLabels(labels: Labels): Labels {
  if (!isRenamed(labels)) return labels;
  const kept = Object.entries(labels).filter(([label]) => !isOfScrape(label, labels));
  return Object.fromEntries(
    kept.map(([label, value]) => [
      (scraped as readonly string[]).find((one) => RENAMED + one === label) ?? label,
      value,
    ]),
  );
}

/** Of labels that were renamed: whether this one, which was not, is the scrape target's all the same. */
export function isOfScrape(label: string, labels: Labels): boolean {
  if (labels[RENAMED + label]) return true;
  switch (label) {
    case 'pod':
    case 'container':
      return isOfExporter(labels) || hasOwnPod(labels);
    case 'node':
      return Boolean(labels.exported_namespace ?? labels.exported_pod);
    case 'namespace':
      return false;
    default:
      return (scraped as readonly string[]).includes(label);
  }
}

/**
 * Whether the scrape target is a pod, and labelled with it: so does the Prometheus operator, which always adds `endpoint`,
 * but kubelets are no pods, and what cAdvisor says of others' it says under their own names.
 */
function hasOwnPod({ exported_pod, endpoint, job = '', service = '' }: Labels): boolean {
  return exported_pod !== undefined || (endpoint !== undefined && !/kubelet|cadvisor/.test(`${job} ${service}`));
}
