import * as z from 'zod';
import type { Alert } from './alert.ts';
import { messageOf, ReadFailure } from './errors.ts';
import { guessTarget, instanceMayBeNode, seenByNode } from './guess.ts';
import { nodeByLabels } from './node-of-labels.ts';
import { ownLabels } from './own-labels.ts';
import type { Source } from './readers.ts';
import { LOOKUP_LIMITS, type Lookup, type Resolution, resolveReads, theNode, unresolved } from './resolution.ts';
import { declaring } from './rights.ts';
import type { AlertFamily, AlertMatch } from './runbook.ts';

const NODE_LABELS = ['node', 'exported_node', 'nodename', 'kubernetes_node'] as const;
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

async function nodeOfPod(labels: Labels, lookup: Lookup | undefined): Promise<Resolution | undefined> {
  const { namespace, pod } = labels;
  if (!namespace || !pod || !lookup?.source) return undefined;
  try {
    const name = (await readPod(lookup.source, namespace, pod)).spec.nodeName;
    return name === undefined ? undefined : theNode(name, 'good', `pod ${namespace}/${pod} runs on node ${name}`);
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
  return Pod.parse((await pods.read({ verb: 'get', kind: 'Pod', namespace, name }, LOOKUP_LIMITS)).body);
}
