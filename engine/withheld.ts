import type { ReadRequest } from './readers.ts';
import { MASK, redactDeep, redactLines } from './redact.ts';

/**
 * What of a value of a ConfigMap a record keeps. `undefined`: it is none of this evidence's. Where no evidence says
 * anything, a record keeps the key alone.
 */
export type KeptOfConfigMap = (key: string, text: string) => string | undefined;

/** Whoever wrote them down wrote down the whole object once more, its environment included. */
const copies = new Set(['fieldsV1', 'kubectl.kubernetes.io/last-applied-configuration']);

/** What people may have written anything into, whatever it is called or looks like, and no runbook reads: the keys are kept. */
const holders = new Set(['httpHeaders', 'volumeAttributes', 'flexVolume', 'binaryData', 'stringData']);

/** How a container is started: a password may be an argument of its own, of which nothing tells that it is one. */
const starts = new Set(['command', 'args']);

/** Annotations that Kubernetes itself writes; those of everybody else are text of which nobody knows what it is. */
const OF_KUBERNETES = /^([\w-]+\.)*(kubernetes|k8s)\.io\//;

interface Kept {
  readonly ofConfigMap?: KeptOfConfigMap | undefined;
  /** How containers are started is kept, but for what follows the name of a secret. */
  readonly commands: boolean;
}

/** An answer of the API server as a record keeps it: nothing in it that only its owner may see. */
export function withheld(body: unknown, request: ReadRequest, kept: KeptOfConfigMap): unknown {
  if (typeof body === 'string') return redactLines(body);
  const kind = 'kind' in request ? request.kind : undefined;
  const ofConfigMap = kind === 'ConfigMap' ? kept : undefined;
  return redactDeep(masked(body, { ofConfigMap, commands: asksControlPlane(request) }));
}

/** The static pods of the control plane, by the labels of kubeadm: of these alone runbooks read the flags. */
function asksControlPlane(request: ReadRequest): boolean {
  if (request.verb !== 'list' || request.kind !== 'Pod' || request.namespace !== 'kube-system') return false;
  return /^(component|tier)\b/.test(request.labelSelector ?? '');
}

function masked(value: unknown, kept: Kept): unknown {
  const { ofConfigMap, commands } = kept;
  return nested(value, (key, inner) => {
    if (copies.has(key)) return undefined;
    if (ofConfigMap && key === 'data') return nested(inner, (name, text) => ofConfigMap(name, String(text)) ?? MASK);
    if (key === 'annotations') return nested(inner, annotation);
    if (key === 'env' && Array.isArray(inner)) return inner.map(withoutValue);
    // The command of a probe or a hook, which is run in the container.
    if (key === 'exec') return nested(inner, () => [MASK]);
    if (!commands && starts.has(key) && Array.isArray(inner)) return inner.map(() => MASK);
    if (holders.has(key)) return texts(inner);
    return masked(inner, kept);
  });
}

function annotation(name: string, text: unknown): unknown {
  if (copies.has(name)) return undefined;
  return OF_KUBERNETES.test(name) ? text : MASK;
}

/** Environment variables keep their names: their values are nobody's business, whatever they look like. */
function withoutValue(variable: unknown): unknown {
  return nested(variable, (key, inner) => (key === 'value' ? MASK : inner));
}

/** The same shape, without any of its text but names. */
function texts(value: unknown): unknown {
  if (typeof value === 'string') return MASK;
  return nested(value, (key, inner) => (key === 'name' ? inner : texts(inner)));
}

/** A copy one level down; what becomes `undefined` is left out. */
export function nested(value: unknown, change: (key: string, inner: unknown) => unknown): unknown {
  if (Array.isArray(value)) return value.map((inner, index) => change(String(index), inner));
  if (value === null || typeof value !== 'object') return value;
  const entries = Object.entries(value).map(([key, inner]) => [key, change(key, inner)] as const);
  return Object.fromEntries(entries.filter(([, inner]) => inner !== undefined));
}
