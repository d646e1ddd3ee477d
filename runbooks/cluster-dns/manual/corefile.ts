import type { ManualStep } from '../../../engine/runbook.ts';
import { isLoopback } from '../../evidence/etcd-strangers.ts';
import { hostOf } from '../../evidence/scrape-targets.ts';
import { onMachine, word } from '../../evidence/shell.ts';
import { limits } from '../limits.ts';
import { namesOf } from '../naming.ts';
import type { Maybe } from '../seen.ts';
import { selfIn } from '../service.ts';
import { failingOf } from '../signs.ts';
import { ask, askingNode, type Manual, nodesOf, ready } from './names.ts';

const KUBELET = '/var/lib/kubelet/config.yaml';
const RESOLVED = '/run/systemd/resolve/resolv.conf';
const edit = ({ pods }: Maybe) => `kubectl -n kube-system edit configmap ${namesOf(pods).configMap}`;
const keepAndEdit = (maybe: Maybe) =>
  `kubectl -n kube-system get configmap ${namesOf(maybe.pods).configMap} -o yaml > coredns-before.yaml && ${edit(maybe)}`;
const restart = ({ pods }: Maybe) => `kubectl -n kube-system rollout restart deployment ${namesOf(pods).deployment}`;

/** Where a chart makes its objects, an edit of them does not last. */
function keptBy({ pods }: Maybe): readonly ManualStep[] {
  const { chart } = namesOf(pods);
  if (chart === undefined) return [];
  return [
    {
      kind: 'advice',
      title: `Write it into HelmChartConfig ${chart} in kube-system as well`,
      warning: `Helm chart ${chart} makes these objects: what is changed in them alone is lost with the next start or upgrade of RKE2.`,
    },
  ];
}

/** AKS, K3s, Gardener and others write their Corefile over, and import what people add to it. */
function importing({ corefile }: Maybe): readonly ManualStep[] {
  if (!corefile?.imports) return [];
  return [
    {
      kind: 'advice',
      title: 'Its Corefile imports files: with AKS, K3s and others write into ConfigMap coredns-custom instead',
      warning:
        'They write ConfigMap coredns over (K3s at each start), and what is changed there is lost. In coredns-custom a key that ends in .override goes into the block for all names, and .server is a block of its own. The upstream for all names they take from the nodes (AKS: the DNS servers of the virtual network).',
    },
  ];
}

const keepPlugin: ManualStep = {
  kind: 'advice',
  title: 'Do not take plug-in loop out of the Corefile',
  warning: 'Then nothing ends the loop: every foreign question goes round until memory or CPU run out.',
};

const ownAddress = (self: string, maybe: Maybe): ManualStep => ({
  kind: 'change',
  title: `Write real upstreams in place of ${self}; keep what is there`,
  command: keepAndEdit(maybe),
  verify: ask,
});

export const mendLoop: Manual = {
  title: 'Point its upstream away from itself',
  risk: 'medium',
  steps: (maybe) => {
    const self = selfIn(maybe.corefile?.foreign, maybe.service);
    if (self) return [...importing(maybe), ownAddress(self, maybe), ...keptBy(maybe), keepPlugin];
    const [node = 'NODE'] = nodesOf(maybe);
    return [
      {
        kind: 'look',
        title: 'Which resolver the node gives to its pods',
        command: onMachine(
          { name: node },
          `cat /etc/resolv.conf; grep -i resolvConf ${KUBELET}; test -s ${RESOLVED} && cat ${RESOLVED}`,
        ),
        shows:
          'nameserver 127.0.0.53 (systemd-resolved) or another loopback address: that is CoreDNS itself, seen from its pod. Last, where systemd-resolved runs, the real upstreams',
      },
      {
        kind: 'change',
        title: `On ${word(node)} and on every node like it: give the kubelet the file with the real upstreams`,
        command: onMachine(
          { name: node },
          `test -s ${RESOLVED} && grep ^nameserver ${RESOLVED} | grep -qv " 127[.]" && sudo sed -i "s#^resolvConf:.*#resolvConf: ${RESOLVED}#" ${KUBELET} && sudo systemctl restart kubelet`,
        ),
        verify: {
          command: onMachine({ name: node }, `grep resolvConf ${KUBELET}; grep nameserver ${RESOLVED}`),
          shows: 'that file, and in it a nameserver that is no loopback address',
        },
        warning:
          'If config.yaml has no such line, add it (RKE2, K3s: `resolv-conf:` in /etc/rancher/rke2 or k3s/config.yaml, and start that anew). A kubelet that is started anew ends no container.',
      },
      {
        kind: 'advice',
        title: 'If that does nothing: there is no systemd-resolved there (dnsmasq, unbound; RHEL, Amazon Linux)',
        warning:
          'Write `nameserver` lines with the real upstreams (those that the local resolver asks) into a file of your own, as /etc/kubernetes/resolv.conf, and name that as resolvConf. Never name a file that is not there: the kubelet then makes no pod any more.',
      },
      {
        kind: 'change',
        title: 'Make its pods anew: a pod keeps the resolver it was made with, whatever its container does',
        command: `${restart(maybe)} && kubectl -n kube-system rollout status deployment ${namesOf(maybe.pods).deployment}`,
        verify: ask,
      },
      {
        kind: 'advice',
        title: 'If the nodes cannot be reached',
        warning: `\`${edit(maybe)}\`: write the addresses of real upstreams in place of /etc/resolv.conf (\`forward . 10.0.0.2\`). It is the same for all nodes then.`,
      },
      ...importing(maybe),
      ...keptBy(maybe),
      keepPlugin,
    ];
  },
};

