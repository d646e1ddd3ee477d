import { readFileSync } from 'node:fs';
import { messageOf, Refused, TryLater } from '../../engine/errors.ts';
import type { Clock } from '../../engine/ports.ts';
import { createSecrets, type SecretReference } from '../../infra/aws/secrets/secrets.ts';
import { systemClock } from '../clock.ts';
import { ConfigError } from '../config/error.ts';
import type { Config, Secret } from '../config/schema.ts';
import { type Environment, environmentOf } from './environment.ts';
import { type FunctionLog, functionLog } from './log.ts';
import { type FunctionMetrics, functionMetrics } from './metrics.ts';
import { type FunctionName, secretsOf } from './needs.ts';

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
  /** What the check looks at besides; throws what is wrong. */
  alsoCheck(look: () => Promise<unknown>): void;
  /** At a cold start and once an hour. Throws what is wrong with a secret this function needs, or with what it holds. */
  check(): Promise<void>;
}

/** The configuration as `npm run package` has checked it and put it beside the code. */
const packaged = new URL('nightshift.json', import.meta.url);

export function openHouse(name: FunctionName): House {
  const environment = environmentOf(name);
  const config = configIn(packaged);
  const secrets = createSecrets(environment.aws.secretsManager, systemClock);
  const secret: House['secret'] = async (reference, where) => secrets.read(inSecretsManager(reference, where));
  const looks: (() => Promise<unknown>)[] = [];
  return {
    name,
    environment,
    config,
    clock: systemClock,
    log: functionLog(environment),
    metrics: functionMetrics(environment.service),
    secret,
    wasRefused: (reference) => secrets.wasRefused(inSecretsManager(reference, 'a secret')),
    alsoCheck: (look) => void looks.push(look),
    async check() {
      await Promise.all(secretsOf(name, config).map((needed) => secret(needed.secret, needed.where)));
      await Promise.all(looks.map((look) => look()));
    },
  };
}

/**
 * A secret that can never be had, or used, ends the cold start; while Secrets Manager is away the function starts all the same, and
 * whoever needs the secret asks again.
 */
export async function warmUp({ check, log }: House): Promise<void> {
  await check().catch((failure: unknown) => {
    if (!(failure instanceof TryLater)) throw failure;
    log.warn({ reason: messageOf(failure) }, 'started without its secrets');
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

/** Packaging lets no other secret through. */
export function inSecretsManager(reference: Secret, where: string): SecretReference {
  if (!('secretsManager' in reference)) {
    throw new Refused('SECRET_UNUSABLE', `${where}: in AWS Lambda write { secretsManager: ARN }`);
  }
  const { secretsManager: arn, key } = reference;
  return key === undefined ? { arn } : { arn, key };
}
