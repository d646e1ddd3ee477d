import * as z from 'zod';
import type { Readers } from '../../engine/readers.ts';
import type { Evidence } from '../../engine/runbook.ts';
import { flagIn } from '../evidence/flags.ts';
import { secondsOf } from '../evidence/go-duration.ts';
import { type LogView, ManagerLog, showLog } from './manager-log.ts';
import { span } from './words.ts';

const Pod = z
  .object({
    metadata: z.object({ name: z.string() }),
    spec: z.object({
      nodeName: z.string().default(''),
      containers: z.array(
        z.object({
          image: z.string().default(''),
          command: z.array(z.string()).default([]),
          args: z.array(z.string()).default([]),
        }),
      ),
    }),
  })
  .transform(({ metadata, spec }) => {
    const [first] = spec.containers;
    const flags = [...(first?.command ?? []), ...(first?.args ?? [])];
    const flag = (name: string) => flagIn(flags, name);
    return {
      pod: metadata.name,
      node: spec.nodeName,
      minor: minorOf(first?.image ?? ''),
      grace: flag('node-monitor-grace-period'),
      verbosity: Number(flag('v') ?? 0),
    };
  });
const Lease = z.object({ spec: z.object({ holderIdentity: z.string().default('') }) }).nullable();
const Schema = z.object({ pods: z.object({ items: z.array(Pod) }), lease: Lease });
type Found = z.infer<typeof Schema>;

/** `registry.k8s.io/kube-controller-manager:v1.31.4` → 31. */
function minorOf(image: string): number | undefined {
  const minor = /:v1\.(\d+)\./.exec(image)?.[1];
  return minor === undefined ? undefined : Number(minor);
}

/** How long the controller manager waits for a heartbeat. `null`: it shows no pods here, as managed ones do. */
export type ManagerView = {
  readonly leader: string;
  /** All instances, for those who change a flag on each. */
  readonly nodes: readonly string[];
  /** `undefined`: no flag sets it, and the version, which its default depends on, is not known. */
  readonly graceSeconds: number | undefined;
  readonly byFlag: boolean;
} | null;

/** The default grew with Kubernetes 1.32 (kubernetes#126287). */
const [FIRST_MINOR_OF_50, DEFAULT_SECONDS, FORMER_DEFAULT_SECONDS] = [32, 50, 40];

function managerOf(found: Found): ManagerView {
  const pods = found.pods.items.toSorted((a, b) => (a.pod < b.pod ? -1 : 1));
  const leader = leaderOf(found) ?? pods[0];
  if (leader === undefined) return null;
  const { minor, grace } = leader;
  const assumed =
    minor === undefined ? undefined : minor >= FIRST_MINOR_OF_50 ? DEFAULT_SECONDS : FORMER_DEFAULT_SECONDS;
  const byFlag = grace === undefined ? undefined : secondsOf(grace);
  return {
    leader: leader.node,
    nodes: [...new Set(pods.map(({ node }) => node))],
    graceSeconds: byFlag ?? assumed,
    byFlag: byFlag !== undefined,
  };
}

/** The holder calls itself after its machine and a UUID: `control-plane-1_8f0d1c3e-…`. */
function leaderOf({ pods, lease }: Found) {
  const holder = lease?.spec.holderIdentity.replace(/_[0-9a-f-]{36}$/, '');
  return pods.items.find(({ node }) => node === holder);
}

const reads = ['list Pod in kube-system', 'get Lease in kube-system'] as const;

async function readManager({ kube }: Readers): Promise<unknown> {
  const [pods, lease] = await Promise.all([
    kube.list('Pod', { namespace: 'kube-system', labelSelector: 'component=kube-controller-manager' }),
    kube.find('Lease', 'kube-controller-manager', { namespace: 'kube-system' }),
  ]);
  return { pods, lease };
}

export const manager: Evidence<ManagerView, unknown> = {
  title: 'How long the controller manager waits for a heartbeat',
  schema: Schema.transform(managerOf),
  reads,
  read: readManager,
  show: (view) => {
    if (view === null) return 'its pods are not visible here, as on a managed control plane';
    const { graceSeconds, byFlag, leader } = view;
    if (graceSeconds === undefined) return `${leader} leads; no flag says, and neither does its version`;
    return `${span(graceSeconds)}, by ${byFlag ? 'its flag --node-monitor-grace-period' : 'default'}; ${leader} leads`;
  },
  threshold: 'above 45 s, and four renewals of the lease',
  thresholdSource: 'kubernetes#126287 (a dead HTTP/2 connection is noticed after 30 + 15 s), kubernetes#80172',
};

const LINES = 400;

export const managerLog: Evidence<LogView, unknown> = {
  title: 'What the controller manager wrote about late heartbeats',
  schema: ManagerLog,
  reads: [...reads, 'logs Pod in kube-system'],
  read: async (readers) => {
    const found = Schema.parse(await readManager(readers));
    const leader = leaderOf(found) ?? found.pods.items[0];
    if (leader === undefined) return { silent: 'its pods are not visible here' };
    // klog levels of these lines: 2. kubeadm sets none, which is 0.
    if (leader.verbosity < 2)
      return { silent: `at --v=${leader.verbosity} it writes nothing about them (they are of level 2)` };
    return { log: await readers.kube.logs(leader.pod, { namespace: 'kube-system', lines: LINES }) };
  },
  show: showLog,
};
