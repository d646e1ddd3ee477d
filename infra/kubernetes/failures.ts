import * as z from 'zod';
import { ReadFailure } from '../../engine/errors.ts';
import type { ReadRequest } from '../../engine/readers.ts';
import { credentialAdvice } from './advice.ts';
import { forbidden, refusedOnTheWay, type Wanted } from './forbidden.ts';
import { duration, gist, jsonOf, type Reply, redirectOf, retryAfterMs } from './http.ts';
import type { Connection } from './kubeconfig.ts';
import { type LogRequest, type ObjectRequest, resources, ruleFor } from './resources.ts';

/** The error object of the Kubernetes API (`kind: Status`), as far as we use it. */
const Status = z.object({
  kind: z.literal('Status'),
  message: z.string().default(''),
  reason: z.string().default(''),
  details: z
    .object({
      name: z.string().optional(),
      retryAfterSeconds: z.number().optional(),
      causes: z
        .array(
          z.object({ reason: z.string().optional(), message: z.string().optional(), field: z.string().optional() }),
        )
        .optional(),
    })
    .optional(),
});
export type Status = z.infer<typeof Status>;

export type KubernetesRequest = ObjectRequest | LogRequest | Extract<ReadRequest, { verb: 'probe' }>;

/**
 * The kubelet does not let the API server in, which passes that on, and says for what (kubelet, `pkg/kubelet/server/server.go`;
 * apimachinery, `NewGenericServerResponse`): no right and no token of ours would help.
 */
const OF_A_KUBELET = /^Forbidden \(user=|\( pods\/log \S+\)$/;

/** Any answer but the wanted one, in the words of the person who is on call. */
export function failureOf(reply: Reply, request: KubernetesRequest, { cluster, user }: Connection): ReadFailure {
  const host = new URL(cluster.server).host;
  const status = statusOf(reply.text);
  const said = status?.message || gist(reply.text);
  switch (reply.status) {
    case 400:
      // "previous terminated container not found", "is waiting to start": there is no such log.
      if (request.verb === 'logs') return new ReadFailure('not-found', said);
      break;
    case 401: {
      if (request.verb === 'logs' && OF_A_KUBELET.test(said)) break;
      const { what, remedy } = credentialAdvice(user);
      return new ReadFailure('unauthorized', `${host} does not accept ${what} (401): expired or invalid`, { remedy });
    }
    case 403: {
      if (request.verb === 'logs' && OF_A_KUBELET.test(said)) break;
      const { message, remedy } = status ? forbidden(said, wantedBy(request), user) : refusedOnTheWay(host, said);
      return new ReadFailure('forbidden', message, { remedy });
    }
    case 404:
      return isMissingObject(status, request)
        ? new ReadFailure('not-found', said)
        : new ReadFailure('not-served', notServed(request, host));
    case 429:
      return throttled(reply, whyThrottled(reply.text), status);
    case 503:
      if (retryAfterMs(reply) !== undefined) return throttled(reply, `${host} is unavailable for now: ${said}`, status);
  }
  const redirect = redirectOf(reply, `https://${host}`);
  const words = redirect ? `redirects to ${redirect}: something else stands in front of the API server` : said;
  return new ReadFailure('server-error', `${host} answered ${reply.status}: ${words || 'without a word'}`);
}

/** A 404 that means "no such object"; every other 404 means "no such resource in this cluster". */
export function isMissingObject(status: Status | undefined, request: KubernetesRequest): boolean {
  const isOne = request.verb === 'get' || request.verb === 'logs';
  return isOne && status?.reason === 'NotFound' && status.details?.name === request.name;
}

export function statusOf(text: string): Status | undefined {
  return Status.safeParse(jsonOf(text)).data;
}

/**
 * Who said "too many requests". The status and the headers do not tell: priority and fairness answers plain text (newer
 * servers with `X-Kubernetes-PF-*` headers, older ones without), a disruption budget a Status that names its cause.
 */
export function whyThrottled(text: string): string {
  const status = statusOf(text);
  const cause = status?.details?.causes?.find(({ reason }) => reason === 'DisruptionBudget');
  if (cause) return `a disruption budget does not allow it now: ${cause.message ?? status?.message}`;
  if (/\(re\)initializing/.test(text)) return 'the API server is filling its cache (starting, or just restarted)';
  if (/shutting down/.test(text)) return 'the API server is shutting down';
  if (status?.message) return `the API server asks to wait: ${status.message}`;
  return 'the API server has too many requests (priority and fairness)';
}

function throttled(reply: Reply, why: string, status: Status | undefined): ReadFailure {
  const seconds = status?.details?.retryAfterSeconds;
  const waitMs = retryAfterMs(reply) ?? (seconds === undefined ? undefined : seconds * 1000);
  if (waitMs === undefined) return new ReadFailure('throttled', why);
  return new ReadFailure('throttled', `${why}; it asks to wait ${duration(waitMs)}`, { retryAfterMs: waitMs });
}

function wantedBy(request: KubernetesRequest): Wanted {
  const rule = ruleFor(request);
  if (request.verb === 'probe') return { words: `get the path ${request.path}`, rule };
  if (request.verb === 'logs') {
    const { namespace } = request;
    return { words: `get pods/log in namespace ${namespace}`, namespace, rule };
  }
  const { plural, namespaced } = resources[request.kind];
  if (!namespaced) return { words: `${request.verb} ${plural}`, rule };
  if (request.namespace === undefined) return { words: `${request.verb} ${plural} in all namespaces`, rule };
  const { namespace } = request;
  return { words: `${request.verb} ${plural} in namespace ${namespace}`, namespace, rule };
}

function notServed(request: KubernetesRequest, host: string): string {
  if (request.verb === 'probe') return `${request.path} is not served by this cluster`;
  const kind = request.verb === 'logs' ? 'Pod' : request.kind;
  const { group, versions } = resources[kind];
  if (group === '') return `${host} answers 404 for ${kind} objects: this is no Kubernetes API server`;
  return `${kind} (${group}/${versions.join(` or ${group}/`)}) is not served by this cluster`;
}
