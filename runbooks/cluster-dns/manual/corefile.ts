import type { ManualStep } from '../../../engine/runbook.ts';
import { hostOf } from '../../evidence/scrape-targets.ts';
import { onMachine, word } from '../../evidence/shell.ts';
import { namesOf } from '../naming.ts';
import type { Maybe } from '../seen.ts';
import { selfIn } from '../service.ts';
import { ask, type Manual, nodesOf, ready } from './names.ts';

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
    if (self) return [ownAddress(self, maybe), ...keptBy(maybe), keepPlugin];
    const [node = 'NODE'] = nodesOf(maybe);
    return [
      {
        kind: 'look',
        title: 'Which resolver the node gives to its pods',
        command: onMachine({ name: node }, 'cat /etc/resolv.conf; grep -i resolvConf /var/lib/kubelet/config.yaml'),
        shows:
          'nameserver 127.0.0.53 (systemd-resolved) or another loopback address: that is CoreDNS itself, seen from its pod',
      },
      {
        kind: 'change',
        title: `On ${word(node)} and on every node like it: give the kubelet the file with the real upstreams`,
        command: onMachine(
          { name: node },
          'sudo sed -i "s#^resolvConf:.*#resolvConf: /run/systemd/resolve/resolv.conf#" /var/lib/kubelet/config.yaml && sudo systemctl restart kubelet',
        ),
        verify: {
          command: onMachine(
            { name: node },
            'grep resolvConf /var/lib/kubelet/config.yaml; grep nameserver /run/systemd/resolve/resolv.conf',
          ),
          shows: 'that file, and in it a nameserver that is no loopback address',
        },
        warning: 'If config.yaml has no such line, add it. A kubelet that is started anew ends no container.',
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

export const mendUpstream: Manual = {
  title: 'Ask the upstream from where CoreDNS asks it, or ask another',
  risk: 'medium',
  steps: (maybe) => {
    const [node = 'NODE'] = nodesOf(maybe);
    const [upstream = 'UPSTREAM'] = (maybe.upstreams ?? []).flatMap(({ to }) => hostOf(to) || []);
    return [
      {
        kind: 'look',
        title: 'Whether a node itself gets an answer',
        command: onMachine(
          { name: node },
          `dig +time=2 +tries=1 @${word(upstream)} example.com; cat /run/systemd/resolve/resolv.conf /etc/resolv.conf`,
        ),
        shows:
          'no answer either: the upstream, or a firewall or security group on the way (UDP and TCP port 53). An answer: the network of pods',
      },
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
