import type { Check, ManualRemedy } from '../../../engine/runbook.ts';
import type { NodeTarget } from '../../../engine/target.ts';
import { word } from '../../evidence/shell.ts';
import type { Maybe, Seen } from '../evidence.ts';

export type Manual = ManualRemedy<Seen, NodeTarget>;

/** The systemd unit that runs the kubelet. K3s and RKE2 have it in a process of theirs, and tell so in its version. */
export function kubeletUnit({ node }: Maybe): string {
  return ownUnit(node) ?? 'kubelet';
}

function ownUnit(node: Maybe['node']): string | undefined {
  const [, maker] = /\+(k3s|rke2)/.exec(node?.kubelet ?? '') ?? [];
  if (maker === 'k3s') return node?.isControlPlane ? 'k3s' : 'k3s-agent';
  return maker && (node?.isControlPlane ? 'rke2-server' : 'rke2-agent');
}

/** The systemd unit of the node's runtime: `containerd`, `crio` or `docker`, or whose part it is. */
export function runtimeUnit({ node }: Maybe): string {
  const own = ownUnit(node);
  if (own) return own;
  const runtime = node?.runtime.split('://')[0] ?? 'containerd';
  return runtime === 'cri-o' ? 'crio' : runtime;
}

/** Watches the node until it shows this. */
export function watchNode({ name }: NodeTarget, shows: string): Check {
  return { command: `kubectl get node ${word(name)} -w`, shows };
}
