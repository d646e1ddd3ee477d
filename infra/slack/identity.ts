import { WebClient } from '@slack/web-api';
import * as z from 'zod';
import { type Log, silent, slackLogger } from './log.ts';

export interface IdentityOptions {
  readonly botToken: string;
  readonly apiUrl?: string;
  readonly teamId?: string;
  readonly log?: Log;
}

/** `auth.test` stands between a request and its acknowledgement. */
const IDENTITY_TIMEOUT_MS = 1_500;

const origin = z.object({
  team_id: z.string().optional(),
  team: z.object({ id: z.string() }).nullish(),
  user: z.object({ team_id: z.string().optional() }).optional().catch(undefined),
});

/** Every workspace a request names: in a shared channel the person may come from another than the app. */
export function teamsOf(body: unknown): readonly string[] {
  const { team_id, team, user } = origin.parse(body);
  const named = [team_id, team?.id, user?.team_id].filter((id) => id !== undefined);
  return named.length > 0 ? named : ['unknown'];
}

/** Our workspace: configured, or asked for once. A failure is not remembered. */
export function identity({ teamId, botToken, apiUrl, log = silent }: IdentityOptions): () => Promise<string> {
  if (teamId !== undefined) return async () => teamId;
  const client = new WebClient(botToken, {
    ...(apiUrl ? { slackApiUrl: apiUrl } : {}),
    timeout: IDENTITY_TIMEOUT_MS,
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
    logger: slackLogger(log),
  });
  let asked: Promise<string> | undefined;
  return () => {
    asked ??= client.auth.test().then(
      (answered) => z.object({ team_id: z.string() }).parse(answered).team_id,
      (failure: unknown) => {
        asked = undefined;
        throw failure;
      },
    );
    return asked;
  };
}
