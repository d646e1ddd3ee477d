import { queueNames } from '../../../engine/ports.ts';
import type { Resources } from '../../../infra/aws/local/place.ts';
import { logicalName } from '../../../infra/aws/package/grants.ts';
import type { FunctionName } from '../needs.ts';
import { queueId, type StackFunction } from './stack.ts';

/** Where a function finds AWS. */
export interface Endpoints {
  readonly dynamodb: string;
  readonly sqs: string;
  readonly s3: string;
  readonly secretsManager: string;
}

/**
 * The whole environment of a function: what serverless.yml gives it, what Lambda itself sets, and the endpoints of the
 * emulators under the names that the AWS SDK has for them.
 */
export function environmentOf(
  name: FunctionName,
  { environment }: Pick<StackFunction, 'environment'>,
  resources: Resources,
  endpoints: Endpoints,
): Readonly<Record<string, string>> {
  const physical = physicalNames(resources);
  const given = Object.entries(environment).map(([variable, value]) => {
    if (typeof value === 'string') return [variable, value] as const;
    const known = physical.get(value.Ref);
    if (known === undefined) throw new TypeError(`serverless.yml gives ${variable} a ${value.Ref}, unknown here`);
    return [variable, known] as const;
  });
  return {
    ...Object.fromEntries(given),
    AWS_LAMBDA_FUNCTION_NAME: `nightshift-local-${name}`,
    AWS_REGION: 'eu-central-1',
    AWS_ACCESS_KEY_ID: 'AKIAEXAMPLE',
    AWS_SECRET_ACCESS_KEY: 'made-up',
    AWS_ENDPOINT_URL_DYNAMODB: endpoints.dynamodb,
    AWS_ENDPOINT_URL_SQS: endpoints.sqs,
    AWS_ENDPOINT_URL_S3: endpoints.s3,
    AWS_ENDPOINT_URL_SECRETS_MANAGER: endpoints.secretsManager,
  };
}

/** What CloudFormation makes of `!Ref`: of a queue its URL, of everything else its name. */
function physicalNames({ table, bucket, urls, deadLetterUrls }: Resources): ReadonlyMap<string, string> {
  const queues = queueNames.flatMap((queue) => [
    [queueId(queue), urls[queue] ?? ''] as const,
    [`${logicalName(queue)}DeadLetters`, deadLetterUrls[queue] ?? ''] as const,
  ]);
  return new Map([['Table', table], ['Bucket', bucket], ...queues]);
}
