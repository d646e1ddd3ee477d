/** Three at night. */
export const now = new Date('2026-11-21T03:00:00.000Z');
const LONG_SECONDS = 8_000_000;

/** RFC 3339, so many seconds ago; as Kubernetes writes it, in whole ones. */
export function ago(seconds: number): string {
  return new Date(now.getTime() - seconds * 1000).toISOString().replace('.000Z', 'Z');
}

export interface PodIs {
  readonly name: string;
  readonly node?: string | null;
  readonly labels?: Readonly<Record<string, string>>;
  readonly image?: string;
  readonly limits?: Readonly<Record<string, string>>;
  readonly created?: number;
  readonly phase?: string;
  readonly ready?: boolean;
  /** Seconds since it last became ready, or stopped being so. */
  readonly changed?: number;
  /** `null`: the server does not say. Default: as `ready`. */
  readonly containersReady?: boolean | null;
  readonly ending?: boolean;
  readonly unscheduled?: string;
  readonly onHost?: boolean;
  readonly restarts?: number;
  /** Seconds ago that its container was started; `null`: it does not run. */
  readonly started?: number | null;
  readonly waiting?: { readonly reason: string; readonly message?: string };
  readonly ended?: { readonly reason: string; readonly exitCode: number; readonly secondsAgo: number };
}

export const kubeDns = { 'k8s-app': 'kube-dns' };
const memory = { memory: '170Mi' };

/** A pod of CoreDNS as the API gives it, cut down to what is read. */
export function pod(is: PodIs) {
  const {
    name,
    node = 'worker-1',
    ready = true,
    changed = LONG_SECONDS,
    created = LONG_SECONDS,
    phase = 'Running',
  } = is;
  const { containersReady = ready, labels = kubeDns, limits = memory, restarts = 0, waiting, ended } = is;
  const {
    image = 'registry.k8s.io/coredns/coredns:v1.11.3',
    started = waiting || phase === 'Pending' ? null : created,
  } = is;
  const condition = (type: string, good: boolean, more: object = {}) => ({
    ...{ type, status: good ? 'True' : 'False', lastTransitionTime: ago(changed) },
    ...more,
  });
  const end = ended && { reason: ended.reason, exitCode: ended.exitCode, finishedAt: ago(ended.secondsAgo) };
  return {
    metadata: {
      ...{ name, namespace: 'kube-system', creationTimestamp: ago(created), labels },
      ...(is.ending ? { deletionTimestamp: ago(5) } : {}),
    },
    spec: {
      ...(node === null ? {} : { nodeName: node }),
      ...(is.onHost ? { hostNetwork: true } : {}),
      containers: [{ name: image.includes('coredns') ? 'coredns' : 'kubedns', image, resources: { limits } }],
    },
    status: {
      phase,
      conditions: [
        condition('PodScheduled', is.unscheduled === undefined, is.unscheduled ? { message: is.unscheduled } : {}),
        condition('Ready', ready),
        ...(containersReady === null ? [] : [condition('ContainersReady', containersReady)]),
      ],
      containerStatuses:
        node === null
          ? []
          : [
              {
                ...{ name: 'coredns', ready, restartCount: restarts },
                state: waiting ? { waiting } : started === null ? {} : { running: { startedAt: ago(started) } },
                lastState: end ? { terminated: end } : {},
              },
            ],
    },
  };
}

export interface EventIs {
  readonly reason: string;
  readonly message: string;
  readonly last: number;
}

export function event({ reason, message, last }: EventIs) {
  return { metadata: { creationTimestamp: ago(last + 60) }, reason, message, lastTimestamp: ago(last), count: 3 };
}

export const deadLiveness = (last: number): EventIs => ({
  ...{ reason: 'Unhealthy', last },
  message: 'Liveness probe failed: Get "http://10.244.1.7:8080/health": context deadline exceeded',
});

/** The process is dead, and so nobody listens. */
export const deafLiveness = (last: number): EventIs => ({
  ...{ reason: 'Unhealthy', last },
  message:
    'Liveness probe failed: Get "http://10.244.1.7:8080/health": dial tcp 10.244.1.7:8080: connect: connection refused',
});
/** As the kubelet says that it ends a container. */
export const killing = (last: number): EventIs => ({
  ...{ reason: 'Killing', last },
  message: 'Container coredns failed liveness probe, will be restarted',
});

/** As kubeadm writes it. */
export const COREFILE = `.:53 {
    errors
    health {
       lameduck 5s
    }
    ready
    kubernetes cluster.local in-addr.arpa ip6.arpa {
       pods insecure
       fallthrough in-addr.arpa ip6.arpa
       ttl 30
    }
    prometheus :9153
    forward . /etc/resolv.conf {
       max_concurrent 1000
    }
    cache 30
    loop
    reload
    loadbalance
}
`;

