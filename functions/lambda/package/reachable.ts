import { BlockList, isIP } from 'node:net';

/** This machine itself, no address at all, or what is on the same wire: behind none of them is anybody in AWS Lambda. */
const nowhere = new BlockList();
for (const [network, prefix] of [
  ['127.0.0.0', 8],
  ['0.0.0.0', 8],
  ['169.254.0.0', 16],
] as const)
  nowhere.addSubnet(network, prefix, 'ipv4');
nowhere.addAddress('::', 'ipv6');
nowhere.addAddress('::1', 'ipv6');
nowhere.addSubnet('fe80::', 10, 'ipv6');

/** Where a Prometheus mostly runs, and the API server's Service. None of them is a domain that anybody could have registered. */
const NAMESPACES = ['monitoring', 'observability', 'prometheus', 'metrics', 'default', 'kube-system'];

/**
 * Why a function can never get at an address, wherever it runs, in words that go on with the address; `undefined`: perhaps
 * it can. Other names of two parts may be somebody's domain.
 */
export function unreachable(url: string): string | undefined {
  const host = new URL(url).hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '');
  const family = isIP(host);
  if (family !== 0)
    return nowhere.check(host, family === 4 ? 'ipv4' : 'ipv6') ? 'leads a function to itself' : undefined;
  const labels = host.toLowerCase().split('.');
  const [last = ''] = labels.slice(-1);
  if (last === 'localhost') return 'leads a function to itself';
  return isOfPods(labels, last) ? 'is a name that only pods can look up' : undefined;
}

/** https://kubernetes.io/docs/concepts/services-networking/dns-pod-service/: also where a function is in the VPC of the cluster. */
function isOfPods(labels: readonly string[], last: string): boolean {
  if (labels.length === 1 || last === 'svc') return true;
  return labels.slice(-2).join('.') === 'cluster.local' || (labels.length === 2 && NAMESPACES.includes(last));
}
