import type { Check, ManualRemedy } from '../../../engine/runbook.ts';
import type { NodeTarget } from '../../../engine/target.ts';
import type { Maybe, Seen } from '../evidence.ts';

export type Manual = ManualRemedy<Seen, NodeTarget>;

/** A name as it may stand in a shell command: it came from an alert and may hold anything. */
export function word(name: string): string {
  return /^[A-Za-z0-9._-]+$/.test(name) && !name.startsWith('-') ? name : `'${name.replaceAll("'", `'\\''`)}'`;
}

/** `ssh NODE 'command'`; a cluster without SSH uses its provider's console or session manager instead. */
export function onMachine({ name }: NodeTarget, command: string): string {
  return `ssh ${word(name)} '${command}'`;
}

/** The systemd unit of the node's runtime: `containerd`, `crio` or `docker`. */
export function runtimeUnit({ node }: Maybe): string {
  const runtime = node?.runtime.split('://')[0] ?? 'containerd';
  return runtime === 'cri-o' ? 'crio' : runtime;
}

/** Watches the node until it shows this. */
export function watchNode({ name }: NodeTarget, shows: string): Check {
  return { command: `kubectl get node ${word(name)} -w`, shows };
}
