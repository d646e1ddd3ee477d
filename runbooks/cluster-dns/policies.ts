import * as z from 'zod';
import { matches } from '../../engine/changes/labels.ts';
import { LabelSelector } from '../../engine/changes/objects.ts';
import type { Evidence } from '../../engine/runbook.ts';
import { plural, secondsSince } from '../evidence/node-words.ts';
import { limits } from './limits.ts';
import type { PodView } from './pods.ts';
import { NAMESPACE } from './target.ts';
import { few } from './words.ts';

const Port = z.object({
  /** Without a word of it: TCP. */
  protocol: z.string().default('TCP'),
  port: z.union([z.number(), z.string()]).optional(),
  endPort: z.number().optional(),
});
type Port = z.infer<typeof Port>;
const Peers = z.array(z.unknown()).default([]);
const Policy = z
  .object({
    metadata: z.object({
      name: z.string(),
      creationTimestamp: z.string().optional(),
      managedFields: z.array(z.object({ time: z.string().optional() })).default([]),
    }),
    spec: z.object({
      // Nothing in it: every pod.
      podSelector: LabelSelector.prefault({}),
      policyTypes: z.array(z.string()).default([]),
      ingress: z.array(z.object({ ports: z.array(Port).default([]), from: Peers })).optional(),
      egress: z.array(z.object({ ports: z.array(Port).default([]), to: Peers })).optional(),
    }),
  })
  .transform(({ metadata, spec: { podSelector, policyTypes, ingress, egress } }) => ({
    name: metadata.name,
    /** When somebody wrote to it last; `undefined`: nobody says. */
    writtenAt: [metadata.creationTimestamp, ...metadata.managedFields.map(({ time }) => time)]
      .flatMap((at) => at ?? [])
      .toSorted((a, b) => Date.parse(b) - Date.parse(a))[0],
    selector: podSelector,
    // Unset: Ingress always, Egress where it has such rules (networking.k8s.io/v1, NetworkPolicySpec).
    types: policyTypes.length > 0 ? policyTypes : ['Ingress', ...(egress === undefined ? [] : ['Egress'])],
    ingress: (ingress ?? []).map(({ ports, from }) => ({ ports, toAll: from.length === 0 })),
    egress: (egress ?? []).map(({ ports, to }) => ({ ports, toAll: to.length === 0 })),
  }));
export type Policy = z.infer<typeof Policy>;

/** The NetworkPolicies of kube-system, by name. Those of plug-ins' own kinds are not among them. */
export const policies: Evidence<readonly Policy[], unknown> = {
  title: 'NetworkPolicies of kube-system',
  schema: z
    .object({ items: z.array(Policy) })
    .transform(({ items }) =>
      [...new Map(items.map((one) => [one.name, one])).values()].toSorted((a, b) => (a.name < b.name ? -1 : 1)),
    ),
  reads: ['list NetworkPolicy in kube-system'],
  read: ({ kube }) => kube.list('NetworkPolicy', { namespace: NAMESPACE }),
  show: (all) =>
    all.length === 0
      ? 'none'
      : `${plural(all.length, 'policy').replace('policys', 'policies')}: ${few(all.map(({ name }) => name))}`,
};

/** What CoreDNS lives on: to be asked, to ask upstream, to watch the API server. */
export type Way = 'asked' | 'upstream' | 'api';
export type Leave = 'free' | 'for some' | 'nobody';

const USUAL: Readonly<Record<Way, readonly string[]>> = {
  asked: ['UDP 53'],
  upstream: ['UDP 53'],
  // The Service's port, and that behind it: plug-ins look at either.
  api: ['TCP 443', 'TCP 6443'],
};

/**
 * The policies that select one of these pods for this direction, and whom they let through together: `ways` are what it asks
 * for, as far as that is known.
 */
export function leaveOf(all: readonly Policy[], pods: readonly PodView[], way: Way, ways: readonly string[] = []) {
  const type = way === 'asked' ? 'Ingress' : 'Egress';
  const over = all.filter(
    ({ types, selector }) => types.includes(type) && pods.some(({ labels }) => matches(selector, labels)),
  );
  const rules = over.flatMap(({ ingress, egress }) => (way === 'asked' ? ingress : egress));
  const names = over.map(({ name }) => name);
  if (over.length === 0) return { leave: 'free', names, over } as const;
  // Of the API server one is enough: its own port, or that of its Service. Of upstreams all that are named.
  const wanted = way === 'api' ? [...ways, ...USUAL.api] : ways.length > 0 ? ways : USUAL[way];
  const open = (one: string) =>
    rules.filter(({ ports }) => ports.length === 0 || ports.some((port) => fits(port, one, way)));
  const fully = wanted.filter((one) => open(one).some(({ toAll }) => toAll));
  if (way === 'api' ? fully.length > 0 : fully.length === wanted.length) return { leave: 'free', names, over } as const;
  const perhaps = rules.some(({ ports }) => ports.some((port) => mayBe(port, way, ways)));
  const some = perhaps || wanted.some((one) => open(one).length > 0);
  const leave: Leave = some ? 'for some' : 'nobody';
  return { leave, names, over };
}

/**
 * Whether somebody wrote to it so shortly before a trouble that began at `since` that it may be of that. An old one proves
 * nothing: many networks enforce none (flannel), and what fails beside it may fail for itself.
 */
export function isYoung({ writtenAt }: Policy, since: Date): boolean {
  const seconds = writtenAt === undefined ? Number.NaN : secondsSince(writtenAt, since);
  return seconds >= 0 && seconds <= limits.newVersionSeconds;
}

/** Whether all of them have stood for as long as figures look back: what was answered then went through them. */
export function haveStood(over: readonly Policy[], now: Date): boolean {
  return over.every(({ writtenAt }) => writtenAt !== undefined && secondsSince(writtenAt, now) > limits.heardSeconds);
}

function fits({ protocol, port, endPort }: Port, wanted: string, way: Way): boolean {
  const [over, number] = wanted.split(' ');
  if (protocol !== over) return false;
  // By the name of a container's port, as kubeadm calls them.
  if (typeof port === 'string') return way === 'asked' ? port === 'dns' : port === 'https';
  return port === undefined || (Number(number) >= port && Number(number) <= (endPort ?? port));
}

/** What is not named may be it: the port behind the Service of the API server never is, that of an upstream where lines leave it out. */
function mayBe({ protocol, port }: Port, way: Way, ways: readonly string[]): boolean {
  const isDns = port === 53 || port === 853;
  if (way === 'api') return protocol === 'TCP' && !isDns;
  return way === 'upstream' && ways.length === 0 && (protocol === 'UDP' || isDns);
}
