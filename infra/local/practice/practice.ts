import { randomBytes } from 'node:crypto';
import { Refused } from '../../../engine/errors.ts';
import type { Clock } from '../../../engine/ports.ts';
import { didYouMean } from '../nearest.ts';
import { type PracticeWebhook, webhookOf } from './alert.ts';
import { timeOf, withDeeds } from './deeds.ts';
import { type Facts, quietFacts } from './facts.ts';
import { answerKubernetes } from './kubernetes/api.ts';
import { type Exchange, listener } from './listener.ts';
import { answerPrometheus } from './prometheus/api.ts';
import { counters, type PracticeStats } from './stats.ts';
import type { Guest } from './workloads.ts';
import type { World } from './world.ts';
import { worlds } from './worlds/index.ts';

export interface PracticeOptions {
  /** Where to start. Default: `quiet`, or the first world of `runbook`. */
  readonly world?: string;
  /** Start in the first world whose diagnosis this runbook makes. */
  readonly runbook?: string;
  /** Control-plane nodes (three) and workers together, at least 6. Default 12. */
  readonly nodes?: number;
  /** Default 15. */
  readonly podsPerNode?: number;
  /** Milliseconds added to every answer. Default 0. */
  readonly latencyMs?: number;
  /** Lets the answers a world calls slow come late, so that people can watch the evidence come in. */
  readonly drama?: boolean;
  /**
   * What neither kubeconfig's owner may do: 403, as without the RBAC rule. `pods`: nothing with pods; `patch nodes`,
   * `create pods/eviction`: only that not.
   */
  readonly forbidden?: readonly string[];
  readonly clock?: Clock;
  /** What else runs there, and on which nodes, in a world without guests of its own. */
  readonly guests?: readonly Guest[];
}

export type { PracticeStats };

export type WorldSummary = Pick<
  World,
  'id' | 'title' | 'description' | 'runbook' | 'target' | 'expect' | 'byHand' | 'byHandFix'
>;

/** A Kubernetes API and a Prometheus on loopback, for the real clients to talk to. What is changed in it takes effect. */
export interface PracticeCluster {
  /** YAML, for the real client: this API server with a token that may read. */
  readonly kubeconfig: string;
  /** The same with a token that may also change what remedies change: another service account. */
  readonly fixerKubeconfig: string;
  readonly kubernetesUrl: string;
  readonly prometheusUrl: string;
  world(): string;
  /** Starts this world's trouble anew. Throws `Refused` naming the nearest when there is none. */
  setWorld(id: string): void;
  worlds(): readonly WorldSummary[];
  /** The webhook Alertmanager posts for this world; of the present one always the same, until it starts anew. */
  alertFor(id: string): PracticeWebhook;
  /** Mends by hand, on the machines, what the present world says a person would. Throws `Refused` if there is nothing. */
  heal(): void;
  /** Somebody says that they made a runbook's manual fix: here they are believed. One that does not help helps nothing. */
  doneByHand(fix: string): void;
  stats(): PracticeStats;
  setLatency(latencyMs: number): void;
  close(): Promise<void>;
}

const systemClock: Clock = { now: () => new Date() };
/** The worlds happen to nodes up to `worker-3`. */
const FEWEST_NODES = 6;

