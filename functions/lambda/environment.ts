import type { QueueName } from '../../engine/ports.ts';
import type { QueueUrls } from '../../infra/aws/queue/send.ts';
import type { AwsAccess } from '../../infra/aws/settings.ts';
import { ConfigError } from '../config/error.ts';
import {
  deadLettersVariable,
  type FunctionName,
  needs,
  queueVariable,
  type VariableName,
  variablesOf,
} from './needs.ts';

export const logLevels = ['silent', 'error', 'warn', 'info', 'debug'] as const;
export type LogLevel = (typeof logLevels)[number];

type Service = 'dynamodb' | 'sqs' | 's3' | 'secretsManager';

/** What a function finds around itself, read once at its cold start. */
export interface Environment {
  /** The service and its stage, such as `nightshift-prod`: for logs and metrics. */
  readonly service: string;
  readonly logLevel: LogLevel;
  readonly table: string;
  readonly bucket: string;
  readonly queues: QueueUrls;
  readonly deadLetters: QueueUrls;
  readonly aws: Readonly<Record<Service, AwsAccess>>;
}

type Given = Readonly<Record<string, string | undefined>>;

/**
 * The only reader of the environment among the functions in AWS Lambda. Throws `ConfigError` naming every variable that
 * is missing or wrong, and what to do: at the cold start, not in the middle of an incident.
 */
export function environmentOf(name: FunctionName, given: Given = process.env): Environment {
  const missing = [...variablesOf(name), 'AWS_REGION'].filter((variable) => !given[variable]);
  if (missing.length > 0) {
    throw new ConfigError(
      `the function ${name} lacks ${missing.map((variable) => `the environment variable ${variable}`).join(' and ')}: ` +
        'serverless.yml sets it. Deploy again (npm run deploy).',
    );
  }
  const { works, sends } = needs[name];
  const value = (variable: VariableName) => given[variable] ?? '';
  const urls = (queues: readonly QueueName[], variableOf: (queue: QueueName) => VariableName) =>
    Object.fromEntries(queues.map((queue) => [queue, urlIn(variableOf(queue), given)]));
  const working = works ? [works] : [];
  return {
    service: value('NIGHTSHIFT_SERVICE'),
    logLevel: logLevelOf(value('NIGHTSHIFT_LOG')),
    table: value('NIGHTSHIFT_TABLE'),
    bucket: value('NIGHTSHIFT_BUCKET'),
    queues: urls([...working, ...sends], queueVariable),
    deadLetters: urls(working, deadLettersVariable),
    aws: {
      dynamodb: accessTo(given, 'AWS_ENDPOINT_URL_DYNAMODB'),
      sqs: accessTo(given, 'AWS_ENDPOINT_URL_SQS'),
      s3: accessTo(given, 'AWS_ENDPOINT_URL_S3'),
      secretsManager: accessTo(given, 'AWS_ENDPOINT_URL_SECRETS_MANAGER'),
    },
  };
}

/** A queue's name in its place would be noticed by the first message, and not before. */
function urlIn(variable: VariableName, given: Given): string {
  const url = given[variable] ?? '';
  if (/^https?:\/\/\S+\.fifo$/.test(url)) return url;
  throw new ConfigError(
    `the environment variable ${variable} is "${url}": it takes the URL of an SQS FIFO queue, which ends in .fifo. ` +
      'serverless.yml sets it. Deploy again (npm run deploy).',
  );
}

function logLevelOf(text: string): LogLevel {
  const level = logLevels.find((known) => known === text);
  if (level) return level;
  throw new ConfigError(`the environment variable NIGHTSHIFT_LOG is "${text}": it takes ${logLevels.join(', ')}`);
}

/**
 * Lambda gives every function the keys of its own role, which outlive it: nobody has to look for others, and what would
 * look for them is not in the bundle. An endpoint is set where AWS is played by emulators, under the SDK's own names.
 */
function accessTo(given: Given, endpointVariable: string): AwsAccess {
  const { AWS_REGION: region, AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey } = given;
  const { AWS_SESSION_TOKEN: sessionToken, [endpointVariable]: endpoint } = given;
  if (!region || !accessKeyId || !secretAccessKey) {
    throw new ConfigError('the environment has no AWS_ACCESS_KEY_ID or AWS_SECRET_ACCESS_KEY: in Lambda it always has');
  }
  return {
    region,
    ...(endpoint ? { endpoint } : {}),
    credentials: { accessKeyId, secretAccessKey, ...(sessionToken ? { sessionToken } : {}) },
  };
}
