import { electedAt } from '../broken-part.ts';
import { type Facts, type NodeFacts, renewedAt } from '../facts.ts';
import { hexOf, lastBeat, uid } from '../identity.ts';
import { managedBy } from './managed-fields.ts';
import { type KubeObject, meta, microTime } from './values.ts';

interface Renewal {
  readonly namespace: string;
  readonly name: string;
  readonly manager: string;
  readonly createdAt: number;
  readonly renewedAt: number;
  readonly holder: string;
  readonly seconds: number;
  readonly owner?: object;
  /** Of an election: since when, and the how-manieth. */
  readonly election?: { readonly acquireTime: string; readonly leaseTransitions: number };
}

/** The node's lease: renewed every 10 s while its kubelet runs. */
export function nodeLease({ bornAt }: Facts, node: NodeFacts, now: number): KubeObject {
  return lease({
    namespace: 'kube-node-lease',
    name: node.name,
    manager: 'kubelet',
    createdAt: bornAt,
    renewedAt: renewedAt(node, now),
    holder: node.name,
    seconds: 40,
    owner: { apiVersion: 'v1', kind: 'Node', name: node.name, uid: uid('Node', '', node.name) },
  });
}

export const electing = ['kube-controller-manager', 'kube-scheduler'] as const;

/** When the leader of this component renewed its lease for the last time by then. */
export function electionRenewedAt(facts: Facts, component: string, now: number): number {
  return electedAt(facts, component, now, (at) => lastBeat(at, 2, component));
}

/** Of the components that elect a leader (renewed every 2 s), and of each API server (every 10 s). */
export function systemLeases(facts: Facts, now: number): KubeObject[] {
  const { bornAt, nodes } = facts;
  const controlPlane = nodes.filter((node) => node.controlPlane);
  const [first] = controlPlane;
  const common = { namespace: 'kube-system', createdAt: bornAt };
  const elected = electing.map((name) =>
    lease({
      ...common,
      name,
      manager: name,
      renewedAt: electionRenewedAt(facts, name, now),
      holder: `${first?.name}_${uid(name)}`,
      seconds: 15,
      election: { acquireTime: microTime(bornAt + 90), leaseTransitions: 1 },
    }),
  );
  const servers = controlPlane.map(({ name }) =>
    lease({
      ...common,
      name: `apiserver-${hexOf(26, 'apiserver', name)}`,
      manager: 'kube-apiserver',
      renewedAt: lastBeat(now, 10, 'apiserver', name),
      holder: `apiserver-${hexOf(26, 'apiserver', name)}_${uid(name)}`,
      seconds: 3600,
    }),
  );
  return [...elected, ...servers];
}

function lease({
  namespace,
  name,
  manager,
  createdAt,
  renewedAt: at,
  holder,
  seconds,
  owner,
  election,
}: Renewal): KubeObject {
  const spec = {
    holderIdentity: holder,
    leaseDurationSeconds: seconds,
    ...(election ? { acquireTime: election.acquireTime } : {}),
    renewTime: microTime(at),
    ...(election ? { leaseTransitions: election.leaseTransitions } : {}),
  };
  const owners = owner ? { ownerReferences: [owner] } : {};
  return {
    metadata: meta(
      { kind: 'Lease', namespace, name, createdAt, changedAt: at },
      {
        ...owners,
        managedFields: managedBy({
          manager,
          apiVersion: 'coordination.k8s.io/v1',
          at,
          wrote: { ...(owner ? { metadata: owners } : {}), spec },
        }),
      },
    ),
    spec,
  };
}
