import * as z from 'zod';
import type { Alert } from './alert.ts';
import type { NodeDirectory } from './directory.ts';
import { messageOf, ReadFailure } from './errors.ts';
import type { Source } from './readers.ts';
import { declaring, type ReadRight } from './rights.ts';
import type { AlertFamily, AlertMatch } from './runbook.ts';
import type { Target } from './target.ts';

/** How the labels led to the target. Only `exact` may ever be the ground for a change. */
export interface Resolution {
  readonly target: Target;
  readonly confidence: 'exact' | 'good' | 'fair' | 'none';
  /** For the card: which label was used, or why none would do. */
  readonly note: string;
}

/** Where lookups go. Without it (in a storm) only what the labels say outright is used. */
export interface Lookup {
  readonly source: Source;
  readonly nodes: NodeDirectory;
}

export const resolveReads: readonly ReadRight[] = ['get Pod'];

const NODE_LABELS = ['node', 'exported_node', 'nodename', 'kubernetes_node'] as const;
/** A lookup may not hold up the first card: beyond this the labels are taken at their word, and the card says so. */
const LIMITS = { deadlineMs: 2_000, maxBytes: 1024 * 1024 };
const Pod = z.object({ metadata: z.object({ uid: z.string() }), spec: z.object({ nodeName: z.string().optional() }) });

/**
 * What the alert is about. The family decides which labels count, because alerts carry labels that mislead: a
 * kube-state-metrics alert about a Node has the `pod` and `instance` of kube-state-metrics itself.
 */
export async function resolveTarget(alert: Alert, match: AlertMatch | undefined, lookup?: Lookup): Promise<Resolution> {
  const { labels } = alert;
  switch (match?.family ?? guessFamily(labels)) {
    case 'cluster':
      return { target: { kind: 'Cluster' }, confidence: 'exact', note: 'the alert is about the cluster' };
    case 'component': {
      const name = match?.component ?? labels.job ?? 'unknown';
      const target = { kind: 'Component', name, ...(labels.job ? { job: labels.job } : {}) } as const;
      return { target, confidence: 'exact', note: labels.job ? `label job=${labels.job}` : 'the alert names no job' };
    }
    case 'pod':
      return podOf(labels, lookup);
    case 'static-pod':
      return (await nodeOfPod(labels, lookup)) ?? (await nodeByLabels(labels, ['instance'], lookup));
    case 'node-exporter':
      return nodeByLabels(labels, [...NODE_LABELS, 'instance'], lookup, () => nodeOfPod(labels, lookup));
    case 'kubelet':
      return nodeByLabels(labels, [...NODE_LABELS, 'instance'], lookup);
    case 'node-object':
      return nodeByLabels(labels, NODE_LABELS, lookup);
  }
}

/** For alerts no runbook answers: the most specific object the labels name, without following them anywhere. */
function guessFamily(labels: Readonly<Record<string, string>>): AlertFamily {
  const aboutItself = labels.pod?.includes('kube-state-metrics') ?? false;
  if (labels.node && (aboutItself || !labels.pod)) return 'node-object';
  if (labels.namespace && labels.pod && !aboutItself) return 'pod';
  if (labels.node) return 'node-object';
  return labels.job ? 'component' : 'cluster';
}

type Labels = Readonly<Record<string, string>>;

async function nodeByLabels(
  labels: Labels,
  names: readonly string[],
  lookup: Lookup | undefined,
  otherwise?: () => Promise<Resolution | undefined>,
): Promise<Resolution> {
  const label = names.find((name) => labels[name]);
  if (label === undefined) {
    return (
      (await otherwise?.()) ??
      unresolved(names[0] ?? 'node', '', `the alert carries none of the labels ${names.join(', ')}`)
    );
  }
  const value = labels[label] ?? '';
  const host = label === 'instance' ? withoutPort(value) : value;
  if (!isAddress(host) && label !== 'instance') return node(host, 'exact', `label ${label}=${value}`);
  if (!lookup) return unresolved(label, value, 'not looked up while many alerts arrive at once');
  try {
    const found = await lookup.nodes.find(host);
    const [first, second] = found;
    if (first && second)
      return unresolved(
        label,
        value,
        `${found.length} nodes have this address: ${found.map(({ name }) => name).join(', ')}`,
      );
    if (first)
      return node(
        first.name,
        first.name === host ? 'exact' : 'good',
        `label ${label}=${value} is an address of node ${first.name}`,
      );
    return (await otherwise?.()) ?? unresolved(label, value, `no node of this cluster has the name or address ${host}`);
  } catch (failure) {
    return unresolved(label, value, `the nodes could not be listed: ${messageOf(failure)}`);
  }
}

async function nodeOfPod(labels: Labels, lookup: Lookup | undefined): Promise<Resolution | undefined> {
  const { namespace, pod } = labels;
  if (!namespace || !pod || !lookup) return undefined;
  try {
    const name = (await readPod(lookup, namespace, pod)).spec.nodeName;
    return name === undefined ? undefined : node(name, 'good', `pod ${namespace}/${pod} runs on node ${name}`);
  } catch {
    return undefined;
  }
}

async function podOf(labels: Labels, lookup: Lookup | undefined): Promise<Resolution> {
  const namespace = labels.exported_namespace ?? labels.namespace;
  const name = labels.exported_pod ?? labels.pod;
  if (!namespace || !name) return unresolved('pod', name ?? '', 'the alert carries no namespace and pod');
  const target = { kind: 'Pod', namespace, name } as const;
  if (!lookup) return { target, confidence: 'fair', note: `labels namespace=${namespace} pod=${name}, not looked up` };
  try {
    const pod = await readPod(lookup, namespace, name);
    if (labels.uid && labels.uid !== pod.metadata.uid) {
      return {
        target,
        confidence: 'fair',
        note: 'the pod the alert is about is gone; another of the same name took its place',
      };
    }
    const where = pod.spec.nodeName === undefined ? {} : { node: pod.spec.nodeName };
    return { target: { ...target, ...where }, confidence: 'exact', note: `labels namespace=${namespace} pod=${name}` };
  } catch (failure) {
    const gone = failure instanceof ReadFailure && failure.kind === 'not-found';
    return {
      target,
      confidence: 'fair',
      note: gone ? 'this pod no longer exists' : `the pod could not be read: ${messageOf(failure)}`,
    };
  }
}

async function readPod({ source }: Lookup, namespace: string, name: string) {
  const pods = declaring(source, resolveReads);
  return Pod.parse((await pods.read({ verb: 'get', kind: 'Pod', namespace, name }, LIMITS)).body);
}

function node(name: string, confidence: Resolution['confidence'], note: string): Resolution {
  return { target: { kind: 'Node', name }, confidence, note };
}

function unresolved(label: string, value: string, why: string): Resolution {
  return { target: { kind: 'Unresolved', label, value, why }, confidence: 'none', note: why };
}

/** `10.0.0.1:9100`, `[fd00::1]:9100`, `worker-3:9100` and the same without a port. */
export function withoutPort(instance: string): string {
  const bracketed = /^\[(.+)\](?::\d+)?$/.exec(instance);
  if (bracketed?.[1]) return bracketed[1];
  return instance.split(':').length === 2 ? instance.replace(/:\d+$/, '') : instance;
}

function isAddress(host: string): boolean {
  return /^\d{1,3}(\.\d{1,3}){3}$/.test(host) || host.includes(':');
}
