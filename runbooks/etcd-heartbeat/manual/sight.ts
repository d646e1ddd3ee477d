import type { Check, ManualRemedy, ManualStep } from '../../../engine/runbook.ts';
import { offersMetrics, withoutSight } from '../causes/sight.ts';
import type { Maybe } from '../facts.ts';
import { membership } from '../members.ts';
import type { Seen } from '../seen.ts';
import type { EtcdTarget } from '../target.ts';
import type { refusal } from './etcdctl.ts';

const manifest = '/etc/kubernetes/manifests/etcd.yaml';

/**
 * How to get the metrics without which most causes cannot be told apart. It restarts etcd: nothing for one that was
 * heard within the day, whose metrics are collected as soon as it answers again, unless it may well run and offer them
 * elsewhere.
 */
export const exposeMetrics: ManualRemedy<Seen, EtcdTarget> = {
  title: "Let Prometheus collect etcd's metrics",
  risk: 'medium',
  steps: (maybe) => {
    const { known, silent } = membership(maybe.members ?? []);
    if (known.length === 0) return stepsTo(maybe);
    return withoutSight(silent, maybe).length > 0 ? [whereItListens, ...backAgain(maybe)] : [];
  },
};

const whereItListens: ManualStep = {
  kind: 'look',
  title:
    'First, on the machine of each member that is not scraped: does etcd run, and where does it offer its metrics?',
  command: `sudo ss -ltnp | grep etcd; sudo grep listen-metrics-urls ${manifest}`,
  shows:
    "port 2379: it runs, and only the scrape goes to the wrong place; the rest is for that. 127.0.0.1:2381 is kubeadm's default, to which `kubeadm upgrade` goes back. Nothing of etcd: bring the member back first",
};

function backAgain(maybe: Maybe): readonly ManualStep[] {
  if (maybe.pods?.length === 0) return external;
  return onItsAddress;
}

function stepsTo(maybe: Maybe): readonly ManualStep[] {
  return [
    ...(maybe.members === undefined ? [askPrometheus] : []),
    ...(maybe.pods?.length === 0 ? managed(maybe.nodes?.nodes[0]?.provider) : kubeadm(maybe)),
  ];
}

const scraped: Check = {
  command: 'promtool query instant http://<prometheus>:9090 \'up{job="etcd"}\'',
  shows: '1 for every member',
};

const askPrometheus: ManualStep = {
  kind: 'advice',
  title: 'First let Prometheus be asked: the gaps of this report say why it was not (configured, reached, allowed)',
  warning: 'When it does scrape etcd, nothing else here is needed',
};

/** The kubelet restarts etcd for it: nothing to do where it is so already. */
const onItsAddress: readonly ManualStep[] = [
  {
    kind: 'change',
    title:
      'Now, on every control-plane node, one after the other: let etcd offer its metrics on the address of the machine',
    command: `sudo cp -p ${manifest} /root/etcd.before-metrics.yaml &&\nsudo sed -e 's|--listen-metrics-urls=.*|--listen-metrics-urls=http://0.0.0.0:2381|' /root/etcd.before-metrics.yaml | sudo tee ${manifest} >/dev/null`,
    verify: {
      command: 'curl -s http://<address of the node>:2381/metrics | head',
      shows: 'metrics, and the etcd pod Ready before the next node',
    },
    warning: `The kubelet restarts etcd: never two members at once, and with one member the API stands still for seconds. Metrics need no credentials there: let only Prometheus reach port 2381`,
  },
  {
    kind: 'change',
    title: 'For every node that will join or be upgraded: the same in the kubeadm configuration',
    command:
      'kubectl -n kube-system edit configmap kubeadm-config   # ClusterConfiguration: etcd.local.extraArgs: listen-metrics-urls: http://0.0.0.0:2381',
    verify: {
      command: 'kubectl -n kube-system get configmap kubeadm-config -o yaml | grep listen-metrics-urls',
      shows: 'http://0.0.0.0:2381',
    },
  },
];

function kubeadm(maybe: Parameters<typeof refusal>[0]): readonly ManualStep[] {
  const addresses = (maybe.pods ?? []).flatMap(({ addresses }) => addresses.slice(0, 1));
  const targets =
    addresses.length > 0
      ? addresses.map((address) => `"${address}:2381"`).join(', ')
      : '"<address of each control-plane node>:2381"';
  const offered = maybe.pods?.every(offersMetrics);
  return [
    ...(offered ? [] : onItsAddress),
    {
      kind: 'change',
      title: 'Let Prometheus scrape it under a job with etcd in its name',
      command: `- job_name: etcd\n  static_configs: [{ targets: [${targets}] }]`,
      verify: scraped,
      warning: 'With kube-prometheus-stack instead: kubeEtcd.enabled=true, kubeEtcd.service.targetPort=2381',
    },
  ];
}

function managed(provider: string | undefined): readonly ManualStep[] {
  const hints: Readonly<Record<string, string>> = {
    aws: "EKS offers no etcd metrics to rely on; the API server's own (etcd_request_duration_seconds, apiserver_storage_size_bytes) are at /metrics",
    gce: 'GKE offers control-plane metrics of API server, scheduler and controller manager, none of etcd',
    azure: 'AKS offers the target controlplane-etcd to Azure managed Prometheus (preview)',
  };
  return [
    {
      kind: 'advice',
      title: 'If the control plane is managed, the provider sees what we cannot: open a ticket with this report',
      warning: `${hints[provider ?? ''] ?? 'Ask the provider which metrics of etcd it offers'}. Give them the time, the figures of "etcd as the API server sees it", and the /readyz answer`,
    },
    ...external,
  ];
}

const external: readonly ManualStep[] = [
  {
    kind: 'change',
    title:
      'If etcd is your own but outside this cluster, let Prometheus scrape its client port, or a port of --listen-metrics-urls',
    command:
      '- job_name: etcd\n  scheme: https\n  tls_config: { ca_file: ca.crt, cert_file: client.crt, key_file: client.key }\n  static_configs: [{ targets: ["<member>:2379"] }]',
    verify: scraped,
  },
];
