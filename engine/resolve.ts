import * as z from 'zod';
import type { Alert } from './alert.ts';
import { isAddress, type NodeDirectory } from './directory.ts';
import { messageOf, ReadFailure } from './errors.ts';
import { guessTarget, instanceMayBeNode, seenByNode } from './guess.ts';
import { nodesKnownAs, nodeWasKnown } from './hosts.ts';
import { ownLabels } from './own-labels.ts';
import type { Source } from './readers.ts';
import { declaring, type ReadRight } from './rights.ts';
import type { AlertFamily, AlertMatch } from './runbook.ts';
import type { Target } from './target.ts';
import { counted } from './words.ts';

/** How the labels led to the target. Only `exact` may ever be the ground for a change. */
export interface Resolution {
  readonly target: Target;
  readonly confidence: 'exact' | 'good' | 'fair' | 'none';
  /** For the card: which label was used, or why none would do. */
  readonly note: string;
}

/** Where lookups go. In a storm there is no `source`: the list of the nodes costs one read however many alerts ask. */
export interface Lookup {
  readonly nodes: NodeDirectory;
  readonly source?: Source;
  /** Whether a node of this name was looked at before. */
  readonly wasSeen?: (node: string) => Promise<boolean>;
}

export const resolveReads: readonly ReadRight[] = ['get Node', 'get Pod'];

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
  const itself = match ? undefined : await nodeThatSaw(labels, lookup);
  if (itself) return itself;
  const guess = match ?? guessTarget(labels);
  if (guess.family === undefined) {
    const nobody = seenByNode(labels) === 'surely' && labels.instance ? `; no node is known as ${labels.instance}` : '';
    return { target: guess.target, confidence: 'fair', note: `${guess.note}${nobody}` };
  }
  switch (guess.family) {
    case 'cluster':
      return { target: { kind: 'Cluster' }, confidence: 'exact', note: 'the alert is about the cluster' };
    case 'component': {
      const name = match?.component ?? labels.job ?? 'unknown';
      const job = match?.toldByExporter ? undefined : labels.job;
      const of = job ? { job, ...(match?.perJob ? { perJob: match.perJob } : {}) } : {};
      const target = { kind: 'Component', name, ...of } as const;
      return { target, confidence: 'exact', note: job ? `label job=${job}` : 'the alert names no job' };
    }
    case 'pod':
      return podOf(labels, lookup);
    case 'object': {
      const named = guessTarget(labels);
      if (named.family !== undefined)
        return unresolved('namespace', labels.namespace ?? '', 'its labels name no object');
      return { target: named.target, confidence: 'exact', note: named.note };
    }
    case 'static-pod':
      return (await nodeOfPod(ownLabels(labels), lookup)) ?? (await nodeByLabels(labels, ['instance'], lookup));
    case 'node-exporter':
      return nodeByLabels(labels, [...NODE_LABELS, 'instance'], lookup, () => nodeOfPod(labels, lookup));
    case 'kubelet':
      return nodeByLabels(labels, [...NODE_LABELS, 'instance'], lookup);
    case 'node-object':
      // Without `honor_labels` the plain one is where its exporter runs (see `ownLabels`).
      if (labels.exported_node) return nodeByLabels(labels, ['exported_node'], lookup);
      return nodeByLabels(labels, nodeLabelsOf(labels), lookup, () => nodeOfExporter(labels, lookup));
  }
}

type Labels = Readonly<Record<string, string>>;

const nodeLabelsOf = (labels: Labels) => (instanceMayBeNode(labels) ? [...NODE_LABELS, 'instance'] : NODE_LABELS);

/** Where the pod of an exporter runs whose `instance` is no node's address, since it is not on the host's network. */
async function nodeOfExporter(labels: Labels, lookup: Lookup | undefined): Promise<Resolution | undefined> {
  return instanceMayBeNode(labels) ? nodeOfPod(labels, lookup) : undefined;
}

/** Whether any label is there that may name what alerts of this family are about. */
export function namesTarget(labels: Labels, family: AlertFamily): boolean {
  const has = (...names: readonly string[]) => names.some((name) => labels[name]);
  const own = ownLabels(labels);
  const pod = Boolean(own.namespace && own.pod);
  switch (family) {
    case 'node-object':
      return has(...nodeLabelsOf(labels));
    case 'kubelet':
      return has(...NODE_LABELS, 'instance');
    case 'node-exporter':
      return has(...NODE_LABELS, 'instance') || (has('namespace') && has('pod'));
    case 'static-pod':
      return has('instance') || pod;
    case 'pod':
      return pod;
    case 'object':
    case 'component':
    case 'cluster':
      return true;
  }
}

/** The node an alert without a runbook is about, where its own exporter saw that; otherwise the labels lead elsewhere. */
async function nodeThatSaw(labels: Labels, lookup: Lookup | undefined): Promise<Resolution | undefined> {
  const seen = seenByNode(labels);
  if (!seen) return undefined;
  const found = await nodeByLabels(labels, [...NODE_LABELS, 'instance'], lookup, () => nodeOfPod(labels, lookup));
  const { target } = found;
  const isLater = seen === 'surely' && target.kind === 'Unresolved' && target.untried;
  return target.kind === 'Node' || isLater ? found : undefined;
}

