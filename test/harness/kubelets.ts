import * as z from 'zod';
import { type KubeClient, mergePatch, strategicPatch } from './kube-client.ts';
import { type KubeletPort, openKubeletPort } from './kubelet-port.ts';
import { type FakeNode, kubeletPort, leaseObject, nodeStatus, readySince, runningStatus } from './node-objects.ts';
import { leases } from './nodes.ts';
import type { Credentials } from './pki.ts';

export interface KubeletOptions {
  /** Also opens port 10250 of every node, with this certificate. */
  readonly serving?: Credentials;
}

export interface Kubelets extends AsyncDisposable {
  /**
   * The node's kubelet posts nothing any more; after about 40 s the controller manager calls the node Unknown.
   * `stopped` (default): its port refuses connections; `frozen`: its port accepts them and stays silent.
   */
  silence(node: string, how?: 'stopped' | 'frozen'): Promise<void>;
  /** It posts again: first the node's status, then its pods'. */
  speak(node: string): Promise<void>;
  /** For Prometheus: job "kubelet", instance "ADDRESS:10250", label `node`. Needs open ports. */
  scrapeConfig(): Record<string, unknown>;
}

// As a real kubelet by default: nodeLeaseDurationSeconds 40 renewed at a quarter of it, nodeStatusReportFrequency 5m
// (KubeletConfiguration v1beta1).
const renewEveryMs = 10_000;
const statusEveryMs = 300_000;
const deadlineMs = 8_000;

const leaseSchema = z.object({ metadata: z.object({ resourceVersion: z.string() }) });
const podSchema = z.object({
  metadata: z.object({
    name: z.string(),
    namespace: z.string(),
    uid: z.string(),
    deletionTimestamp: z.string().optional(),
  }),
  spec: z.object({
    nodeName: z.string().optional(),
    containers: z.array(z.object({ name: z.string(), image: z.string() })),
  }),
  status: z.object({
    phase: z.string().optional(),
    conditions: z.array(z.object({ type: z.string(), status: z.string() })).default([]),
  }),
});
type Pod = z.infer<typeof podSchema>;
const podListSchema = z.object({ metadata: z.object({ resourceVersion: z.string() }), items: z.array(podSchema) });
const podEventSchema = z.object({ type: z.enum(['ADDED', 'MODIFIED']), object: podSchema });

interface Kubelet {
  readonly node: FakeNode;
  readonly port: KubeletPort | undefined;
  silent: boolean;
  busy: boolean;
  /** Of the lease as last read; undefined: to be read. */
  leaseVersion: string | undefined;
  since: string;
  statusDueAt: number;
}

/**
 * Plays the kubelets of these nodes inside this process, over kept-alive connections: renews leases every 10 s, posts
 * node status every 5 minutes, starts the pods bound to its nodes and finishes the deleted ones. 200 nodes cost 20
 * requests a second. A failed call is tried again at the next beat, as kubelets do.
 */
