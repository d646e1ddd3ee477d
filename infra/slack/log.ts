import { type Logger, LogLevel } from '@slack/web-api';

/** Where this folder reports: what pino's logger looks like from here. */
export interface Log {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

export const silent: Log = { info() {}, warn() {}, error() {} };

/** The same for Slack's libraries, which would write to the console. Their `debug` holds tokens' requests: dropped. */
export function slackLogger(log: Log): Logger {
  const write =
    (level: 'info' | 'warn' | 'error') =>
    (...message: readonly unknown[]) =>
      log[level]({ from: 'slack' }, message.map(String).join(' '));
  return {
    debug() {},
    info: write('info'),
    warn: write('warn'),
    error: write('error'),
    setLevel() {},
    getLevel: () => LogLevel.WARN,
    setName() {},
  };
}
