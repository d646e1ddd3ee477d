import { word } from '../../evidence/shell.ts';
import { agentNames, type Manual, podsHere } from './commands.ts';

export const giveMemory: Manual = {
  title: 'Give the agent memory where its manifest is kept',
  risk: 'medium',
  steps: (maybe) => {
    const { namespace, daemonSet, container } = agentNames(maybe);
    return [
      {
        kind: 'look',
        title: 'What it uses on each node against its limit',
        command: `kubectl top pods -n ${namespace} --containers; kubectl get daemonset -n ${namespace} ${daemonSet} -o jsonpath='{range .spec.template.spec.containers[*]}{.name} {.resources}{"\\n"}{end}'`,
        shows: 'all near the limit: it is too small for this cluster. One alone: look at that node first',
      },
      {
        kind: 'change',
        title: 'Raise it; and in the chart or repository it comes from, which else sets it back',
        command: `kubectl set resources daemonset -n ${namespace} ${daemonSet} -c ${container} --limits=memory=<256Mi>`,
        verify: {
          command: `kubectl rollout status -n ${namespace} daemonset/${daemonSet} && kubectl get pods -n ${namespace} -o wide`,
          shows: 'all ready, and after ten minutes no restart more',
        },
        warning:
          'The agents of all nodes are replaced, as many at a time as its maxUnavailable says. To take it back: the same with the old limit.',
      },
    ];
  },
};

export const morePids: Manual = {
  title: 'Find out who takes the PIDs',
  risk: 'low',
  steps: (maybe, target) => {
    const { namespace, pod } = agentNames(maybe);
    return [
      {
        kind: 'look',
        title: 'The runbook for that tells whose they are: of a pod, of all of them, of the machine',
        command: `npx nightshift investigate pid-exhaustion --target node/${word(target.name)}`,
        shows: 'a confirmed cause: mend that first, the agent comes back by itself',
      },
      {
        kind: 'change',
        title:
          "If it is the limit of the agent's own pod: raise podPidsLimit in the kubelet's configuration, then restart the kubelet",
        verify: {
          command: `kubectl logs -n ${namespace} ${pod} --since=5m | grep -ci "temporarily unavailable"`,
          shows: '0',
        },
        warning:
          'Not blindly: it holds for all pods of the node. An agent needs some hundred; thousands are a leak of its own.',
      },
    ];
  },
};

export const reachApi: Manual = {
  title: 'Find out where the way to the API server ends',
  risk: 'low',
  steps: (maybe, target) => {
    const { namespace, pod } = agentNames(maybe);
    return [
      {
        kind: 'look',
        title: 'From the node: by the address of the Service, then by that of an API server',
        command: `kubectl get service,endpointslices -n default -o wide; ssh ${word(target.name)} 'curl -ksm 5 -o /dev/null -w "%{http_code}\\n" https://<address of the Service>:443/readyz; curl -ksm 5 -o /dev/null -w "%{http_code}\\n" https://<address of an API server>:6443/readyz'`,
        shows: 'only the second answers: rules of kube-proxy are missing. None: a firewall, a route, a security group',
      },
      {
        kind: 'look',
        title: "kube-proxy's pod here, and what it writes",
        command: `kubectl get pods -n kube-system -l k8s-app=kube-proxy -o wide --field-selector spec.nodeName=${word(target.name)}; kubectl logs -n kube-system -l k8s-app=kube-proxy --prefix --since=10m --tail=-1 | tail -40`,
      },
      {
        kind: 'change',
        title:
          'If it says "unauthorized" or "x509": its token or the authority it trusts is an old one. Let the agent be made anew, which gets it others',
        command: `kubectl delete pod -n ${namespace} ${pod}`,
        verify: { command: podsHere(target), shows: 'the agent ready again after a minute' },
        warning:
          '"x509: … expired": whose clock or certificate is out of time comes first, of this node and of the API server.',
      },
      {
        kind: 'look',
        title: 'If it says "forbidden": what its account may do',
        command: `account=$(kubectl get pod -n ${namespace} ${pod} -o jsonpath='{.spec.serviceAccountName}'); kubectl auth can-i --list --as=system:serviceaccount:${namespace}:$account; kubectl get clusterrolebindings -o wide | grep "${namespace}/$account\\b"`,
        shows:
          'what it was refused is not among it: apply the roles and bindings of the manifest or chart of the plug-in again',
      },
    ];
  },
};

export const admitAgent: Manual = {
  title: 'Let the agent onto this node',
  risk: 'medium',
  steps: (_maybe, target) => [
    {
      kind: 'look',
      title: 'What keeps it away: taints and labels of the node against tolerations and nodeSelector of the DaemonSet',
      command: `kubectl get node ${word(target.name)} -o jsonpath='{.spec.taints}{"\\n"}{.metadata.labels}{"\\n"}'; kubectl get daemonsets -A -o jsonpath='{range .items[*]}{.metadata.namespace}/{.metadata.name} {.spec.template.spec.nodeSelector} {.spec.template.spec.tolerations}{"\\n"}{end}'`,
      shows:
        'a taint that the network does not tolerate. Those of plug-ins carry "operator: Exists" without a key, as a rule',
    },
    {
      kind: 'change',
      title:
        'Give the DaemonSet that toleration, where its manifest is kept as well; or take the taint away if it is a slip',
      command: 'kubectl edit daemonset -n <namespace> <daemonset>',
      verify: { command: podsHere(target), shows: 'a pod of it, ready, within a minute' },
      warning:
        'A change of the template replaces the agents of all nodes, as many at a time as its maxUnavailable says.',
    },
  ],
};

export const readAgent: Manual = {
  title: 'Read why the agent ends',
  risk: 'low',
  steps: (maybe, target) => {
    const { namespace, pod, container, daemonSet } = agentNames(maybe);
    return [
      {
        kind: 'look',
        title: 'The log of its run before, and its events',
        command: `kubectl logs -n ${namespace} ${pod} -c ${container} --previous --tail=100; kubectl describe pod -n ${namespace} ${pod}`,
      },
      {
        kind: 'look',
        title: 'Whether it is new: the revisions of its DaemonSet, and how the other nodes fare',
        command: `kubectl rollout history -n ${namespace} daemonset/${daemonSet}; kubectl get pods -n ${namespace} -o wide`,
        shows: 'only the nodes with the newest revision fail: go back to the one before',
      },
      {
        kind: 'change',
        title: 'Back to the revision before, if it is that',
        command: `kubectl rollout undo -n ${namespace} daemonset/${daemonSet}`,
        verify: { command: podsHere(target), shows: 'the agent ready, without a restart in ten minutes' },
      },
    ];
  },
};

export const openMetrics: Manual = {
  title: 'Let Prometheus reach the metrics of kube-proxy',
  risk: 'low',
  steps: () => [
    {
      kind: 'look',
      title: 'Where it listens',
      command: 'kubectl get configmap -n kube-system kube-proxy -o yaml | grep -n metricsBindAddress',
      shows: '"" or 127.0.0.1:10249: only the machine itself reaches it',
    },
    {
      kind: 'change',
      title: 'Set metricsBindAddress: 0.0.0.0:10249, close the port to the outside, and restart kube-proxy',
      command:
        'kubectl edit configmap -n kube-system kube-proxy && kubectl rollout restart -n kube-system daemonset/kube-proxy',
      verify: {
        command: 'kubectl rollout status -n kube-system daemonset/kube-proxy',
        shows: 'successfully rolled out; its targets are up within a minute',
      },
      warning: 'Where a plug-in does the work of kube-proxy there is none: take its rules out of Prometheus instead.',
    },
  ],
};
