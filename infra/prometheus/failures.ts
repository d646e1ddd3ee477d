import * as z from 'zod';
import { ReadFailure } from '../../engine/errors.ts';
import { duration, gist, type Reply, redirectOf, retryAfterMs } from '../kubernetes/http.ts';

/** The error object of the Prometheus HTTP API ("Format overview" of its documentation). */
const ErrorAnswer = z.object({ status: z.literal('error'), errorType: z.string(), error: z.string() });

/** Any answer but 200, in the words of the person who is on call. */
export function failureOf(reply: Reply, base: URL, promql: string): ReadFailure {
  const host = base.host;
  const answer = errorAnswer(reply.text);
  const waitMs = retryAfterMs(reply);
  if (waitMs !== undefined || reply.status === 429) {
    const wait = waitMs === undefined ? '' : `; it asks to wait ${duration(waitMs)}`;
    const words = `Prometheus at ${host} refuses queries for now (${reply.status})${wait}`;
    return new ReadFailure('throttled', words, waitMs === undefined ? {} : { retryAfterMs: waitMs });
  }
  if (answer) return fromPrometheus(answer, promql);
  switch (reply.status) {
    case 401:
      return new ReadFailure('unauthorized', `${host} does not accept our credentials for Prometheus (401)`, {
        remedy: 'Check bearerToken or basicAuth of clusters[].prometheus: missing, expired, or of another cluster.',
      });
    case 403:
      return new ReadFailure('forbidden', `${host} does not let us query Prometheus (403): ${gist(reply.text)}`, {
        remedy: 'The credentials are known but may not query: give their owner read access to Prometheus.',
      });
    case 404:
      return new ReadFailure(
        'not-served',
        `no Prometheus under ${base.origin}${base.pathname} (404 for its query API)`,
        {
          remedy: 'Check clusters[].prometheus.url: another server, or the path it is served under is missing.',
        },
      );
    default: {
      const to = redirectOf(reply, base.href);
      if (to === undefined) {
        return new ReadFailure(
          'server-error',
          `${host} answered ${reply.status}: ${gist(reply.text) || 'without a word'}`,
        );
      }
      return new ReadFailure('server-error', `${host} answered ${reply.status}: it redirects to ${to}`, {
        remedy:
          'A login page stands in front of it, or it has moved: then name its address in clusters[].prometheus.url.',
      });
    }
  }
}

function fromPrometheus({ errorType, error }: z.infer<typeof ErrorAnswer>, promql: string): ReadFailure {
  switch (errorType) {
    case 'timeout':
    case 'canceled':
      return new ReadFailure('timed-out', `Prometheus gave up on the query: ${error}`);
    case 'bad_data':
      return new ReadFailure('server-error', `Prometheus does not understand the query: ${error} (in: ${promql})`);
    default:
      return new ReadFailure('server-error', `Prometheus could not answer (${errorType}): ${error}`);
  }
}

function errorAnswer(text: string): z.infer<typeof ErrorAnswer> | undefined {
  try {
    return ErrorAnswer.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
