import { type Action, WriteFailure, type WriteFailureKind } from '../../engine/action.ts';
import type { ReadFailure, ReadFailureKind } from '../../engine/errors.ts';
import { failureOf, type Status, statusOf } from './failures.ts';
import { forbidden } from './forbidden.ts';
import { gist, type Reply, retryAfterMs } from './http.ts';
import type { Connection } from './kubeconfig.ts';
import { resources, ruleOf } from './resources.ts';
import { rightOf } from './write-request.ts';

/**
 * Any answer to a write but success, in words. Every 4xx, and a 5xx that the API server sends before it stores anything,
 * means that nothing was done. What another 5xx means nobody knows (`inDoubt`), unless it was a dry run.
 */
export function refusalOf(reply: Reply, action: Action, connection: Connection, dryRun: boolean): WriteFailure {
  const status = statusOf(reply.text);
  const said = status?.message || gist(reply.text);
  return (
    deniedBy(said) ??
    budgetRefusal(reply, status, action) ??
    conflict(reply, status, action) ??
    invalid(reply, status, said) ??
    notAllowed(reply, status, action, connection) ??
    inGeneral(reply, action, connection, dryRun)
  );
}

/** Something that stood in our way before the request was sent, or while its answer was awaited. */
export function asWriteFailure(failure: ReadFailure, inDoubt: boolean, kind = kinds[failure.kind]): WriteFailure {
  const { remedy, retryAfterMs: waitMs, cause } = failure;
  return new WriteFailure(kind, inDoubt ? `${failure.message}; ${IN_DOUBT}` : failure.message, inDoubt, {
    ...(remedy === undefined ? {} : { remedy }),
    ...(waitMs === undefined ? {} : { retryAfterMs: waitMs }),
    ...(cause === undefined ? {} : { cause }),
  });
}

const IN_DOUBT = 'it may have been done all the same';

const kinds: Readonly<Record<ReadFailureKind, WriteFailureKind>> = {
  forbidden: 'forbidden',
  unauthorized: 'unauthorized',
  'not-found': 'not-found',
  'not-served': 'not-served',
  throttled: 'throttled',
  'timed-out': 'timed-out',
  'over-budget': 'timed-out',
  unreachable: 'unreachable',
  'server-error': 'server-error',
  'too-large': 'server-error',
  unparsable: 'server-error',
  'not-configured': 'server-error',
  'not-declared': 'server-error',
  'not-recorded': 'server-error',
};

/**
 * Admission comes before storing, whatever the status: a webhook chooses its own, and one that cannot be called is a 500
 * (`failurePolicy: Fail`). https://kubernetes.io/docs/reference/access-authn-authz/extensible-admission-controllers/
 */
function deniedBy(said: string): WriteFailure | undefined {
  const denied = /^admission webhook "[^"]*" (denied the request|does not support dry run)/.test(said);
  const policy = /ValidatingAdmissionPolicy '[^']*'.* denied request/.test(said);
  const hook = /failed calling webhook "([^"]*)"/.exec(said)?.[1];
  if (!denied && !policy && hook === undefined) return undefined;
  if (hook === undefined) return new WriteFailure('admission', said, false);
  return new WriteFailure('admission', `admission webhook "${hook}" could not be asked: ${said}`, false, {
    remedy: 'Nothing it watches can be changed until it answers: look at the pods behind its service.',
  });
}

