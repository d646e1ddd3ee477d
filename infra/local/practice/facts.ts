/** Moments are Unix seconds. Everything else, objects and series alike, is worked out from these facts when asked. */
export interface NodeFacts {
  readonly name: string;
  readonly address: string;
  readonly zone: string;
  readonly controlPlane: boolean;
  /** The kubelet's process ended at that moment; the machine runs on. */
  readonly kubeletStoppedAt?: number;
  /** Share of time the disk is busy (0–1) and requests that wait for it, since the trouble began. */
  readonly disk?: { readonly since: number; readonly busy: number; readonly queue: number };
}

export interface MemberFacts {
  readonly node: string;
  /** As etcd prints its member id. */
  readonly id: string;
  readonly leads: boolean;
  /** The WAL's disk answers slowly since then. */
  readonly slowDiskSince?: number;
}

/** A cluster as a few sentences: who is there, and what is wrong with whom since when. */
export interface Facts {
  /** The cluster exists since then. */
  readonly bornAt: number;
  readonly nodes: readonly NodeFacts[];
  readonly members: readonly MemberFacts[];
  readonly podsPerNode: number;
}

export interface Size {
  readonly nodes: number;
  readonly podsPerNode: number;
}

const DAY_SECONDS = 86_400;
const MEMBER_IDS = ['8e9e05c52164694d', '91bc3c398fb3c146', 'fd422379fda50e48'];
const AGE_DAYS = 42;

/** Nothing is wrong: three control-plane nodes, the rest workers, in three zones. */
export function quietFacts({ nodes, podsPerNode }: Size, now: number): Facts {
  const controlPlanes = Math.min(3, Math.max(1, nodes - 1));
  const all = Array.from({ length: nodes }, (_, index) => nodeFacts(index, controlPlanes));
  const members = all
    .slice(0, controlPlanes)
    .map(({ name }, index): MemberFacts => ({ node: name, id: MEMBER_IDS[index] ?? '', leads: index === 0 }));
  return { bornAt: now - AGE_DAYS * DAY_SECONDS, nodes: all, members, podsPerNode };
}

function nodeFacts(index: number, controlPlanes: number): NodeFacts {
  const controlPlane = index < controlPlanes;
  const number = controlPlane ? index + 1 : index - controlPlanes + 1;
  return {
    name: controlPlane ? `control-plane-${number}` : `worker-${number}`,
    address: `10.${20 + Math.floor(index / 62_500)}.${Math.floor(index / 250) % 250}.${10 + (index % 240)}`,
    zone: `practice-1${'abc'[index % 3]}`,
    controlPlane,
  };
}

/** The same cluster with one node changed. */
export function withNode(facts: Facts, name: string, change: Partial<NodeFacts>): Facts {
  return { ...facts, nodes: facts.nodes.map((node) => (node.name === name ? { ...node, ...change } : node)) };
}

export function withMember(facts: Facts, node: string, change: Partial<MemberFacts>): Facts {
  return {
    ...facts,
    members: facts.members.map((member) => (member.node === node ? { ...member, ...change } : member)),
  };
}

/** A grace period of 40 s, looked at every 5 s: what was measured on a real control plane is 35 to 43 s. */
export const UNKNOWN_AFTER_SECONDS = 39;
/** The NoExecute taint follows the NoSchedule one. */
export const NO_EXECUTE_AFTER_SECONDS = 44;

/** Since when the node's Ready condition is Unknown, if it is by now. */
export function unknownSince(node: NodeFacts, now: number): number | undefined {
  const since = node.kubeletStoppedAt === undefined ? undefined : node.kubeletStoppedAt + UNKNOWN_AFTER_SECONDS;
  return since !== undefined && now >= since ? since : undefined;
}
