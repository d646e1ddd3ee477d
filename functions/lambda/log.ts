import { Logger } from '@aws-lambda-powertools/logger';
import type { Context } from 'aws-lambda';
import type { Log } from '../../infra/slack/log.ts';
import type { Environment } from './environment.ts';

export interface FunctionLog extends Log {
  /** From now on every line names the request it belongs to. */
  during(context: Context): void;
}

/**
 * One JSON object a line. The logger is Powertools' and not pino, which the embedded server has: it names function,
 * request and cold start, as CloudWatch's queries expect them, weighs half as much, and starts no worker.
 */
export function functionLog({ service, logLevel }: Pick<Environment, 'service' | 'logLevel'>): FunctionLog {
  const level = logLevel.toUpperCase() as Uppercase<typeof logLevel>;
  /** Requests the logger has not been told of: the first, which it will say had to wait for a cold start, and the last. */
  let untold: readonly Context[] = [];
  let opened: Logger | undefined;
  /** Made when there is something to say: at a cold start there is nothing, and making it takes 4 ms. */
  function logger(): Logger {
    opened ??= new Logger({ serviceName: service, logLevel: level });
    for (const context of untold) opened.addContext(context);
    untold = [];
    return opened;
  }
  return {
    info: (fields, message) => logger().info(message, { ...fields }),
    warn: (fields, message) => logger().warn(message, { ...fields }),
    error: (fields, message) => logger().error(message, { ...fields }),
    during(context) {
      untold = [...untold.slice(0, 1), context];
    },
  };
}
