import { startProcess } from './own-process.ts';

export interface LabInput {
  readonly nodes: number;
  readonly pods: number;
  /** Nodes whose kubelet has stopped. */
  readonly silent: readonly string[];
}

export interface LabReady {
  /** Of a ServiceAccount that may read what the runbooks read. */
  readonly kubeconfig: string;
  /** Of a ServiceAccount that may cordon and uncordon nodes. */
  readonly fixerKubeconfig: string;
  readonly prometheusUrl: string;
  readonly nodes: readonly { readonly name: string; readonly address: string }[];
}

export type LabQuestion = { readonly calls: true } | { readonly heal: string };

/** A real control plane with 200 nodes, eight of which are silent, and 3,000 pods; a real Prometheus scrapes it. */
export interface Lab extends LabReady, AsyncDisposable {
  readonly silent: readonly string[];
  readonly pods: number;
  /** Calls the API server has served to ServiceAccounts such as ours. */
  kubernetesCalls(): Promise<number>;
  /** Starts the kubelet of a silent node again: it posts that it is ready, and its port answers. */
  heal(node: string): Promise<void>;
}

/** Eight of 200 are too few for "many nodes at once", which would be another diagnosis. */
const input: LabInput = {
  nodes: 200,
  pods: 3_000,
  silent: [3, 17, 42, 77, 101, 123, 160, 199].map((number) => `worker-${number}`),
};

/** Takes about a minute and a half, half of it until the controller manager calls the silent nodes Unknown. */
export async function startLab(): Promise<Lab> {
  const own = await startProcess<LabReady>('lab-process.ts', input);
  return {
    ...own.ready,
    ...input,
    nodes: own.ready.nodes,
    kubernetesCalls: () => own.ask<number>({ calls: true } satisfies LabQuestion),
    heal: (node) => own.ask<void>({ heal: node } satisfies LabQuestion),
    [Symbol.asyncDispose]: () => own[Symbol.asyncDispose](),
  };
}
