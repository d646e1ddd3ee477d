import { word } from '../../evidence/shell.ts';
import { namesOf } from '../naming.ts';
import { heardIn } from '../signs.ts';
import { ask, askingNode, type Manual, nodesOf, ready, waitingNode } from './names.ts';

/** The account of its pods, by whatever name a chart gave it. */
const ACCOUNT = `account=$(kubectl -n kube-system get pods -l k8s-app=kube-dns -o jsonpath='{.items[0].spec.serviceAccountName}')`;
const mayWatch = (what: string) =>
  `kubectl auth can-i watch ${what} --all-namespaces --as=system:serviceaccount:kube-system:$account`;

/** `auth reconcile` takes only roles and their bindings out of what it is given. */
const asKubeadm = {
  title: 'Make the role and its binding anew, as kubeadm does',
  command:
    'sudo kubeadm init phase addon coredns --kubeconfig /etc/kubernetes/admin.conf --print-manifest > coredns.yaml && kubectl auth reconcile -f coredns.yaml',
  warning:
    '`auth reconcile` takes only the roles out of that file. Helm and clouds keep theirs in the chart or the add-on: apply that instead.',
} as const;
const asChart = (chart: string) => ({
  title: `Make the role and its binding anew, as Helm chart ${chart} does`,
  command: `helm -n kube-system get manifest ${chart} | kubectl auth reconcile -f -`,
  warning: '`auth reconcile` takes only the roles out of what the chart makes.',
});

export const mendRights: Manual = {
  title: 'Give it back the rights to watch',
  risk: 'low',
  steps: (maybe) => {
    const { chart } = namesOf(maybe.pods);
    return [
      {
        kind: 'look',
        title: 'What it may do, and by which binding',
        command: `${ACCOUNT}; for what in services namespaces pods endpointslices.discovery.k8s.io; do echo "$what $(${mayWatch('$what')})"; done; kubectl get clusterrolebindings -o wide | grep "kube-system/$account\\b"`,
        shows: 'no for any of them; or no binding to its account. All yes: its token is refused (401)',
      },
      {
        kind: 'change',
        ...(chart === undefined ? asKubeadm : asChart(chart)),
        verify: {
          command: `${ACCOUNT}; ${mayWatch('endpointslices.discovery.k8s.io')}`,
          shows: 'yes. CoreDNS tries again by itself within a minute',
        },
      },
    ];
  },
};

/** It was answered, and by a certificate that it does not accept: of another authority, for other names, or of another time. */
const lookAtCertificate = (node: string) =>
  ({
    kind: 'look',
    title: 'Whose certificate answers there, whom pods trust, and what time it is on that node',
    command: `kubectl -n kube-system get configmap kube-root-ca.crt -o jsonpath='{.data.ca\\.crt}' | openssl x509 -noout -subject -enddate; address=$(kubectl get service kubernetes -o jsonpath='{.spec.clusterIP}'); ssh ${word(node)} "date -u; openssl s_client -connect $address:443 </dev/null 2>/dev/null | openssl x509 -noout -issuer -dates -ext subjectAltName"`,
    shows:
      'the issuer that pods trust, dates around now, and the address of the Service among the names. Another issuer: its pods are older than the authority, or something stands between',
  }) as const;

export const lookAtApiPath: Manual = {
  title: 'Follow its way to the API server',
  risk: 'none',
  steps: (maybe) => {
    const node = askingNode(maybe, 'api');
    const isCertificate = heardIn(maybe.logs).some(({ now }) => /x509|tls: /.test(now.strangeCallWords ?? ''));
    return [
      ...(isCertificate ? [lookAtCertificate(node)] : []),
      {
        kind: 'look',
        title: 'Where the Service of the API server leads, and whether kube-proxy runs on that node',
        command: `kubectl get service kubernetes; kubectl get endpointslices -n default -l kubernetes.io/service-name=kubernetes; kubectl -n kube-system get pods -o wide --field-selector spec.nodeName=${word(node)}`,
        shows: 'the addresses of all API servers, and kube-proxy and the network plug-in Running',
      },
      {
        kind: 'look',
        title: 'Whether the node itself reaches it by that address',
        // By the address of the Service, as pods ask it: nothing but kube-proxy, or who takes its place, knows the way from there.
        command: `address=$(kubectl get service kubernetes -o jsonpath='{.spec.clusterIP}'); ssh ${word(node)} "curl -sk -m 3 --resolve kubernetes:443:$address https://kubernetes/version"`,
        shows:
          'a version, or a refusal: the node is well, and the network of pods is not. No answer: kube-proxy, or the way to the control plane',
      },
    ];
  },
};

