import { isAddress } from './directory.ts';
import { messageOf, ReadFailure } from './errors.ts';
import { nodesKnownAs, nodeWasKnown } from './hosts.ts';
import {
  LOOKUP_LIMITS,
  type Lookup,
  type Resolution,
  resolveReads,
  theNode,
  unresolved,
  untried,
} from './resolution.ts';
import { declaring } from './rights.ts';
import { counted } from './words.ts';

type Labels = Readonly<Record<string, string>>;

/** What a machine calls itself (`uname`), which may be no name of its node: then the next label may be one. */
const HOST_NAME = 'nodename';

/**
 * The node that the first of these labels names: as its name, or as an address or host name of it. What names nothing is
 * said: another label of the same alert may be of the exporter that told it, or of another machine with that address.
 */
export async function nodeByLabels(
  labels: Labels,
  names: readonly string[],
  lookup: Lookup | undefined,
  otherwise?: () => Promise<Resolution | undefined>,
): Promise<Resolution> {
  const [label, ...further] = names.filter((name) => labels[name]);
  if (label === undefined) {
    return (
      (await otherwise?.()) ??
      unresolved(names[0] ?? 'node', '', `the alert carries none of the labels ${names.join(', ')}`)
    );
  }
  const first = await nodeByLabel(label, labels[label] ?? '', lookup, otherwise);
  if (label !== HOST_NAME || !namesNothing(first)) return first;
  for (const other of further) {
    const { target, note, confidence } = await nodeByLabel(other, labels[other] ?? '', lookup);
    if (target.kind !== 'Node') continue;
    return theNode(target.name, confidence, `${note} (no node is known as ${label}=${labels[label]})`);
  }
  return first;
}

function namesNothing({ target }: Resolution): boolean {
  return target.kind === 'Unresolved' && !target.untried;
}

async function nodeByLabel(
  label: string,
  value: string,
  lookup: Lookup | undefined,
  otherwise?: () => Promise<Resolution | undefined>,
): Promise<Resolution> {
  const host = withoutPort(value);
  if (!isAddress(host) && !isNodeName(host)) return unresolved(label, value, `no node can be called ${value}`);
  const named = !isAddress(host) && label !== 'instance';
  if (named && (await isTaken(host, lookup))) return theNode(host, 'exact', `label ${label}=${value}`);
  if (!lookup) return untried(label, value, 'not looked up');
  try {
    const [first, ...others] = await lookup.nodes.find(host);
    if (first && others.length > 0) {
      const names = [first, ...others].map(({ name }) => name);
      return unresolved(label, value, `${names.length} nodes have this address: ${names.join(', ')}`);
    }
    if (first?.name === host) return theNode(host, 'exact', `label ${label}=${value}`);
    if (first) return theNode(first.name, 'good', `label ${label}=${value} is an address of node ${first.name}`);
    const found = (await otherwise?.()) ?? (await byFurtherName(label, value, host, lookup));
    if (found) return found;
    if (named && (await wasHere(host, lookup)))
      return theNode(host, 'exact', `label ${label}=${value}; it was here, and is not in the list of nodes any more`);
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
  const { names, how } = await nodesKnownAs(lookup.source, host, LOOKUP_LIMITS);
  const [first, ...others] = names.filter((name) => nodes.has(name));
  if (first === undefined) return undefined;
  return others.length > 0
    ? unresolved(label, value, `${others.length + 1} nodes are known as this: ${[first, ...others].join(', ')}`)
    : theNode(first, 'good', `label ${label}=${value}: ${how} of node ${first}`);
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
    await declaring(lookup.source, resolveReads).read({ verb: 'get', kind: 'Node', name }, LOOKUP_LIMITS);
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
  return source !== undefined && nodeWasKnown(source, name, LOOKUP_LIMITS);
}

/** https://kubernetes.io/docs/concepts/overview/working-with-objects/names/#dns-subdomain-names; hosts may shout. */
function isNodeName(text: string): boolean {
  return text.length <= 253 && /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/i.test(text);
}

/** `10.0.0.1:9100`, `[fd00::1]:9100`, `worker-3:9100` and the same without a port. IPv6 as the API server writes it. */
export function withoutPort(instance: string): string {
  const bracketed = /^\[(.+)\](?::\d+)?$/.exec(instance)?.[1];
  if (bracketed === undefined && instance.split(':').length === 2) return instance.replace(/:\d+$/, '');
  const host = bracketed ?? instance;
  // https://www.rfc-editor.org/rfc/rfc5952: `FD00::0:7` and `fd00::7` are one address.
  return host.includes(':') ? (URL.parse(`http://[${host}]`)?.hostname.slice(1, -1) ?? host) : host;
}
