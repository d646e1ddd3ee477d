import { withDeeds } from '../deeds.ts';
import type { Facts } from '../facts.ts';
import { settlersOf } from '../layout.ts';
import { podsEverOf } from '../placement.ts';
import { coredns } from '../workloads.ts';
import type { World, WorldAlert } from '../world.ts';
import { crashLooping } from './crash-looping-alert.ts';
import { evicted } from './people.ts';

const BEGAN_SECONDS_AGO = 1_500;

/**
 * All machines have a new image with systemd-resolved: a pod that is made now is given 127.0.0.53, which inside of it is
 * itself. One pod of CoreDNS was moved and ends again and again; the other still has what it was given before. To restart the
 * Deployment, or to delete pods, makes more of the first kind: only the resolver of the machines ends it.
 */
export const dnsLoop: World = {
  id: 'dns-loop',
  title: 'Cluster DNS ends itself',
  description: 'A pod of CoreDNS ends again and again since it was moved',
  runbook: 'cluster-dns',
  target: 'component/coredns',
  expect: ['loop'],
  beganSecondsAgo: BEGAN_SECONDS_AGO,
  trouble: (facts, beganAt) => {
    const [moved] = settlersOf(facts, coredns);
    const looping = { ...facts, brokenPart: { ...loop, from: beganAt } };
    return moved ? withDeeds(looping, evicted(moved, beganAt)) : looping;
  },
  react: mended,
  byHand: 'set resolvConf: /run/systemd/resolve/resolv.conf for the kubelet of every machine',
  byHandFix: 'mendLoop',
  alerts: (facts) => [corednsLooping(facts), targetDown],
  slow: [
    { asks: /kube-system\/pods\?/, delayMs: 600 },
    { asks: /\/log\?/, delayMs: 1_500 },
    { asks: /coredns_dns_responses_total/, delayMs: 1_900 },
  ],
};

const loop = {
  component: coredns.name,
  onlyNew: true,
  exitCode: 1,
  log: [
    '.:53',
    '[INFO] plugin/reload: Running configuration SHA512 = 8a7d59126e7f114ab49c6d2613be93d8ef7d408af8ee61a710210843dc409f03',
    'CoreDNS-1.12.0',
    'linux/amd64, go1.23.3, 51e11f1',
    '[FATAL] plugin/loop: Loop (127.0.0.1:55953 -> :53) detected for zone ".", see https://coredns.io/plugins/loop#troubleshooting. Query: "HINFO 4547991504243258144.3688648895315093531."',
  ],
} as const;

function mended(facts: Facts): Facts {
  const { mendedAt, brokenPart } = facts;
  if (mendedAt === undefined || brokenPart === undefined) return facts;
  return { ...facts, brokenPart: { ...brokenPart, until: mendedAt } };
}

const prometheus = 'monitoring/kube-prometheus-stack-prometheus';

const corednsLooping = (facts: Facts): WorldAlert => {
  const pod = podsEverOf(facts, coredns).find(({ broken }) => broken)?.name ?? '';
  return crashLooping(facts, { ...coredns, pod });
};

const targetDown: WorldAlert = {
  labels: {
    alertname: 'TargetDown',
    job: 'coredns',
    namespace: 'kube-system',
    service: 'kube-prometheus-stack-coredns',
    prometheus,
    severity: 'warning',
  },
  annotations: {
    description: '50% of the coredns/kube-prometheus-stack-coredns targets in kube-system namespace are down.',
    summary: 'One or more targets are unreachable.',
  },
  expr: '100 * (count by (cluster, job, namespace, service) (up{job="coredns"} == 0) / count by (cluster, job, namespace, service) (up{job="coredns"})) > 10',
  afterSeconds: 640,
};
