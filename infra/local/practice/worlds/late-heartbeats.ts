import { type Facts, withNode } from '../facts.ts';
import { lastBeat } from '../identity.ts';
import type { Lapse } from '../lapses.ts';
import type { World } from '../world.ts';

const NODE = 'worker-1';
const BEGAN_SECONDS_AGO = 1_450;
/** A firewall on its way forgets its connection: HTTP/2 takes so long to notice, counted from the last heartbeat. */
const HANGS_SECONDS = 44;
const [FIRST_LAPSE, EVERY, MOST_LAPSES] = [90, 300, 60];
/** A flag that was carried along since it was the default, and what the default is now. */
const [CARRIED_SECONDS, DEFAULT_SECONDS] = [40, 50];
const [BEATS, LOOKS, SCRAPES] = [10, 5, 15];

/**
 * The story of the article, as it happens today: heartbeats come a few seconds later than the controller manager waits, so
 * that all pods of a node leave their Services for seconds, though each of them is well. It ends when the grace period
 * outlasts a connection that hangs. Moving pods about moves nothing: the node goes on falling silent.
 */
export const lateHeartbeats: World = {
  id: 'late-heartbeats',
  title: 'Endpoints that come and go',
  description: `Pods of ${NODE} leave their Services for seconds, again and again`,
  runbook: 'endpoint-flapping',
  target: `node/${NODE}`,
  expect: ['stuckConnection', 'graceTooSmall', 'nodeHeartbeat'],
  beganSecondsAgo: BEGAN_SECONDS_AGO,
  trouble: (facts, beganAt) =>
    withNode({ ...facts, graceFlag: `${CARRIED_SECONDS}s` }, NODE, {
      lapses: lapsesFrom(beganAt),
      graces: [{ at: facts.bornAt, seconds: CARRIED_SECONDS }],
    }),
  react: mended,
  byHand: 'set --node-monitor-grace-period to 50s for every kube-controller-manager',
  byHandFix: 'raiseGrace',
  alerts: () => [
    {
      labels: {
        alertname: 'NodeEndpointsFlapping',
        node: NODE,
        prometheus: 'monitoring/kube-prometheus-stack-prometheus',
        severity: 'warning',
      },
      annotations: { summary: `15 pods of node ${NODE} flip between ready and unready` },
      expr: 'count by (cluster, node) ((max by (cluster, namespace, pod) (changes(kube_pod_status_ready{condition="true"}[15m])) >= 3) * on (cluster, namespace, pod) group_left (node) topk by (cluster, namespace, pod) (1, max by (cluster, namespace, pod, node) (kube_pod_info{node!=""}))) >= 3',
      afterSeconds: 480,
    },
  ],
  slow: [
    { asks: new RegExp(`/pods\\?.*${NODE}\\b`), delayMs: 800 },
    { asks: /kubelet_pleg_relist/, delayMs: 1_500 },
    { asks: new RegExp(`kube_lease_renew_time.*"${NODE}"`), delayMs: 2_000 },
  ],
};

/** The connection goes on to hang; the controller manager waits for it. */
function mended(facts: Facts): Facts {
  const { mendedAt, nodes } = facts;
  if (mendedAt === undefined) return facts;
  const graces = nodes.find(({ name }) => name === NODE)?.graces ?? [];
  return withNode({ ...facts, graceFlag: `${DEFAULT_SECONDS}s` }, NODE, {
    graces: [...graces, { at: mendedAt - DEFAULT_SECONDS, seconds: DEFAULT_SECONDS }],
  });
}

/** Each begins with a heartbeat after which the controller manager's look falls on a scrape: Prometheus sees every one. */
function lapsesFrom(beganAt: number): readonly Lapse[] {
  return Array.from({ length: MOST_LAPSES }, (_, count) => {
    let beat = lastBeat(beganAt + FIRST_LAPSE + count * EVERY, BEATS, 'lease', NODE);
    while ((Math.ceil((beat + CARRIED_SECONDS) / LOOKS) * LOOKS) % SCRAPES !== 0) beat += BEATS;
    return { from: beat + 0.001, until: beat + HANGS_SECONDS, unheard: true };
  });
}
