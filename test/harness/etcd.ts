import { join } from 'node:path';
import { type DelayProxy, startDelayProxy } from './delay-proxy.ts';
import { asLeader, type EtcdApi, etcdApi } from './etcd-api.ts';
import { type Metrics, readMetrics } from './metrics.ts';
import { freePorts } from './ports.ts';
import { answers, type Running, start } from './process.ts';
import { pathOf } from './programs.ts';
import { tempDir } from './temp.ts';
import { until } from './until.ts';

export interface EtcdOptions {
  readonly members: 1 | 3;
  /** Backend quota (default 2 GiB). With 16 MiB a dozen large puts bring "database space exceeded". */
  readonly quotaBytes?: number;
  /**
   * Lets the members reach each other only through proxies. They delay every chunk by this much from the moment the
   * cluster is ready; `setPeerDelayMs` changes it. With 200 ms the leader stays, from 400 ms on elections begin.
   */
  readonly peerDelayMs?: number;
  /** How it writes its log. Default zap, as etcd does since 3.5; capnslog is what 3.4 and before write with. */
  readonly logger?: 'zap' | 'capnslog';
  /** Clients come to port 2379, etcd's own, each member having a loopback address for itself (Linux). */
  readonly ownPort?: boolean;
}

export interface EtcdMember extends EtcdApi {
  /** m1, m2, m3. */
  readonly name: string;
  /** http://127.0.0.1:PORT, or http://127.x.y.z:2379; `/metrics` and `/health` are here too. */
  readonly clientUrl: string;
  readonly pid: number;
  metrics(): Promise<Metrics>;
  log(): string;
  /** Ends it: connections are refused from now on. Its data stays. */
  stop(): Promise<void>;
  /** Starts it again on its data, at the same addresses. */
  start(): Promise<void>;
  /** Holds it (SIGSTOP): connections are accepted and never answered. */
  freeze(): void;
  thaw(): void;
}

export interface Etcd extends AsyncDisposable {
  readonly members: readonly EtcdMember[];
  /** The member that leads now, waiting for an election if need be. */
  leader(): Promise<EtcdMember>;
  followers(): Promise<readonly EtcdMember[]>;
  /** Only with `peerDelayMs`, which may have been 0. */
  setPeerDelayMs(delayMs: number): void;
  /** As one replaces a machine: removes a follower, ends it, and starts a new member elsewhere, which is returned. */
  replace(follower: EtcdMember): Promise<EtcdMember>;
  /** For Prometheus: job "etcd", all members, with these labels on each series. */
  scrapeConfig(labels?: (member: EtcdMember) => Readonly<Record<string, string>>): Record<string, unknown>;
}

interface Seat {
  readonly name: string;
  readonly client: number;
  readonly peer: number;
  /** Its peer port, or that of the proxy before it. */
  readonly advertised: number;
}

/** A real etcd on 127.0.0.1, ready when every member serves linearizable reads; takes one to four seconds. */
export async function startEtcd(options: EtcdOptions): Promise<Etcd> {
  await using stack = new AsyncDisposableStack();
  const folder = stack.use(await tempDir('etcd')).path;
  const ports = await freePorts(options.members * 3);
  const seats = Array.from({ length: options.members }, (_, index) => {
    const [client = 0, peer = 0, proxy = 0] = ports.slice(index * 3, index * 3 + 3);
    return { name: `m${index + 1}`, client, peer, advertised: options.peerDelayMs === undefined ? peer : proxy };
  });

  const proxies: DelayProxy[] = [];
  if (options.peerDelayMs !== undefined) {
    for (const { peer, advertised } of seats) {
      const proxy = { port: advertised, targetPort: peer, delayMs: 0 };
      proxies.push(stack.use(await startDelayProxy(proxy)));
    }
  }

  const seated = async (
    { name, client, peer, advertised }: Seat,
    among: readonly Seat[],
    state: 'new' | 'existing',
  ) => {
    const clientUrl = `http://${options.ownPort ? `${freeAddress()}:2379` : `127.0.0.1:${client}`}`;
    const cluster = among.map((seat) => `${seat.name}=http://127.0.0.1:${seat.advertised}`).join(',');
    const args = [
      ...['--name', name, '--data-dir', join(folder, name)],
      ...['--initial-cluster', cluster, '--initial-cluster-state', state],
      ...['--listen-client-urls', clientUrl, '--advertise-client-urls', clientUrl],
      ...['--listen-peer-urls', `http://127.0.0.1:${peer}`],
      ...['--initial-advertise-peer-urls', `http://127.0.0.1:${advertised}`],
      ...['--logger', options.logger ?? 'zap', '--log-outputs', 'stderr'],
      ...(options.quotaBytes === undefined ? [] : ['--quota-backend-bytes', String(options.quotaBytes)]),
    ];
    const run = () => start(pathOf('etcd'), args, { folder, name, ready: answers(`${clientUrl}/health`) });
    return memberOf(name, clientUrl, await run(), run);
  };
  const members = await Promise.all(
    seats.map(async (seat) => {
      const member = await seated(seat, seats, 'new');
      stack.defer(() => member.stop());
      return member;
    }),
  );

  const leader = () => until('an etcd leader', () => asLeader(members), { deadlineMs: 20_000 });
  await leader();
  for (const proxy of proxies) proxy.setDelayMs(options.peerDelayMs ?? 0);
  const owned = stack.move();
  const replace = async (follower: EtcdMember) => {
    const { memberId } = await follower.status();
    const leading = await leader();
    await leading.removeMember(memberId);
    await follower.stop();
    const [client = 0, peer = 0] = await freePorts(2);
    const seat = { name: `${follower.name}-again`, client, peer, advertised: peer };
    await leading.addMember(`http://127.0.0.1:${peer}`);
    const others = seats.filter(({ name }) => name !== follower.name);
    const member = await seated(seat, [...others, seat], 'existing');
    owned.defer(() => member.stop());
    return member;
  };
  return {
    members,
    replace,
    leader,
    followers: async () => {
      const leading = await leader();
      return members.filter((member) => member !== leading);
    },
    setPeerDelayMs: (delayMs) => {
      if (proxies.length === 0) throw new Error('start etcd with peerDelayMs (0 is allowed) to delay its network');
      for (const proxy of proxies) proxy.setDelayMs(delayMs);
    },
    scrapeConfig: (labels = () => ({})) => ({
      job_name: 'etcd',
      static_configs: members.map((member) => ({ targets: [new URL(member.clientUrl).host], labels: labels(member) })),
    }),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

/** All of 127.0.0.0/8 is this machine. */
function freeAddress(): string {
  const [a = 0, b = 0, c = 0] = crypto.getRandomValues(new Uint8Array(3)).map((byte) => 1 + (byte % 253));
  return `127.${a}.${b}.${c}`;
}

function memberOf(name: string, clientUrl: string, first: Running, run: () => Promise<Running>): EtcdMember {
  let now = first;
  return {
    name,
    clientUrl,
    get pid() {
      return now.pid;
    },
    ...etcdApi(clientUrl),
    metrics: () => readMetrics(`${clientUrl}/metrics`),
    log: () => now.log(),
    stop: () => now.stop(),
    start: async () => {
      now = await run();
    },
    freeze: () => now.freeze(),
    thaw: () => now.thaw(),
  };
}
