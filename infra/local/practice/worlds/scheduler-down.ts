import { withDeeds } from '../deeds.ts';
import type { Facts } from '../facts.ts';
import { settlersOf } from '../layout.ts';
import { apps } from '../workloads.ts';
import type { World } from '../world.ts';
import { evicted } from './people.ts';

const BEGAN_SECONDS_AGO = 900;
/** Pods that were moved since, one after the other: they come back, and stay Pending. */
const MOVED_AFTER_SECONDS = [260, 420, 600];

/**
 * Somebody added a flag to the manifests of all schedulers that this version does not know (it went in 1.23). What runs
 * runs on; what is ended does not come back. No object of the API mends a static pod: deleted, the mirror comes back as it
 * was, and evictions only add to those who wait.
 */
export const schedulerDown: World = {
  id: 'scheduler-down',
  title: 'Nobody places pods',
  description: 'Prometheus gets no answer from any scheduler',
  runbook: 'control-plane-down',
  target: 'component/kube-scheduler',
  expect: ['badConfiguration'],
  beganSecondsAgo: BEGAN_SECONDS_AGO,
  trouble: (facts, beganAt) => {
    const [web] = apps;
    const moved = web ? settlersOf(facts, web).slice(0, MOVED_AFTER_SECONDS.length) : [];
    const deeds = moved.map((place, index) => evicted(place, beganAt + (MOVED_AFTER_SECONDS[index] ?? 0)));
    return withDeeds({ ...facts, brokenPart: { ...unknownFlag, from: beganAt } }, ...deeds);
  },
  react: mended,
  byHand: 'take the flag --address out of kube-scheduler.yaml on every machine of the control plane',
  byHandFix: 'mendManifest',
  alerts: () => [
    {
      labels: {
        alertname: 'KubeSchedulerDown',
        job: 'kube-scheduler',
        prometheus: 'monitoring/kube-prometheus-stack-prometheus',
        severity: 'critical',
      },
      annotations: {
        description: 'KubeScheduler has disappeared from Prometheus target discovery.',
        runbook_url: 'https://runbooks.prometheus-operator.dev/runbooks/kubernetes/kubeschedulerdown',
        summary: 'Target disappeared from Prometheus target discovery.',
      },
      expr: 'absent(up{job="kube-scheduler"} == 1)',
      afterSeconds: 320,
    },
  ],
  slow: [
    { asks: /nodes\?/, delayMs: 600 },
    { asks: /\/log\?/, delayMs: 1_500 },
    { asks: /kube_pod_status_scheduled/, delayMs: 1_900 },
  ],
};

const unknownFlag = {
  component: 'kube-scheduler',
  exitCode: 1,
  log: ['Error: unknown flag: --address', "See 'kube-scheduler --help' for usage."],
} as const;

function mended(facts: Facts): Facts {
  const { mendedAt, brokenPart } = facts;
  if (mendedAt === undefined || brokenPart === undefined) return facts;
  return { ...facts, brokenPart: { ...brokenPart, until: mendedAt } };
}
