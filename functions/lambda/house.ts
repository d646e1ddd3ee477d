import { readFileSync } from 'node:fs';
import { messageOf, Refused, TryLater } from '../../engine/errors.ts';
import type { Clock } from '../../engine/ports.ts';
import { createSecrets, type Replaced, type SecretReference } from '../../infra/aws/secrets/secrets.ts';
import { systemClock } from '../clock.ts';
import { ConfigError } from '../config/error.ts';
import type { Config } from '../config/schema.ts';
import type { Secret } from '../config/secret.ts';
import { type Environment, environmentOf } from './environment.ts';
import { type FunctionLog, functionLog } from './log.ts';
import { type FunctionMetrics, functionMetrics } from './metrics.ts';
import { type FunctionName, type NeededSecret, needs, secretsOf } from './needs.ts';

/** What every function begins with. */
export interface House {
  readonly name: FunctionName;
  readonly environment: Environment;
  readonly config: Config;
  readonly clock: Clock;
  readonly log: FunctionLog;
  readonly metrics: FunctionMetrics;
  /** As it is now, from Secrets Manager. Throws `Refused` with what to do, or `TryLater`. */
  secret(reference: Secret, where: string): Promise<string>;
  /** Somebody did not accept it: it may have been rotated. */
  wasRefused(reference: Secret): void;
  /** As now; whoever waits for it has it anew, unless it was asked for a moment ago. */
  newest(reference: Secret, where: string): Promise<string>;
  /** The one before that, and when it was replaced. */
  before(reference: Secret, where: string): Promise<Replaced | undefined>;
  /** What is looked at besides; throws what is wrong. */
  alsoCheck(look: Look): void;
  /** At a cold start, which asks nobody but Secrets Manager. Throws what nothing could be done with. */
  checkAtStart(): Promise<void>;
  /** Once an hour. Throws all that is wrong with the secrets of this function, and with what they lead to. */
  check(): Promise<void>;
}

export type Look = (when: 'start' | 'hourly') => Promise<unknown>;

/** The configuration as `npm run package` has checked it and put it beside the code. */
const packaged = new URL('nightshift.json', import.meta.url);

export function openHouse(name: FunctionName): House {
  const environment = environmentOf(name);
  const config = configIn(packaged);
  const secrets = createSecrets(environment.aws.secretsManager, systemClock);
  const secret: House['secret'] = async (reference, where) =>
    secrets.read(inSecretsManager(reference, where)).catch(named(where));
  const looks: Look[] = [];
  const needed = secretsOf(name, config);
  const log = functionLog(environment);
  const metrics = functionMetrics(environment.service);
  const readable = ({ secret: reference, where }: NeededSecret) => secret(reference, where);
  return {
    name,
    environment,
    config,
    clock: systemClock,
    log,
    metrics,
    secret,
    newest: async (reference, where) => secrets.newest(inSecretsManager(reference, where)).catch(named(where)),
    before: async (reference, where) => secrets.before(inSecretsManager(reference, where)).catch(named(where)),
    wasRefused: (reference) => secrets.wasRefused(inSecretsManager(reference, 'a secret')),
    alsoCheck: (look) => void looks.push(look),
    async checkAtStart() {
      // A secret of one cluster is missed by that cluster alone: see `withClusters`.
      await Promise.all(needed.filter(({ where }) => !where.startsWith('clusters.')).map(readable));
      await Promise.all(looks.map((look) => look('start')));
    },
    async check() {
      const asked = [...needed.map(readable), ...looks.map((look) => look('hourly'))];
      const failed = (await Promise.allSettled(asked)).flatMap((one) =>
        'reason' in one ? [one.reason as unknown] : [],
      );
      const complaints = [...new Set(failed.map(messageOf))];
      for (const reason of complaints) log.error({ reason }, 'this configuration cannot be used');
      if (complaints.length === 0) return;
      metrics.misconfigured.inc(complaints.length);
      throw new ConfigError(complaints.join('\n'));
    },
  };
}

/**
 * A secret that can never be had, or used, ends the cold start of what somebody waits for. What works on a queue starts all
 * the same and says so: it asks for the secret again at each message, which waits half a minute then; what SQS handed to a
 * function that never starts is hidden for as long as the queue hides it, half an hour for an approval. While Secrets Manager
 * is away every function starts, and whoever needs the secret asks again.
 */
export async function warmUp({ name, checkAtStart, log, metrics }: House): Promise<void> {
  await checkAtStart().catch((failure: unknown) => {
    const reason = messageOf(failure);
    if (failure instanceof TryLater) return log.warn({ reason }, 'started without its secrets');
    if (needs[name].works === undefined) throw failure;
    metrics.misconfigured.inc();
    log.error({ reason }, 'this configuration cannot be used: messages wait until it can');
  });
}

function configIn(file: URL): Config {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Config;
  } catch (thrown) {
    throw new ConfigError(
      `${file.pathname} cannot be read (${messageOf(thrown)}): build the functions with npm run package`,
    );
  }
}

/** Whoever has to mend a secret knows it by the setting that names it. */
function named(where: string): (failure: unknown) => never {
  return (failure) => {
    throw failure instanceof Refused ? new Refused(failure.code, `${where}: ${failure.message}`, failure) : failure;
  };
}

/** Packaging lets no other secret through. */
export function inSecretsManager(reference: Secret, where: string): SecretReference {
  if (!('secretsManager' in reference)) {
    throw new Refused('SECRET_UNUSABLE', `${where}: in AWS Lambda write { secretsManager: ARN }`);
  }
  const { secretsManager: arn, key } = reference;
  return key === undefined ? { arn } : { arn, key };
}
