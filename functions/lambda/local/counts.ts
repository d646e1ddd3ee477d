import { type QueueName, queueNames } from '../../../engine/ports.ts';
import type { Metered } from '../../../infra/aws/local/meter.ts';
import type { Poller, PollerCounts } from '../../../infra/aws/local/poller.ts';
import type { PoolCounts } from '../../../infra/aws/local/pool.ts';
import { type FunctionName, functionNames } from '../needs.ts';
import type { LocalPlace } from './place.ts';
import { mapped } from './stack.ts';

/** What AWS would bill. Requests are counted by operation, such as `UpdateItem`; those of S3 by method, such as `PUT`. */
export interface LocalCounts {
  readonly dynamodb: Metered['requests'];
  readonly dynamodbUnits: Metered['units'];
  /** Requests of the functions. */
  readonly sqs: Metered['requests'];
  /** Requests of Lambda's pollers, which are billed as well: receiving, deleting, and waiting for nothing. */
  readonly polling: Metered['requests'];
  readonly s3: Metered['requests'];
  readonly secretsManager: Metered['requests'];
  readonly messages: Readonly<Record<QueueName, PollerCounts>>;
  readonly functions: Readonly<Record<FunctionName, PoolCounts>>;
}

export function countsOf(
  { meters: { dynamodb, sqs, s3, polling, secretsManager }, pools }: Pick<LocalPlace, 'meters' | 'pools'>,
  pollers: ReadonlyMap<QueueName, Poller>,
): LocalCounts {
  const { requests, units } = dynamodb.read();
  return {
    dynamodb: requests,
    dynamodbUnits: units,
    sqs: sqs.read().requests,
    polling: polling.read().requests,
    s3: s3.read().requests,
    secretsManager: secretsManager.read().requests,
    messages: mapped(queueNames, (queue) => pollers.get(queue)?.read() ?? { handed: 0, failed: 0 }),
    functions: mapped(functionNames, (name) => pools[name].read()),
  };
}
