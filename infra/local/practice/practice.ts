import { randomBytes } from 'node:crypto';
import { closest } from 'fastest-levenshtein';
import { Refused } from '../../../engine/errors.ts';
import type { Clock } from '../../../engine/ports.ts';
import { webhookOf } from './alert.ts';
import { type Facts, quietFacts } from './facts.ts';
import { answerApi, flowHeaders } from './kubernetes/api.ts';
import { type Answered, type Exchange, listener } from './listener.ts';
import { answerPrometheus } from './prometheus/api.ts';
import type { World } from './world.ts';
import { worlds } from './worlds/index.ts';

export interface PracticeOptions {
  /** Where to start. Default: `quiet`, or the first world of `runbook`. */
  readonly world?: string;
  /** Start in the first world whose diagnosis this runbook makes. */
  readonly runbook?: string;
  /** Control-plane nodes and workers together. Default 12. */
  readonly nodes?: number;
  /** Default 15. */
  readonly podsPerNode?: number;
  /** Milliseconds added to every answer. Default 0. */
  readonly latencyMs?: number;
  /** Lets the answers a world calls slow come late, so that people can watch the evidence come in. */
  readonly drama?: boolean;
  readonly clock?: Clock;
}

export interface PracticeStats {
  readonly kubernetesCalls: number;
  readonly prometheusQueries: number;
  readonly bytes: number;
  readonly byPath: Readonly<Record<string, number>>;
  readonly userAgents: readonly string[];
}

export type WorldSummary = Pick<World, 'id' | 'title' | 'description' | 'runbook' | 'target' | 'expect'>;

/** A Kubernetes API and a Prometheus on loopback, for the real clients to talk to. Reads only. */
export interface PracticeCluster {
  /** YAML, for the real client: this API server with a token of its own. */
  readonly kubeconfig: string;
  readonly kubernetesUrl: string;
  readonly prometheusUrl: string;
  world(): string;
  /** Starts this world's trouble anew. Throws `Refused` naming the nearest when there is none. */
  setWorld(id: string): void;
  worlds(): readonly WorldSummary[];
  /** The webhook Alertmanager would post for this world now. */
  alertFor(id: string): Record<string, unknown>;
  stats(): PracticeStats;
  setLatency(latencyMs: number): void;
  close(): Promise<void>;
}

const systemClock: Clock = { now: () => new Date() };

export async function startPracticeCluster(options: PracticeOptions = {}): Promise<PracticeCluster> {
  const { nodes = 12, podsPerNode = 15, clock = systemClock, drama = false } = options;
  const seconds = () => clock.now().getTime() / 1000;
  const token = `practice-${randomBytes(12).toString('hex')}`;
  const counts = {
    kubernetesCalls: 0,
    prometheusQueries: 0,
    bytes: 0,
    byPath: new Map<string, number>(),
    userAgents: new Set<string>(),
  };
  let latencyMs = options.latencyMs ?? 0;
  let stage = setTheStage(options.world ?? worlds.find(({ runbook }) => runbook === options.runbook)?.id ?? 'quiet');

  function setTheStage(id: string): { world: World; beganAt: number; facts: Facts } {
    const world = named(id);
    const beganAt = seconds() - world.beganSecondsAgo;
    return { world, beganAt, facts: world.trouble(quietFacts({ nodes, podsPerNode }, seconds()), beganAt) };
  }

  function delayOf({ url, body }: Exchange): number {
    const asked = decodeURIComponent(`${url.pathname}?${url.searchParams.get('query') ?? ''}${body}`);
    const slow = drama ? stage.world.slow?.find(({ asks }) => asks.test(asked)) : undefined;
    return latencyMs + (slow?.delayMs ?? 0);
  }

  function count(kind: 'kubernetesCalls' | 'prometheusQueries') {
    return ({ url, request }: Exchange, bytes: number) => {
      counts[kind] += 1;
      counts.bytes += bytes;
      counts.byPath.set(url.pathname, (counts.byPath.get(url.pathname) ?? 0) + 1);
      counts.userAgents.add(request.headers['user-agent'] ?? '');
    };
  }

  const kubernetes = await listener(
    (exchange) => kubernetesAnswer(stage.facts, seconds(), token, exchange),
    delayOf,
    count('kubernetesCalls'),
  );
  const prometheus = await listener(
    (exchange) => answerPrometheus(stage.facts, seconds(), exchange),
    delayOf,
    count('prometheusQueries'),
  );

  return {
    kubeconfig: kubeconfigOf(kubernetes.url, token),
    kubernetesUrl: kubernetes.url,
    prometheusUrl: prometheus.url,
    world: () => stage.world.id,
    setWorld(id) {
      stage = setTheStage(id);
    },
    worlds: () =>
      worlds.map(({ id, title, description, runbook, target, expect }) => ({
        id,
        title,
        description,
        runbook,
        target,
        expect,
      })),
    alertFor(id) {
      const { world, beganAt, facts } = id === stage.world.id ? stage : setTheStage(id);
      const alert = world.alert(facts);
      return webhookOf(alert, new Date((beganAt + alert.afterSeconds) * 1000), prometheus.url);
    },
    stats: () => ({ ...counts, byPath: Object.fromEntries(counts.byPath), userAgents: [...counts.userAgents] }),
    setLatency(value) {
      latencyMs = value;
    },
    close: async () => {
      await Promise.all([kubernetes.close(), prometheus.close()]);
    },
  };
}

function named(id: string): World {
  const world = worlds.find((candidate) => candidate.id === id);
  if (world) return world;
  const ids = worlds.map((candidate) => candidate.id);
  throw new Refused(
    'NO_WORLD',
    `there is no practice world ${id}; did you mean ${closest(id, ids)}? (there are: ${ids.join(', ')})`,
  );
}

function kubernetesAnswer(facts: Facts, now: number, token: string, { request, url }: Exchange): Answered {
  const sent = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1];
  const { status, body, type } = answerApi(facts, now, token, {
    method: request.method ?? 'GET',
    url,
    accept: request.headers.accept ?? '',
    token: sent,
  });
  return { status, body, headers: { ...flowHeaders, 'content-type': type } };
}

function kubeconfigOf(server: string, token: string): string {
  return `apiVersion: v1
kind: Config
clusters: [{ name: practice, cluster: { server: "${server}", insecure-skip-tls-verify: true } }]
users: [{ name: practice, user: { token: "${token}" } }]
contexts: [{ name: practice, context: { cluster: practice, user: practice } }]
current-context: practice
`;
}
