/** Labels and annotations of a node, as far as they are there. */
interface Marks {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

export interface Mark {
  /** `nodegroup workers-b` */
  readonly name: string;
  readonly key: string;
  readonly value: string;
  /** Of a label: the API server picks its nodes. */
  readonly labelSelector?: string;
}

/** For whose cluster is of none of these. */
export const OWN_POOL_LABEL = 'node.kubernetes.io/pool';

/** How clouds and installers label the nodes that stand in for each other. Of several the first counts. */
const POOL_LABELS = [
  // https://karpenter.sh/docs/concepts/nodepools/ and, until its v1beta1, https://karpenter.sh/v0.31/concepts/provisioners/
  'karpenter.sh/nodepool',
  'karpenter.sh/provisioner-name',
  // https://docs.aws.amazon.com/eks/latest/userguide/managed-node-groups.html; of those that eksctl makes itself its own:
  // https://github.com/eksctl-io/eksctl/blob/main/pkg/apis/eksctl.io/v1alpha5/types.go
  'eks.amazonaws.com/nodegroup',
  'alpha.eksctl.io/nodegroup-name',
  // https://cloud.google.com/kubernetes-engine/docs/concepts/node-pools
  'cloud.google.com/gke-nodepool',
  // https://learn.microsoft.com/azure/aks/use-labels
  'kubernetes.azure.com/agentpool',
  // https://kops.sigs.k8s.io/labels/
  'kops.k8s.io/instancegroup',
  // https://docs.digitalocean.com/products/kubernetes/how-to/add-node-pools/
  'doks.digitalocean.com/node-pool',
  // https://techdocs.akamai.com/cloud-computing/docs/manage-nodes-and-node-pools
  'lke.linode.com/pool-id',
  // https://www.scaleway.com/en/docs/kubernetes/reference-content/understanding-kubernetes-nodes-labels/
  'k8s.scaleway.com/pool-name',
  // https://cloud.ibm.com/docs/containers?topic=containers-add-workers-vpc (also of Red Hat OpenShift on IBM Cloud)
  'ibm-cloud.kubernetes.io/worker-pool-name',
  // https://www.alibabacloud.com/help/en/ack/ack-managed-and-ack-dedicated/user-guide/node-pool-overview
  'alibabacloud.com/nodepool-id',
  // https://docs.vultr.com/products/kubernetes
  'vke.vultr.com/node-pool',
  // https://gardener.cloud/docs/gardener/shoot/shoot_updates/
  'worker.gardener.cloud/pool',
  // https://hypershift-docs.netlify.app/reference/api/#nodepool
  'hypershift.openshift.io/nodePool',
  OWN_POOL_LABEL,
];

/**
 * Cluster API names in an annotation what made the machine of a node: a MachineSet or MachinePool. In the middle of an
 * update the two sets of a MachineDeployment are two pools, which is the safer of two mistakes.
 * https://cluster-api.sigs.k8s.io/reference/api/labels-and-annotations
 */
const OWNER = 'cluster.x-k8s.io/owner-name';
/** OpenShift names the machine, `openshift-machine-api/prod-x7f2k-worker-eu-1a-8kq2v`: its set and a suffix. */
const MACHINE = 'machine.openshift.io/machine';

/** What says of this node with which others it makes a pool. */
export function poolMarkOf({ labels, annotations }: Marks): Mark | undefined {
  const key = POOL_LABELS.find((candidate) => candidate in labels);
  if (key !== undefined) {
    const value = labels[key] ?? '';
    return { name: `${key.split('/')[1]} ${value}`, key, value, labelSelector: `${key}=${value}` };
  }
  const owner = annotations[OWNER];
  if (owner !== undefined) {
    const kind = annotations['cluster.x-k8s.io/owner-kind'] ?? 'owner';
    return { name: `${kind} ${owner}`, key: OWNER, value: owner };
  }
  const set = annotations[MACHINE]
    ?.split('/')
    .at(-1)
    ?.replace(/-[^-]*$/, '');
  return set === undefined || set === '' ? undefined : { name: `machine set ${set}`, key: MACHINE, value: set };
}

/** Whether a node carries the same mark. */
export function hasMark(node: Marks, { key, value }: Mark): boolean {
  const own = poolMarkOf(node);
  return own?.key === key && own.value === value;
}
