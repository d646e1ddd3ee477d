import * as z from 'zod';
import { type Log, silent } from './log.ts';
import { webClient } from './web.ts';

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

/** The workspace the app is installed in. */
export interface Identity {
  readonly teamId: string;
  /** Of an Enterprise Grid organisation. */
  readonly enterpriseId?: string;
}

const answer = z.object({ team_id: z.string(), enterprise_id: z.string().nullish() });

/** Our workspace: configured, or asked for once. A failure is not remembered. */
export function identity({ teamId, botToken, apiUrl, log = silent }: IdentityOptions): () => Promise<Identity> {
  if (teamId !== undefined) return async () => ({ teamId });
  const client = webClient({ botToken, timeoutMs: IDENTITY_TIMEOUT_MS, log, ...(apiUrl ? { apiUrl } : {}) });
  let asked: Promise<Identity> | undefined;
  return () => {
    asked ??= client.auth.test().then(
      (answered) => {
        const { team_id, enterprise_id } = answer.parse(answered);
        return { teamId: team_id, ...(enterprise_id ? { enterpriseId: enterprise_id } : {}) };
      },
      (failure: unknown) => {
        asked = undefined;
        throw failure;
      },
    );
    return asked;
  };
}
