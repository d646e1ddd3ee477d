import { together } from '../evidence/figures.ts';
import { quoted } from '../evidence/scrape-targets.ts';
import { aboutOf, type ControlPlaneTarget } from './target.ts';

/** All PromQL of this runbook: two instant queries, whose figures are told apart by the label `figure`. */

/** Job names of kube-prometheus, the Helm chart and plain Prometheus, and of OpenShift. */
const JOBS: Readonly<Record<string, string>> = {
  'kube-scheduler': '.*kube-scheduler|scheduler',
  'kube-controller-manager': '.*kube-controller-manager|kube-controllers',
  'kube-apiserver': 'apiserver|.*kube-apiserver|kubernetes-apiservers',
};

/** Of kubelets, kube-proxy, node exporters (Linux, Windows), controller manager and scheduler, etcd, and agents of Calico and Cilium. */
const MACHINE_PORTS = '10250|10255|10249|9100|9182|10257|10259|2381|9091|9962';

/** The matcher of its targets: the job that the alert names, or the usual ones. */
export function jobOf({ name, job }: Pick<ControlPlaneTarget, 'job'> & { readonly name: string }): string {
  return job ? `job=${quoted(job)}` : `job=~"${JOBS[name] ?? name}"`;
}

/** Its targets now, and as they were within a day: one that is not discovered any more shows only there. */
export function scrapeFigures(target: ControlPlaneTarget) {
  const up = `up{${jobOf(target)}}`;
  const by = 'max by (instance, pod)';
  return {
    up: `${by} (${up})`,
    scrapeSeconds: `${by} (scrape_duration_seconds{${jobOf(target)}})`,
    wasUp: `${by} (max_over_time(${up}[1d]))`,
    answeredAgo: `time() - ${by} (max_over_time(timestamp(${up} == 1)[6h:1m]))`,
    // So that no target of this job can be told from a Prometheus that sees nothing at all.
    targets: 'count(up)',
  } as const;
}

/**
 * How others see its work: pods that wait and were never bound, Deployments nobody brought up to date, whether its lease
 * moves (by the time in it, whatever the clock it was written with), and how many requests to the API server get no answer.
 */
export function workFigures({ name }: ControlPlaneTarget) {
  const { lease } = aboutOf(name);
  const [wanted, seen] = ['kube_deployment_metadata_generation', 'kube_deployment_status_observed_generation'];
  // Scraped without `honorLabels` the pod that it tells of is in the latter two, and the first two are its own.
  const pod = '(namespace, pod, exported_namespace, exported_pod)';
  const pending = `(max by ${pod} (kube_pod_status_phase{phase="Pending"}) == 1)`;
  const apiTargets = `up{job=~"${JOBS['kube-apiserver']}"}`;
  const apis = `(max by (instance) (${apiTargets}))`;
  const machine = (series: string) =>
    `count by (machine) (label_replace(${series}, "machine", "$1", "instance", "(.+?)(:[0-9]+)?"))`;
  const apiMachines = machine(apiTargets);
  // Prometheus' scrape of itself always answers.
  const others = `up{job!~"${JOBS['kube-apiserver']}|prometheus|.*-prometheus|prometheus-k8s"} == 1`;
  const bound = `(max by ${pod} (kube_pod_status_scheduled{condition="true"}) == 1)`;
  return {
    unbound: `(count(${pending} unless on ${pod} ${bound}) or 0 * count(kube_pod_status_phase{phase="Pending"}))`,
    behind: `(count(${wanted} > ${seen}) or 0 * count(${wanted}))`,
    unanswered: unansweredIn('[5m]'),
    // The same up to two minutes ago: since then each API server was scraped, at the usual intervals.
    unansweredBefore: unansweredIn('[3m] offset 2m'),
    // The API servers' own targets, and whether Prometheus reaches machines at all: it may be what is cut off, and what runs
    // beside it on its own machine answers it then, too. First the API servers' machines of which nothing else answers either,
    // then all that answer at a port of the machine itself (pods have addresses of their own).
    apiUp: `(count(${apis} == 1) or 0 * count(${apis}))`,
    apiAll: `count(${apis})`,
    // When the latest of those answers was scraped: what failed since is not in it.
    apiAnsweredAgo: `time() - max(timestamp(${apiTargets}) and ${apiTargets} == 1)`,
    apiMachinesSilent: `(count(${apiMachines} unless on (machine) ${machine(others)}) or 0 * count(${apis}))`,
    machinesUp: `(count(${machine(`up{instance=~".+:(${MACHINE_PORTS})"} == 1`)}) or 0 * count(up))`,
    ...(lease ? { leaseMoves: `max(changes(kube_lease_renew_time{lease="${lease}"}[5m]))` } : {}),
  };
}

function unansweredIn(range: string): string {
  const all = `sum(rate(rest_client_requests_total${range}))`;
  return `(sum(rate(rest_client_requests_total{code="<error>"}${range})) or 0 * ${all}) / (${all} > 0)`;
}

export const queryOf = {
  scrapes: (target: ControlPlaneTarget) => together(scrapeFigures(target)),
  work: (target: ControlPlaneTarget) => together(workFigures(target)),
};
