import { BlockList, isIP } from 'node:net';
import * as z from 'zod';
import { ReadFailure } from '../../engine/errors.ts';

/** What tells where the kubelet of a Node listens; field names as the API spells them. */
const Node = z.object({
  status: z.object({
    addresses: z.array(z.object({ type: z.string(), address: z.string() })).default([]),
    daemonEndpoints: z
      .object({ kubeletEndpoint: z.object({ Port: z.int().min(0).max(65_535).default(0) }).prefault({}) })
      .prefault({}),
  }),
});

/** Where no kubelet of another machine listens: this machine, its link, groups. IPv4 written as IPv6 is matched as IPv4. */
const elsewhere = new BlockList();
for (const [net, prefix] of [
  ['0.0.0.0', 8],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['224.0.0.0', 3],
] as const)
  elsewhere.addSubnet(net, prefix, 'ipv4');
for (const [net, prefix] of [
  ['::', 127],
  ['fe80::', 10],
  ['ff00::', 8],
] as const)
  elsewhere.addSubnet(net, prefix, 'ipv6');

/** A node writes its own addresses: one that was taken over must not send us to our own machine, or to a cloud's metadata. */
export function isOrdinary(address: string): boolean {
  return !elsewhere.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4');
}

/**
 * Where the kubelet of this node listens: the first InternalIP of its object and the port it names there, and nothing else. A
 * name is never resolved. Throws `ReadFailure`.
 */
export function kubeletOf(name: string, object: unknown, mayAsk: (address: string) => boolean) {
  const found = Node.safeParse(object).data?.status;
  const host = found?.addresses.find(({ type, address }) => type === 'InternalIP' && isIP(address) > 0)?.address;
  const port = found?.daemonEndpoints.kubeletEndpoint.Port;
  if (host === undefined || !port)
    throw new ReadFailure('not-served', `Node ${name} names no InternalIP with a port of its kubelet`);
  if (!mayAsk(host))
    throw new ReadFailure('not-served', `Node ${name} names the address ${host}, where no kubelet of a node listens`);
  return { host, origin: `https://${host.includes(':') ? `[${host}]` : host}:${port}` };
}
