import { messageOf, TryLater } from '../../engine/errors.ts';
import type { Log } from './log.ts';
import { type Reply, renderReply } from './reply.ts';

const TIMEOUT_MS = 5_000;
const AGAIN_MS = 2_000;

const SLACK_API = 'https://slack.com/api/';

/**
 * Whether an address is one that Slack gives out for answers: `https://hooks.slack.com/…`, or with another `apiUrl` (GovSlack,
 * a proxy, the console) `hooks.` in front of its host, or that very host. Who can write a message to us must not have us
 * answer to anywhere.
 */
export function isSlacks(answerTo: string, apiUrl: string = SLACK_API): boolean {
  if (!URL.canParse(answerTo) || !URL.canParse(apiUrl)) return false;
  const [to, api] = [new URL(answerTo), new URL(apiUrl)];
  const isHook = to.origin === `https://hooks.${api.host}` || to.origin === 'https://hooks.slack.com';
  return isHook || (apiUrl !== SLACK_API && to.origin === api.origin);
}

/**
 * Answers what somebody asked up to 30 minutes ago, by its `response_url`. An address that no longer takes answers is
 * logged, for nobody can be told any more. Throws `TryLater` while Slack is away.
 * https://docs.slack.dev/interactivity/handling-user-interaction#message_responses
 */
export async function respondTo(answerTo: string, reply: Reply, log: Log): Promise<void> {
  const response = await post(answerTo, { ...renderReply(reply), replace_original: false }).catch(
    (failure: unknown) => {
      throw new TryLater(`Slack does not take an answer: ${messageOf(failure)}`, AGAIN_MS, failure);
    },
  );
  if (response.ok) return;
  if (response.status === 429 || response.status >= 500) {
    const waitMs = Number(response.headers.get('retry-after') ?? Number.NaN) * 1_000;
    throw new TryLater(`Slack answered ${response.status} to an answer`, Number.isFinite(waitMs) ? waitMs : AGAIN_MS);
  }
  log.warn({ status: response.status }, 'could not answer a command or a click: its address takes no more answers');
}

async function post(url: string, body: unknown): Promise<Response> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
    redirect: 'error',
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  await response.body?.cancel(); // the connection is free again
  return response;
}
