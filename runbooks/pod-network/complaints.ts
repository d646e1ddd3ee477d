import { timeOf } from '../evidence/log-time.ts';
import { excerpt, refusalIn } from '../evidence/refusals.ts';
import { hostOf } from '../evidence/scrape-targets.ts';

/** What is asked for is of Kubernetes' API, at any address and port: of no other one with such paths. */
const KUBERNETES = String.raw`https?://\S+?/(?:api/v1/(?:namespaces|nodes|pods|services|endpoints|configmaps)\b|apis/[\w.-]+/v\d)`;
const ASKING_KUBERNETES = `(?<=${KUBERNETES}.*)dial tcp \\S+: `;
/** What many APIs have. */
const ASKING_AN_API = String.raw`(?<=https?://\S+?/(?:apis?/|version|healthz|livez|readyz).*)dial tcp \S+: `;
/** RFC 1918, RFC 6598 and unique local IPv6: registries, clouds and the rest of the world are elsewhere. */
const PRIVATE = String.raw`10\.|172\.(?:1[6-9]|2\d|3[01])\.|192\.168\.|100\.(?:6[4-9]|[7-9]\d|1[01]\d|12[0-7])\.|\[f[cd]`;
const DIALLING = String.raw`(?<!https?://.*)dial tcp (?:${PRIVATE})\S*:(?:443|6443): `;
const NO_ANSWER = '.*(?:i/o timeout|connection refused|no route to host|network is unreachable)';
/** What Go says after the address that was asked: of a connection that came to nothing, or of a certificate. */
const CUT_OFF = String.raw`(?<=${KUBERNETES}\S*: )(?:net/http: |http2: client connection lost|(?:unexpected )?EOF|context deadline exceeded|(?:read|write) tcp |(?:remote error: )?tls: |x509: )`;
/** 401 and 403 of the API server itself: of what only it has, or by whom only it knows. */
const REFUSED = String.raw`connection is unauthorized|(?:\*v\d\w*\.\w+|retrieving pod spec|ClusterInformation).*\bUnauthorized\b|asked for the client to provide credentials|\bis forbidden: User "system:`;
/** A call to some API that failed, in whatever words; a list or watch of client-go. */
const FAILED_CALL = String.raw`(?<=\b(?:Get|Post|Put|Patch|Delete) "?https://\S+?/(?:apis?/|version\b)\S*: ).+|(?<=failed to (?:list|watch) \*v\d\w*\.\w+: ).+`;

/**
 * What the kubelet says of a pod whose network cannot be set up, and what the network's agents write, by what it proves.
 * The words are those of kubelet, containerd, the CNI plug-ins and their agents; where they were seen stands beside them.
 */
const kinds = {
  /** kubelet and containerd (measured: "cni plugin not initialized"); docker: "cni config uninitialized" (flannel#1432). */
  noConfig:
    /cni (?:plugin not initialized|config uninitialized)|no (?:valid )?networks? (?:config )?found|No CNI configuration/i,
  /**
   * containernetworking/cni: `failed to find plugin "flannel" in path [/opt/cni/bin]` (flannel#1730). Or it is there and cannot be
   * run: of another architecture (calicoctl#1136), without the right to (a mount with noexec), without its loader (kubernetes#23011).
   */
  noBinary:
    /failed to find plugin|fork\/exec \/\S*\/cni\/\S+: (?:exec format error|permission denied|no such file)|plugin type="([\w.-]+)".*fork\/exec \/\S*\/\1: (?:exec format error|permission denied|no such file)/i,
  /** The bridge plug-in after its node got another subnet (flannel#1850). */
  otherSubnet: /already has an IP address different from/i,
  /** The flannel plug-in (flannel#2253) and agent (flannel#728), Cilium with IPAM of Kubernetes, Antrea. */
  noSubnet: /subnet\.env: no such file|pod ?cidr not (?:assigned|available)|PodCIDR is empty|out of subnets/i,
  /**
   * host-local (k3s#4682), the VPC plug-in of AWS (amazon-vpc-cni-k8s#668), Calico, Cilium; azure-vnet with its own pool
   * (AKS#2532, aks-engine#4263) and with CNS (azure-container-networking#2999); whereabouts (`AssignmentError`).
   */
  noAddress:
    /no available address(?:es| pools)|(?:not enough|no) IPs available|could not allocate IP in range|no IP addresses available in range|failed to assign an IP address to container|Assigned 0 out of [1-9]|no more free (?:addresses|affine blocks)|range is full|No more IPs available/i,
  /** The plug-in runs and its agent does not answer: Calico's node name file, the sockets of Cilium and Multus, ipamd of AWS. */
  noAgent:
    /\/var\/lib\/calico\/nodename: no such file|(?:cilium|multus)\.sock.*(?:no such file|connection refused)|127\.0\.0\.1:50051.*connection refused/i,
  /** kubelet and containerd, of the sandbox (pause) or of an agent. Whoever is dialled then is a registry. */
  noImage:
    /failed to (?:get sandbox image|pull (?:and unpack )?image|resolve (?:image|reference))|(?:ErrImage|ImagePull)\w+/i,
  /**
   * client-go of any agent: what it asks for is of the API; or with credentials that are no good, or without the right to.
   */
  noApi: new RegExp(`${ASKING_KUBERNETES}${NO_ANSWER}|${CUT_OFF}|${REFUSED}`, 'i'),
  /**
   * An API server by its address, if that is one (kubernetes#60161): a plug-in may as well ask an appliance for addresses. And
   * what failed of some API in words that nobody here knows.
   */
  noAnswer: new RegExp(`(?:${ASKING_AN_API}|${DIALLING})${NO_ANSWER}|${FAILED_CALL}`, 'i'),
} as const;