/** https://kubernetes.io/docs/concepts/scheduling-eviction/api-eviction/#how-api-initiated-eviction-works */
function budgetRefusal(reply: Reply, status: Status | undefined, { object }: Action): WriteFailure | undefined {
  if (/more than one PodDisruptionBudget/.test(status?.message ?? '')) {
    const words = `several disruption budgets select pod ${object.namespace}/${object.name}: no such pod can be evicted`;
    const remedy = `Let only one select it: kubectl get poddisruptionbudgets --namespace ${object.namespace}`;
    return new WriteFailure('budget', words, false, { remedy });
  }
  const cause = status?.details?.causes?.find(({ reason }) => reason === 'DisruptionBudget');
  if (reply.status !== 429 || !cause) return undefined;
  const [, name, needs] = /^The disruption budget (\S+) (.*)$/.exec(cause.message ?? '') ?? [];
  const words = name ? `disruption budget ${object.namespace}/${name} does not allow it: it ${needs}` : cause.message;
  return new WriteFailure('budget', words ?? 'a disruption budget does not allow it', false, waitOf(reply, status));
}

function conflict(reply: Reply, status: Status | undefined, { object }: Action): WriteFailure | undefined {
  const name = `${object.kind} ${object.namespace === undefined ? '' : `${object.namespace}/`}${object.name}`;
  const fail = (words: string) => new WriteFailure('conflict', `${name} ${words}`, false);
  // A patch with another object's uid is no conflict to the API server: it would change a field that cannot change.
  const immutable = status?.details?.causes?.some(({ field }) => field === 'metadata.uid');
  const ofAnother = /UID in (the )?precondition/.test(status?.message ?? '');
  if ((reply.status === 422 && immutable) || (reply.status === 409 && ofAnother)) {
    return fail('is another object now: the one that was meant is gone, and one of the same name has taken its place');
  }
  if (reply.status !== 409) return undefined;
  if (status?.reason === 'AlreadyExists') return fail('exists already');
  if (/has been modified/.test(status?.message ?? '')) return fail('was changed by somebody since it was looked at');
  return fail(`cannot be changed as it is: ${status?.message || gist(reply.text)}`);
}

function invalid(reply: Reply, status: Status | undefined, said: string): WriteFailure | undefined {
  if (![400, 405, 406, 413, 415, 422].includes(reply.status)) return undefined;
  const fields = (status?.details?.causes ?? []).flatMap(({ field, message }) =>
    field ? [`${field}: ${message}`] : [],
  );
  const words = [...new Set(fields)].join('; ') || said || 'without a word';
  return new WriteFailure('invalid', `the API server does not accept it (${reply.status}): ${words}`, false);
}

/** RBAC names user, verb and resource; every other 403 of an API server is an admission plug-in's. */
function notAllowed(
  reply: Reply,
  status: Status | undefined,
  action: Action,
  { user }: Connection,
): WriteFailure | undefined {
  if (reply.status !== 403 || !status) return undefined;
  if (!/User "[^"]*" cannot /.test(status.message)) return new WriteFailure('admission', status.message, false);
  const right = rightOf(action);
  const { namespaced } = resources[action.object.kind];
  const place = namespaced && right.namespace !== undefined ? { namespace: right.namespace } : {};
  const words = `${right.verb} ${right.resource}${place.namespace === undefined ? '' : ` in namespace ${place.namespace}`}`;
  const { message, remedy } = forbidden(status.message, { words, ...place, rule: ruleOf(right) }, user);
  return new WriteFailure('forbidden', message, false, { remedy });
}

/** What is the same for reads: credentials, absence, throttling, whatever stands in front of the API server. */
function inGeneral(reply: Reply, { object }: Action, connection: Connection, dryRun: boolean): WriteFailure {
  const failure = failureOf(reply, { verb: 'get', ...object }, connection);
  // 408 is of a proxy that had to wait too long: what it has passed on may have been done.
  const refused = reply.status >= 400 && reply.status < 500 && reply.status !== 408;
  return asWriteFailure(failure, !dryRun && !refused, reply.status >= 500 ? 'server-error' : undefined);
}

function waitOf(reply: Reply, status: Status | undefined): { readonly retryAfterMs?: number } {
  const seconds = status?.details?.retryAfterSeconds;
  const waitMs = retryAfterMs(reply) ?? (seconds === undefined ? undefined : seconds * 1000);
  return waitMs === undefined ? {} : { retryAfterMs: waitMs };
}