const services = 'Get "https://10.96.0.1:443/api/v1/services?limit=500&resourceVersion=0"';
function listFails(times: number, error: string): readonly string[] {
  const line = `[ERROR] plugin/kubernetes: pkg/mod/k8s.io/client-go@v0.29.3/tools/cache/reflector.go:229: Failed to watch *v1.Service: failed to list *v1.Service: ${error}`;
  return Array.from({ length: times }, () => line);
}

/** Lines of its log, as its versions write them. */
export const lines = {
  quiet: [
    '.:53',
    '[INFO] plugin/reload: Running configuration SHA512 = 591cf328cccc12bc490481273e738df59329c62c0b729d94e8b61db9961c2fa5f046dd37f1cf888b953814040d180f52594972691cd6ff41be96639138a43908',
    'CoreDNS-1.11.3',
    'linux/amd64, go1.21.11, a6338e9',
  ],
  loop: [
    '.:53',
    'CoreDNS-1.11.3',
    '[FATAL] plugin/loop: Loop (127.0.0.1:55953 -> :1053) detected for zone ".", see https://coredns.io/plugins/loop#troubleshooting. Query: "HINFO 4547991504243258144.3688648895315093531."',
  ],
  parse: ["/etc/coredns/Corefile:14 - Error during parsing: Unknown directive 'forwrd'"],
  reload: [
    "[ERROR] Restart failed: Corefile:14 - Error during parsing: Unknown directive 'forwrd'",
    "[ERROR] plugin/reload: Corefile changed but reload failed: starting with listener file descriptors: Corefile:14 - Error during parsing: Unknown directive 'forwrd'",
  ],
  taken: ['[INFO] Reloading', '[INFO] Reloading complete'],
  forbidden: [
    '[ERROR] plugin/kubernetes: pkg/mod/k8s.io/client-go@v0.29.3/tools/cache/reflector.go:229: Failed to watch *v1.EndpointSlice: failed to list *v1.EndpointSlice: endpointslices.discovery.k8s.io is forbidden: User "system:serviceaccount:kube-system:coredns" cannot list resource "endpointslices" in API group "discovery.k8s.io" at the cluster scope',
  ],
  apiTimeout: (times: number) => listFails(times, `${services}: dial tcp 10.96.0.1:443: i/o timeout`),
  /** The list that comes before a watch, whatever the API server or the way to it says. */
  listFails: (times: number, error: string) =>
    listFails(times, /^(?:dial|read) /.test(error) ? `${services}: ${error}` : error),
  notTrusted: (times: number) =>
    listFails(times, `${services}: tls: failed to verify certificate: x509: certificate signed by unknown authority`),
  /** CoreDNS 1.12.4 to 1.13.1. */
  cannotWatch: ['[ERROR] plugin/kubernetes: Failed to watch', '[ERROR] plugin/kubernetes: Failed to watch'],
  timeouts: (times: number, to = '10.0.0.2') =>
    Array.from(
      { length: times },
      (_, index) =>
        `[ERROR] plugin/errors: 2 example-${index}.com. A: read udp 10.244.1.7:4${String(index).padStart(4, '0')}->${to}:53: i/o timeout`,
    ),
  /** All of one domain. */
  silentDomain: (times: number) =>
    Array.from(
      { length: times },
      (_, index) =>
        `[ERROR] plugin/errors: 2 db-${index % 3}.Partner.example. A: read udp 10.244.1.7:4${String(index).padStart(4, '0')}->10.0.0.2:53: i/o timeout`,
    ),
  /** Over whatever protocol, to whatever port. */
  lost: (times: number, error: string) =>
    Array.from({ length: times }, (_, index) => `[ERROR] plugin/errors: 2 www.example-${index}.com. A: ${error}`),
  addedUp: (times: number) => [
    `[ERROR] plugin/errors: ${times} errors like '^read udp .* i/o timeout$' occurred in last 30s`,
  ],
  /** Of Go itself: nobody caught it. */
  crash: [
    '[INFO] plugin/reload: Running configuration SHA512 = 591cf328cccc12bc490481273e738df5',
    'CoreDNS-1.11.3',
    'panic: runtime error: invalid memory address or nil pointer dereference',
    '[signal SIGSEGV: segmentation violation code=0x1 addr=0x0 pc=0x1a2b3c4]',
    'goroutine 1 [running]:',
    'github.com/coredns/coredns/plugin/forward.(*Forward).OnStartup(...)',
  ],
  panic: [
    '[ERROR] Recovered from panic in server: "dns://:53" runtime error: invalid memory address or nil pointer dereference',
  ],
} as const;
