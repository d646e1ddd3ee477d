import { Refused } from '../../engine/errors.ts';
import { slackIn } from './desks.ts';
import type { House } from './house.ts';

/** https://docs.slack.dev/reference/methods/auth.test#errors */
const refusals: ReadonlySet<string> = new Set([
  'account_inactive',
  'invalid_auth',
  'not_authed',
  'token_expired',
  'token_revoked',
]);

/** Slack did not take our token: the next try reads it anew. */
export function refusedToken({ config, wasRefused }: Pick<House, 'config' | 'wasRefused'>) {
  const { botToken } = slackIn(config);
  return (failure: unknown): void => {
    if (failure instanceof Refused && refusals.has(failure.code)) wasRefused(botToken);
  };
}