export type Complaint = {
  readonly kind: 'lock' | 'fork' | keyof typeof kinds | 'probe' | 'other';
  readonly line: string;
} & {
  /** RFC 3339, where that is told. */
  readonly at?: string;
  /** The address that does not answer, where that alone tells whose it is. */
  readonly to?: string;
};

/** `E1121 02:58:00.000001       1 main.go:330] `: the time is told apart from the words. */
const KLOG_HEADER = /^[IWEF]\d{4} [\d:.]+\s+\d+ \S+\] /;

/** `undefined`: a line that complains of nothing known. `readAt`: when it was read. */
export function complaintIn(text: string, readAt: Date): Complaint | undefined {
  const at = timeOf(text, readAt);
  const words = text.replace(KLOG_HEADER, '').trim();
  const refusal = refusalIn(words);
  if (refusal) return { kind: refusal.kind, line: refusal.line, ...(at ? { at } : {}) };
  for (const [kind, pattern] of Object.entries(kinds)) {
    if (!pattern.test(words)) continue;
    const dialled = kind === 'noAnswer' ? /dial tcp (\S+): /.exec(words)?.[1] : undefined;
    return {
      ...{ kind: kind as keyof typeof kinds, line: excerpt(words, pattern) },
      ...(at ? { at } : {}),
      ...(dialled ? { to: hostOf(dialled) } : {}),
    };
  }
  return undefined;
}

/** Its end, where no known words say what matters. */
export function lastWords(text: string): string {
  const line = text.trim().replace(KLOG_HEADER, '').replaceAll(/\s+/g, ' ');
  return line.length > LONGEST_WORDS ? `…${line.slice(-LONGEST_WORDS)}` : line;
}
const LONGEST_WORDS = 160;

/** The range in "no IP addresses available in range set: 10.42.2.1-10.42.2.254", as how many addresses it has. */
export function rangeIn(line: string): number | undefined {
  const [, from, to] = /(\d+\.\d+\.\d+\.\d+)-(\d+\.\d+\.\d+\.\d+)/.exec(line) ?? [];
  return from === undefined || to === undefined ? undefined : numberOf(to) - numberOf(from) + 1;
}

function numberOf(address: string): number {
  return address.split('.').reduce((sum, byte) => sum * 256 + Number(byte), 0);
}

/** Whether that range lies in another network than these, as that of a second interface does. Of IPv6 nothing is known. */
export function isElsewhere(line: string, cidrs: readonly string[]): boolean {
  const [, from] = /(\d+\.\d+\.\d+\.\d+)-\d+\.\d+/.exec(line) ?? [];
  const own = cidrs.filter((cidr) => !cidr.includes(':'));
  return from !== undefined && own.length > 0 && !own.some((cidr) => holds(cidr, numberOf(from)));
}

function holds(cidr: string, address: number): boolean {
  const [network = '', bits = '32'] = cidr.split('/');
  const size = 2 ** (32 - Number(bits));
  return Math.floor(address / size) === Math.floor(numberOf(network) / size);
}