export const lookAtNode: Manual = {
  title: 'See to the network of that node, and move its CoreDNS',
  risk: 'medium',
  steps: (maybe) => {
    // Only where pods wait in vain: one that is not ready need not be there.
    const node = waitingNode(maybe, 'api') ?? waitingNode(maybe, 'upstream') ?? 'NODE';
    return [
      {
        kind: 'look',
        title: 'The network plug-in and kube-proxy of that node',
        command: `kubectl -n kube-system get pods -o wide --field-selector spec.nodeName=${word(node)}; kubectl -n kube-system logs --tail=50 $(kubectl -n kube-system get pods -o name -l k8s-app=kube-proxy --field-selector spec.nodeName=${word(node)})`,
        shows: 'restarts, or errors of iptables: the runbook pid-exhaustion for refused forks',
      },
      {
        kind: 'change',
        title: 'Keep new pods off it, and make its CoreDNS pod anew elsewhere',
        command: `kubectl cordon ${word(node)} && kubectl -n kube-system delete pod -l k8s-app=kube-dns --field-selector spec.nodeName=${word(node)}`,
        verify: ready,
        warning: `\`kubectl uncordon ${word(node)}\` when its network is well.`,
      },
    ];
  },
};

export const mendPolicy: Manual = {
  title: 'Let DNS through the NetworkPolicy',
  risk: 'medium',
  steps: () => [
    {
      kind: 'look',
      title: 'What the policies of kube-system say',
      command: 'kubectl -n kube-system describe networkpolicies',
      shows:
        'for k8s-app=kube-dns: ingress on UDP and TCP 53 from everywhere, egress on 53 and to the API server. A port without a protocol is TCP only',
    },
    {
      kind: 'change',
      title: 'Allow what CoreDNS lives on; policies add up, so this takes nothing away',
      command: `kubectl apply -f - <<'EOF'
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: allow-cluster-dns, namespace: kube-system }
spec:
  podSelector: { matchLabels: { k8s-app: kube-dns } }
  policyTypes: [Ingress, Egress]
  ingress: [{ ports: [{ port: 53, protocol: UDP }, { port: 53, protocol: TCP }] }]
  egress: [{}]
EOF`,
      verify: ask,
    },
  ],
};

export const askLiveness: Manual = {
  title: 'Find out why it does not answer its liveness probe',
  risk: 'none',
  steps: ({ pods }) => [
    {
      kind: 'look',
      title: 'The probe, and whether the Corefile serves it',
      command: `kubectl -n kube-system get deployment ${namesOf(pods).deployment} -o jsonpath='{.spec.template.spec.containers[0].livenessProbe}'; kubectl -n kube-system get configmap ${namesOf(pods).configMap} -o jsonpath='{.data.Corefile}' | grep -nE 'health|ready'`,
      shows:
        'port 8080 and plug-in health: "connection refused" without it. "deadline exceeded" with it: the process or its node has no time',
    },
    {
      kind: 'look',
      title: 'What its nodes are busy with',
      command: 'kubectl top pods -n kube-system -l k8s-app=kube-dns; kubectl top nodes',
    },
  ],
};

export const askStart: Manual = {
  title: 'See what its pods wait for',
  risk: 'none',
  steps: () => [
    {
      kind: 'look',
      title: 'Their events, the latest last',
      command: 'kubectl -n kube-system describe pods -l k8s-app=kube-dns | grep -A20 ^Events',
      shows:
        'no node takes them (requests, taints, topology), an image that cannot be pulled, or a network plug-in that is not there',
    },
  ],
};

export const askNodes: Manual = {
  title: 'See to the nodes under it',
  risk: 'none',
  steps: (maybe) => [
    {
      kind: 'look',
      title: 'Whether they are Ready; if not, each is a matter of its own (runbook node-not-ready)',
      command: `kubectl get nodes ${nodesOf(maybe).map(word).join(' ')}`,
      shows: 'NotReady or Unknown: its pods go on, and the Service sends nobody to them',
    },
  ],
};

export const mendService: Manual = {
  title: 'Lead the Service back to its pods',
  risk: 'medium',
  steps: ({ pods }) => [
    {
      kind: 'look',
      title: 'Whom it selects, and whom it has',
      command: `kubectl -n kube-system get service ${namesOf(pods).service} -o wide; kubectl -n kube-system get endpointslices -l kubernetes.io/service-name=${namesOf(pods).service}; kubectl -n kube-system get pods -l k8s-app=kube-dns --show-labels`,
      shows:
        'the selector k8s-app=kube-dns, and an endpoint for each pod that is ready. The right selector without them: the controller manager is down',
    },
    {
      kind: 'change',
      title: 'If the selector is another: write back that of its pods',
      command: `kubectl -n kube-system patch service ${namesOf(pods).service} --type=merge -p '{"spec":{"selector":{"k8s-app":"kube-dns"}}}'`,
      verify: ask,
      warning:
        'A merge keeps other labels of the selector: take those away that no pod has. Do not delete the Service: pods keep its address for as long as they live.',
    },
  ],
};
