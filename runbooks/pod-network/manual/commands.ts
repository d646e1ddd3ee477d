import type { ManualRemedy } from '../../../engine/runbook.ts';
import type { NodeTarget } from '../../../engine/target.ts';
import { word } from '../../evidence/shell.ts';
import type { Maybe, Seen } from '../evidence.ts';

export type Manual = ManualRemedy<Seen, NodeTarget>;

/** The agent that steps are about, as its names may stand in a command: the one that fails, else the plug-in's. */
export function agentNames({ agents }: Maybe) {
  const all = agents?.agents ?? [];
  const found = all.find(({ ready }) => !ready) ?? all.find(({ app }) => app !== 'kube-proxy') ?? all[0];
  const failing = found?.containers.find(({ ready, isInit }) => !ready && !isInit) ?? found?.containers.at(-1);
  const or = (name: string | undefined, place: string) => (name === undefined ? place : word(name));
  return {
    namespace: or(found?.namespace, '<namespace>'),
    pod: or(found?.name, '<pod>'),
    daemonSet: or(found?.daemonSet, '<daemonset>'),
    container: or(failing?.name, '<container>'),
  };
}

/** The agent of the plug-in on this node, without kube-proxy, as its names may stand in a command. */
export function pluginArgs({ agents }: Maybe): string {
  const all = agents?.agents.filter(({ app }) => app !== 'kube-proxy') ?? [];
  const found = all.find(({ ready }) => !ready) ?? all[0];
  return found ? `-n ${word(found.namespace)} ${word(found.name)}` : '-n <namespace> <agent of this node>';
}

/** All pods of the node. */
export function podsHere({ name }: NodeTarget): string {
  return `kubectl get pods -A -o wide --field-selector spec.nodeName=${word(name)}`;
}

/** The systemd unit of the node's runtime: `containerd`, `crio` or `docker`. */
export function runtimeUnit({ node }: Maybe): string {
  const runtime = node?.runtime.split('://')[0] ?? 'containerd';
  return runtime === 'cri-o' ? 'crio' : runtime;
}