export async function runKubelets(
  kube: KubeClient,
  nodes: readonly FakeNode[],
  options: KubeletOptions = {},
): Promise<Kubelets> {
  await using stack = new AsyncDisposableStack();
  const ended = new AbortController();
  const kubelets = new Map<string, Kubelet>();
  for (const node of nodes) {
    const port = options.serving && stack.use(await openKubeletPort(node, options.serving));
    const state = { silent: false, busy: false, leaseVersion: undefined, since: readySince() };
    kubelets.set(node.name, { node, port, ...state, statusDueAt: Date.now() + Math.random() * statusEveryMs });
  }
  const kubelet = (name: string): Kubelet => {
    const found = kubelets.get(name);
    if (found === undefined) throw new Error(`no kubelet runs for node ${name}`);
    return found;
  };

  await Promise.all([...kubelets.values()].map((each) => report(kube, each)));
  for (const each of kubelets.values()) {
    let timer = setTimeout(function beat() {
      timer = setTimeout(beat, renewEveryMs);
      void report(kube, each);
    }, Math.random() * renewEveryMs);
    stack.defer(() => clearTimeout(timer));
  }
  const care = (pod: Pod) => {
    const mine = kubelets.get(pod.spec.nodeName ?? '');
    return mine === undefined || mine.silent ? undefined : carryOut(kube, mine.node, pod).catch(() => undefined);
  };
  const watching = watchPods(kube, care, ended.signal);
  stack.defer(() => watching);
  stack.defer(() => ended.abort());

  const owned = stack.move();
  return {
    silence: async (name, how = 'stopped') => {
      const silent = kubelet(name);
      silent.silent = true;
      await silent.port?.set(how === 'frozen' ? 'hanging' : 'closed');
    },
    speak: async (name) => {
      const speaking = kubelet(name);
      await speaking.port?.set('open');
      Object.assign(speaking, { silent: false, since: readySince(), statusDueAt: 0 });
      await report(kube, speaking);
      const path = `/api/v1/pods?fieldSelector=spec.nodeName%3D${name}&resourceVersion=0`;
      for (const pod of podListSchema.parse(await kube.must('GET', path)).items) await care(pod);
    },
    scrapeConfig: () => ({
      job_name: 'kubelet',
      scheme: 'https',
      tls_config: { insecure_skip_verify: true },
      static_configs: nodes.map(({ name, address }) => ({
        targets: [`${address}:${kubeletPort}`],
        labels: { node: name },
      })),
    }),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

/** One beat of a kubelet: its status when due, then its lease. */
async function report(kube: KubeClient, kubelet: Kubelet): Promise<void> {
  if (kubelet.silent || kubelet.busy) return;
  kubelet.busy = true;
  const { node } = kubelet;
  try {
    if (kubelet.statusDueAt <= Date.now()) {
      const status = nodeStatus(node, kubelet.since);
      await kube.must('PATCH', `/api/v1/nodes/${node.name}/status`, { status }, { ...mergePatch, deadlineMs });
      kubelet.statusDueAt = Date.now() + statusEveryMs;
    }
    const path = `${leases}/${node.name}`;
    const version = kubelet.leaseVersion ?? versionOf(await kube.must('GET', path, undefined, { deadlineMs }));
    kubelet.leaseVersion = undefined; // until the server has said the new one
    kubelet.leaseVersion = versionOf(await kube.must('PUT', path, leaseObject(node, version), { deadlineMs }));
  } catch {
    // the next beat tries again
  } finally {
    kubelet.busy = false;
  }
}

const versionOf = (lease: unknown): string => leaseSchema.parse(lease).metadata.resourceVersion;

/** What a kubelet does about a pod bound to its node: finish it, start it, or say that it is ready after all. */
async function carryOut(kube: KubeClient, node: FakeNode, { metadata, spec, status }: Pod): Promise<void> {
  const path = `/api/v1/namespaces/${metadata.namespace}/pods/${metadata.name}`;
  const notReady = status.conditions.some(({ type, status }) => type === 'Ready' && status !== 'True');
  if (metadata.deletionTimestamp !== undefined) {
    await kube.call('DELETE', path, { gracePeriodSeconds: 0, preconditions: { uid: metadata.uid } }, { deadlineMs });
  } else if (status.phase === 'Pending' || (status.phase === 'Running' && notReady)) {
    const running = { status: runningStatus(node, spec.containers) };
    await kube.call('PATCH', `${path}/status`, running, { ...strategicPatch, deadlineMs });
  }
}

/** Lists once for a starting point, then follows changes; a watch that ends is begun again. */
async function watchPods(kube: KubeClient, care: (pod: Pod) => unknown, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    try {
      const path = '/api/v1/pods?fieldSelector=status.phase%3DPending';
      const pending = podListSchema.parse(await kube.must('GET', path, undefined, { deadlineMs }));
      for (const pod of pending.items) care(pod);
      const changes = `/api/v1/pods?watch=1&resourceVersion=${pending.metadata.resourceVersion}`;
      for await (const change of kube.watch(changes, signal)) {
        const event = podEventSchema.safeParse(change);
        if (event.success) care(event.data.object);
      }
    } catch {
      // aborted, or the API server is away
    }
    if (!signal.aborted) await new Promise((resolve) => setTimeout(resolve, 1_000));
  }
}