function whoWrote(configMap: string): string {
  const get = `kubectl -n kube-system get configmap ${configMap}`;
  return `${get} -o jsonpath='{.data.Corefile}'; ${get} --show-managed-fields -o jsonpath='{range .metadata.managedFields[*]}{.manager}{" "}{.time}{"\\n"}{end}'`;
}

export const mendCorefile: Manual = {
  title: 'Take the last change of the Corefile back',
  risk: 'medium',
  steps: (maybe) => [
    {
      kind: 'look',
      title: 'What it says now, and who wrote it when',
      command: whoWrote(namesOf(maybe.pods).configMap),
      shows:
        'the line that its last words name. A ConfigMap has no earlier versions: look for them in git, or in a backup',
    },
    ...importing(maybe),
    {
      kind: 'change',
      title: 'Keep what is there, and mend that line',
      command: keepAndEdit(maybe),
      verify: {
        command:
          'kubectl -n kube-system logs -l k8s-app=kube-dns --since=3m --tail=-1 | grep -iE "reload|parsing|error"',
        shows: '"Reloading complete" within two minutes (plug-in reload); without it nothing, until the next start',
      },
    },
    {
      kind: 'change',
      title: 'Where the pods wait in a crash loop, or plug-in reload is not used: start them anew',
      command: restart(maybe),
      verify: ready,
    },
    ...keptBy(maybe),
    {
      kind: 'advice',
      title: 'After an upgrade of CoreDNS',
      warning:
        'A plug-in may be gone or changed: https://github.com/coredns/deployment (corefile-tool) says what a version takes. Never start all pods anew on a Corefile that one has refused.',
    },
  ],
};

/** The upstream that fails, as the causes name it: what logs tell of first, then what is counted; else the slowest. */
function blamed(maybe: Maybe) {
  const { upstreams = [] } = maybe;
  const lost = failingOf(maybe, 'upstream').flatMap(({ now }) => [...now.upstream]);
  const [told] = lost.filter(([host]) => host !== '').toSorted(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
  const worst = (figure: 'failedChecks' | 'servfail' | 'p99', least: number) =>
    upstreams
      .filter((one) => (one[figure] ?? Number.NEGATIVE_INFINITY) >= least)
      .toSorted((a, b) => (b[figure] ?? 0) - (a[figure] ?? 0) || (a.to < b.to ? -1 : 1))[0];
  const counted = told
    ? upstreams.find(({ to }) => hostOf(to) === told[0])
    : (worst('failedChecks', limits.unanswered) ??
      worst('servfail', limits.servfailShare) ??
      worst('p99', 0) ??
      upstreams[0]);
  const to = counted?.to ?? '';
  return { host: told?.[0] ?? (hostOf(to) || undefined), port: /:(\d+)$/.exec(to)?.[1] };
}

export const mendUpstream: Manual = {
  title: 'Ask the upstream from where CoreDNS asks it, or ask another',
  risk: 'medium',
  steps: (maybe) => {
    const { host, port } = blamed(maybe);
    const other = port === undefined || port === '53' ? '' : ` -p ${word(port)}`;
    return [
      {
        kind: 'look',
        title: 'Whether a node itself gets an answer',
        command: onMachine(
          { name: askingNode(maybe, 'upstream') },
          `dig +time=2 +tries=1${other} @${word(host ?? 'UPSTREAM')} example.com; cat /run/systemd/resolve/resolv.conf /etc/resolv.conf`,
        ),
        shows:
          host && isLoopback(host)
            ? 'whatever answers here: in its pod that address is CoreDNS itself, where nobody else listens. Last, where systemd-resolved runs, the real upstreams'
            : 'no answer either: the upstream, or a firewall or security group on the way (UDP and TCP port 53). An answer: the network of pods',
      },
      ...importing(maybe),
      {
        kind: 'change',
        title: 'Write upstreams that answer into the Corefile: keep what is there, then edit `forward . …`',
        command: keepAndEdit(maybe),
        verify: ask,
        warning:
          'Names that only your own resolver knows are lost with another upstream. Plug-in reload takes it up within two minutes.',
      },
      ...keptBy(maybe),
    ];
  },
};