export async function startPracticeCluster(options: PracticeOptions = {}): Promise<PracticeCluster> {
  const { nodes = 12, podsPerNode = 15, clock = systemClock, drama = false, forbidden = [], guests = [] } = options;
  if (nodes < FEWEST_NODES) throw new Refused('TOO_FEW_NODES', `the practice cluster needs ${FEWEST_NODES} nodes`);
  const seconds = () => clock.now().getTime() / 1000;
  const token = () => `practice-${randomBytes(12).toString('hex')}`;
  const access = { token: token(), fixerToken: token(), forbidden };
  const counted = counters();
  let latencyMs = options.latencyMs ?? 0;
  let stage = setTheStage(options.world ?? worlds.find(({ runbook }) => runbook === options.runbook)?.id ?? 'quiet');

  function setTheStage(id: string): { world: World; beganAt: number; facts: Facts } {
    const world = named(id);
    const beganAt = seconds() - world.beganSecondsAgo;
    return {
      world,
      beganAt,
      facts: world.trouble({ ...quietFacts({ nodes, podsPerNode }, seconds()), guests }, beganAt),
    };
  }

  /** The same world with more done in it. */
  function goOn(facts: Facts): void {
    stage = { ...stage, facts: stage.world.react?.(facts) ?? facts };
  }

  function delayOf({ url, body }: Exchange): number {
    const query = new URLSearchParams(body).get('query') ?? url.searchParams.get('query');
    const asked = query ?? `${url.pathname}?${url.searchParams.get('fieldSelector') ?? ''}`;
    const slow = drama ? stage.world.slow?.find(({ asks }) => asks.test(asked)) : undefined;
    return latencyMs + (slow?.delayMs ?? 0);
  }

  const kubernetes = await listener(
    (exchange) => {
      const { deeds, ...answer } = answerKubernetes(stage.facts, timeOf(stage.facts, seconds()), access, exchange);
      if (deeds.length > 0) goOn(withDeeds(stage.facts, ...deeds));
      // Its leases are dated by this clock too.
      return { ...answer, headers: { ...answer.headers, date: clock.now().toUTCString() } };
    },
    delayOf,
    counted.kubernetes,
  );
  const prometheus = await listener(
    (exchange) => answerPrometheus(stage.facts, timeOf(stage.facts, seconds()), exchange),
    delayOf,
    counted.prometheus,
  );

  function heal(): void {
    const { world, facts } = stage;
    if (!world.byHand)
      throw new Refused('NOTHING_BY_HAND', `in the drill ${world.id} there is nothing to mend by hand`);
    goOn({ ...facts, mendedAt: facts.mendedAt ?? timeOf(facts, seconds()) });
  }

  return {
    kubeconfig: kubeconfigOf(kubernetes.url, access.token),
    fixerKubeconfig: kubeconfigOf(kubernetes.url, access.fixerToken),
    kubernetesUrl: kubernetes.url,
    prometheusUrl: prometheus.url,
    world: () => stage.world.id,
    setWorld(id) {
      stage = setTheStage(id);
    },
    worlds: () => worlds.map(summaryOf),
    alertFor(id) {
      const { world, beganAt, facts } = id === stage.world.id ? stage : setTheStage(id);
      return webhookOf(world.alerts(facts), beganAt, prometheus.url);
    },
    heal,
    doneByHand(fix) {
      if (fix === stage.world.byHandFix) heal();
    },
    stats: counted.read,
    setLatency(value) {
      latencyMs = value;
    },
    close: async () => {
      await Promise.all([kubernetes.close(), prometheus.close()]);
    },
  };
}

function summaryOf({ id, title, description, runbook, target, expect, byHand, byHandFix }: World): WorldSummary {
  return {
    ...{ id, title, description, runbook, target, expect },
    ...(byHand === undefined ? {} : { byHand }),
    ...(byHandFix === undefined ? {} : { byHandFix }),
  };
}

function named(id: string): World {
  const world = worlds.find((candidate) => candidate.id === id);
  if (world) return world;
  const ids = worlds.map((candidate) => candidate.id);
  throw new Refused('NO_WORLD', `there is no drill ${id}${didYouMean(id, ids)} (there are: ${ids.join(', ')})`);
}

/** Clients refuse to send a token over plain HTTP unless TLS is waived. */
function kubeconfigOf(server: string, token: string): string {
  return `apiVersion: v1
kind: Config
clusters: [{ name: practice, cluster: { server: "${server}", insecure-skip-tls-verify: true } }]
users: [{ name: practice, user: { token: "${token}" } }]
contexts: [{ name: practice, context: { cluster: practice, user: practice } }]
current-context: practice
`;
}
