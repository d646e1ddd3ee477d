import type { QueueName } from '../../engine/ports.ts';
import type { Config } from '../config/schema.ts';
import type { Secret } from '../config/secret.ts';

export const functionNames = ['alerts', 'investigate', 'announce', 'slack', 'remediate', 'tick'] as const;
export type FunctionName = (typeof functionNames)[number];

interface Needs {
  /** The table, and the bucket for what does not fit into it. */
  readonly store: boolean;
  /** The queue it works on. */
  readonly works?: QueueName;
  readonly sends: readonly QueueName[];
}

/** What each function is given of the stack. Environment, permissions and the code all follow this table. */
export const needs: Readonly<Record<FunctionName, Needs>> = {
  alerts: { store: true, sends: ['investigate'] },
  investigate: { store: true, works: 'investigate', sends: ['investigate', 'announce', 'remediate'] },
  announce: { store: true, works: 'announce', sends: ['announce'] },
  slack: { store: false, sends: ['investigate', 'remediate'] },
  remediate: { store: true, works: 'remediate', sends: ['investigate', 'announce', 'remediate'] },
  tick: { store: true, sends: ['investigate', 'announce', 'remediate'] },
};

/** Looks at the same time in one `investigate`: times `investigateAtOnce` in serverless.yml no more than the embedded server's. */
export const looksOfOne = 2;

/**
 * One step of a plan at its slowest: people are asked (10 s; who waits for a limit of Slack's stops waiting), the cluster is
 * read (15 s), the request waits (15 s), and some more.
 */
export const longestStepMs = 60_000;

/** A secret that a function reads, and the setting that names it. */
export interface NeededSecret {
  readonly where: string;
  readonly secret: Secret;
}

/** What each function reads of what `nightshift.yaml` refers to; nobody else may. */
export function secretsOf(name: FunctionName, { alerts, slack, clusters }: Config): readonly NeededSecret[] {
  const at = (where: string, secret: Secret | undefined) => (secret ? [{ where, secret }] : []);
  switch (name) {
    case 'alerts':
      return at('alerts.token', alerts.token);
    case 'slack':
      return [...at('slack.botToken', slack?.botToken), ...at('slack.signingSecret', slack?.signingSecret)];
    case 'announce':
      return at('slack.botToken', slack?.botToken);
    case 'investigate':
      return clusters.flatMap(readingSecrets);
    case 'remediate':
      return [
        ...at('slack.botToken', slack?.botToken),
        ...clusters.flatMap(readingSecrets),
        ...clusters.flatMap(({ name: cluster, fixer }) => credentialsOf(`${cluster}.fixer`, fixer)),
      ];
    case 'tick':
      return [];
  }
}

type ClusterConfig = Config['clusters'][number];

function readingSecrets({ name, kubernetes, prometheus }: ClusterConfig): readonly NeededSecret[] {
  const { bearerToken, basicAuth } = prometheus ?? {};
  const where = `clusters.${name}.prometheus`;
  return [
    ...credentialsOf(`${name}.kubernetes`, kubernetes),
    ...(bearerToken ? [{ where: `${where}.bearerToken`, secret: bearerToken }] : []),
    ...(basicAuth ? [{ where: `${where}.basicAuth.password`, secret: basicAuth.password }] : []),
  ];
}

function credentialsOf(where: string, access: ClusterConfig['kubernetes'] | undefined): readonly NeededSecret[] {
  if (access && 'serviceAccount' in access)
    return [{ where: `clusters.${where}.serviceAccount.token`, secret: access.serviceAccount.token }];
  if (!access || !('kubeconfig' in access)) return [];
  const { kubeconfig } = access;
  // One in a file names itself: what stands in for it at packaging says why that cannot be.
  const secret: Secret = typeof kubeconfig === 'string' ? { file: kubeconfig } : kubeconfig;
  return [{ where: `clusters.${where}.kubeconfig`, secret }];
}

/** The environment variables of a function, beside those that AWS sets. */
export function variablesOf(name: FunctionName): readonly VariableName[] {
  const { store, works, sends } = needs[name];
  const queues = new Set([...(works ? [works] : []), ...sends]);
  return [
    'NIGHTSHIFT_SERVICE',
    'NIGHTSHIFT_LOG',
    ...(store ? (['NIGHTSHIFT_TABLE', 'NIGHTSHIFT_BUCKET'] as const) : []),
    ...[...queues].map(queueVariable),
    ...(works ? [deadLettersVariable(works)] : []),
  ];
}

export type VariableName =
  | 'NIGHTSHIFT_SERVICE'
  | 'NIGHTSHIFT_LOG'
  | 'NIGHTSHIFT_TABLE'
  | 'NIGHTSHIFT_BUCKET'
  | `NIGHTSHIFT_QUEUE_${Uppercase<QueueName>}`
  | `NIGHTSHIFT_DEAD_LETTERS_${Uppercase<QueueName>}`;

export function queueVariable(queue: QueueName) {
  return `NIGHTSHIFT_QUEUE_${queue.toUpperCase() as Uppercase<typeof queue>}` as const;
}

export function deadLettersVariable(queue: QueueName) {
  return `NIGHTSHIFT_DEAD_LETTERS_${queue.toUpperCase() as Uppercase<typeof queue>}` as const;
}