/** The node that the first of these labels names which is there: as its name, or as an address or host name of it. */
export async function nodeByLabels(
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
  if (!isAddress(host) && !isNodeName(host)) return unresolved(label, value, `no node can be called ${value}`);
  const named = !isAddress(host) && label !== 'instance';
  if (named && (await isTaken(host, lookup))) return node(host, 'exact', `label ${label}=${value}`);
  if (!lookup) return untried(label, value, 'not looked up');
  try {
    const [first, ...others] = await lookup.nodes.find(host);
    if (first && others.length > 0) {
      const names = [first, ...others].map(({ name }) => name);
      return unresolved(label, value, `${names.length} nodes have this address: ${names.join(', ')}`);
    }
    if (first?.name === host) return node(host, 'exact', `label ${label}=${value}`);
    if (first) return node(first.name, 'good', `label ${label}=${value} is an address of node ${first.name}`);
    const found = (await otherwise?.()) ?? (await byFurtherName(label, value, host, lookup));
    if (found) return found;
    if (named && (await wasHere(host, lookup)))
      return node(host, 'exact', `label ${label}=${value}; it was here, and is not in the list of nodes any more`);
    const nodes = (await lookup.nodes.rows()).length;
    if (!lookup.source)
      return untried(label, value, `${notInTable(host, nodes)}; more is asked when the storm is over`);
    return unresolved(label, value, nothingCalled(host, named, nodes));
  } catch (failure) {
    return untried(label, value, `the nodes could not be listed: ${messageOf(failure)}`);
  }
}

/** A name or address that the table of the nodes does not have: two small reads, whatever the size of the cluster. */
async function byFurtherName(
  label: string,
  value: string,
  host: string,
  lookup: Lookup,
): Promise<Resolution | undefined> {
  if (!lookup.source) return undefined;
  const nodes = new Set((await lookup.nodes.rows()).map(({ name }) => name));
  const { names, how } = await nodesKnownAs(lookup.source, host, LIMITS);
  const [first, ...others] = names.filter((name) => nodes.has(name));
  if (first === undefined) return undefined;
  return others.length > 0
    ? unresolved(label, value, `${others.length + 1} nodes are known as this: ${[first, ...others].join(', ')}`)
    : node(first, 'good', `label ${label}=${value}: ${how} of node ${first}`);
}

function notInTable(host: string, nodes: number): string {
  return `no node of this cluster has the name or address ${host} (compared were the names and the first internal and external address of ${counted(nodes, 'node')})`;
}

function nothingCalled(host: string, named: boolean, nodes: number): string {
  return named
    ? `no node of this cluster is called ${host}, and nothing shows that one was: did it leave long ago, or is the label wrong?`
    : `${notInTable(host, nodes)}; neither does the label kubernetes.io/hostname or kube-state-metrics know it`;
}

/**
 * Whether a node's name may be taken at its word: it exists, or that cannot be asked now (in a storm, or because the
 * API server does not answer). A look at it will tell.
 */
async function isTaken(name: string, lookup: Lookup | undefined): Promise<boolean> {
  if (!lookup?.source) return true;
  try {
    await declaring(lookup.source, resolveReads).read({ verb: 'get', kind: 'Node', name }, LIMITS);
    return true;
  } catch (failure) {
    return !(failure instanceof ReadFailure && failure.kind === 'not-found');
  }
}

/**
 * Proof that a node which is gone was of this cluster: it was looked at before, or kube-state-metrics knew it within
 * the last hour.
 */
async function wasHere(name: string, { source, wasSeen }: Lookup): Promise<boolean> {
  if (await wasSeen?.(name)) return true;
  return source !== undefined && nodeWasKnown(source, name, LIMITS);
}

async function nodeOfPod(labels: Labels, lookup: Lookup | undefined): Promise<Resolution | undefined> {
  const { namespace, pod } = labels;
  if (!namespace || !pod || !lookup?.source) return undefined;
  try {
    const name = (await readPod(lookup.source, namespace, pod)).spec.nodeName;
    return name === undefined ? undefined : node(name, 'good', `pod ${namespace}/${pod} runs on node ${name}`);
  } catch {
    return undefined;
  }
}

async function podOf(labels: Labels, lookup: Lookup | undefined): Promise<Resolution> {
  const { namespace, pod: name } = ownLabels(labels);
  if (!namespace || !name) return unresolved('pod', name ?? '', 'the alert carries no namespace and pod');
  const target = { kind: 'Pod', namespace, name } as const;
  if (!lookup?.source)
    return { target, confidence: 'fair', note: `labels namespace=${namespace} pod=${name}, not looked up` };
  try {
    const pod = await readPod(lookup.source, namespace, name);
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

async function readPod(source: Source, namespace: string, name: string) {
  const pods = declaring(source, resolveReads);
  return Pod.parse((await pods.read({ verb: 'get', kind: 'Pod', namespace, name }, LIMITS)).body);
}

function node(name: string, confidence: Resolution['confidence'], note: string): Resolution {
  return { target: { kind: 'Node', name }, confidence, note };
}

function unresolved(label: string, value: string, why: string): Resolution {
  return { target: { kind: 'Unresolved', label, value, why }, confidence: 'none', note: why };
}

/** As `unresolved`, when it was not asked for or the answer never came: it is looked up later. */
function untried(label: string, value: string, why: string): Resolution {
  return { target: { kind: 'Unresolved', label, value, why, untried: true }, confidence: 'none', note: why };
}

/** https://kubernetes.io/docs/concepts/overview/working-with-objects/names/#dns-subdomain-names; hosts may shout. */
function isNodeName(text: string): boolean {
  return text.length <= 253 && /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/i.test(text);
}

/** `10.0.0.1:9100`, `[fd00::1]:9100`, `worker-3:9100` and the same without a port. */
export function withoutPort(instance: string): string {
  const bracketed = /^\[(.+)\](?::\d+)?$/.exec(instance);
  if (bracketed?.[1]) return bracketed[1];
  return instance.split(':').length === 2 ? instance.replace(/:\d+$/, '') : instance;
}
