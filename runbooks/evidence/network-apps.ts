/**
 * Who sets up the network on every node, by the label that the manifests of each carry: kube-proxy and the agents of CNI
 * plug-ins. All of them call iptables or talk to the API server on behalf of the pods of their node.
 */
const NETWORK =
  /^(kube-proxy|flannel|kube-flannel|canal|calico-node|cilium|weave-net|aws-node|azure-cns|kube-router|antrea|antrea-agent|kindnet|multus|ovnkube-node)$/;

/** `kube-proxy`, `flannel`, `calico-node`, …; `undefined`: it is not of the network, or of a name not known here. */
export function networkAppOf(labels: Readonly<Record<string, string>>): string | undefined {
  const values = ['k8s-app', 'app', 'component', 'name'].map((label) => labels[label] ?? '');
  return values.find((value) => NETWORK.test(value));
}
