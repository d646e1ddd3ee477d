import { together } from '../evidence/figures.ts';
import { type ScrapeTarget, selector } from '../evidence/scrape-targets.ts';

/**
 * All PromQL of this runbook beside that of `evidence/scrape-targets.ts`. Asked as ranges, minute by minute; each moment
 * holds the most of 2 minutes, so that no scrape is passed over.
 */

/** Every pod's cgroup is below it: cgroupfs and systemd name it so. Its limit is what all pods together may have. */
const ALL_PODS = 'id=~"/kubepods([.]slice)?"';

/**
 * Threads and limits by pod, as the pids cgroups count them. The limit of a pod (podPidsLimit) stands on its own cgroup
 * (container=""), which its containers and the sandbox share; a container has one of its own where the runtime sets it
 * (CRI-O, pids_limit). 0: no limit. `container_processes` of the pod's cgroup is always 0: only its containers count.
 */
export function podFigures(target: ScrapeTarget): string {
  const at = selector(target);
  const most = (metric: string, which: string) => `max_over_time(${metric}{${at},${which}}[2m])`;
  const byPod = 'by (namespace, pod)';
  const threads =
    `(max ${byPod} (${most('container_threads', 'pod!="",container=""')})` +
    ` or sum ${byPod} (${most('container_threads', 'pod!="",container!="",container!="POD"')}))`;
  const limit = `(container_threads_max{${at},pod!=""} > 0)`;
  const share = `max ${byPod} (${most('container_threads', 'pod!=""')} / ${limit})`;
  const chosen = `and on (namespace, pod) (topk(5, ${threads}) or topk(5, ${share}))`;
  const processes = `sum ${byPod} (container_processes{${at},pod!="",container!="",container!="POD"})`;
  return together({
    threads: `topk(5, ${threads})`,
    share: `topk(5, ${share})`,
    // The lowest: where pod and container have one, that of the container is reached first.
    limit: `(min ${byPod} (${limit}) and on (namespace, pod) topk(5, ${share}))`,
    processes: `(${processes} ${chosen})`,
    together: `sum(${threads})`,
    pods: `count(${threads})`,
    limitsSeen: `count(max ${byPod} (container_threads_max{${at},pod!=""}))`,
    allPods: `max(${most('container_threads', ALL_PODS)})`,
    allPodsMax: `max(container_threads_max{${at},${ALL_PODS}} > 0)`,
  });
}

/** Of the machine. All but the forks need node_exporter's processes collector, which is off by default. */
export function machineFigures(target: ScrapeTarget): string {
  const at = selector(target);
  return together({
    threads: `max_over_time(node_processes_threads{${at}}[2m])`,
    // kernel.pid_max and kernel.threads-max: every thread takes a PID, and both limit it.
    pidMax: `node_processes_max_processes{${at}}`,
    threadsMax: `node_processes_max_threads{${at}}`,
    zombies: `node_processes_state{${at},state="Z"}`,
    forks: `rate(node_forks_total{${at}}[2m])`,
  });
}
