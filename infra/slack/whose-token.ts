import * as z from 'zod';
import { type Log, silent } from './log.ts';
import { calling, webClient } from './web.ts';

const TIMEOUT_MS = 5_000;
const Answer = z.object({ team_id: z.string() });

/** Asks Slack whose token this is (`auth.test`). Throws `Refused` with what to do when it is nobody's, or `TryLater`. */
export async function whoseToken(options: {
  readonly botToken: string;
  readonly apiUrl?: string;
  readonly log?: Log;
}): Promise<{ readonly team: string }> {
  const client = webClient({ log: silent, ...options, timeoutMs: TIMEOUT_MS });
  return { team: Answer.parse(await calling({ kind: 'read', method: 'auth.test' }, () => client.auth.test())).team_id };
}
