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
  const logger = new Logger({ serviceName: service, logLevel: logLevel.toUpperCase() as Uppercase<typeof logLevel> });
  return {
    info: (fields, message) => logger.info(message, { ...fields }),
    warn: (fields, message) => logger.warn(message, { ...fields }),
    error: (fields, message) => logger.error(message, { ...fields }),
    during: (context) => logger.addContext(context),
  };
}
