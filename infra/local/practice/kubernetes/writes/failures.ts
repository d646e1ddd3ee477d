import { type Failure, qualified } from '../status.ts';
import type { Wrong } from './validate.ts';

/** What an object is called where the API server speaks of its kind, not of its resource. */
export interface Named {
  readonly group: string;
  readonly kind: string;
  readonly plural: string;
  readonly name: string;
}

/** `Deployment.apps`. */
function kindOf({ group, kind }: Pick<Named, 'group' | 'kind'>): string {
  return group === '' ? kind : `${kind}.${group}`;
}

function details({ group, name }: Named, kind: string, more: object = {}): Record<string, unknown> {
  return { ...(name === '' ? {} : { name }), ...(group === '' ? {} : { group }), kind, ...more };
}

export function modified(named: Named): Failure {
  const why = 'the object has been modified; please apply your changes to the latest version and try again';
  return conflict(`${qualified(named)} "${named.name}": ${why}`, details(named, named.plural));
}

function conflict(what: string, about: Record<string, unknown>): Failure {
  return { code: 409, reason: 'Conflict', message: `Operation cannot be fulfilled on ${what}`, details: about };
}

/** A deletion or eviction that meant another object of this name, or another state of it. */
export function unmet(named: Named, precondition: 'UID' | 'ResourceVersion', asked: string, there: string): Failure {
  const what = precondition === 'UID' ? 'deleted and then recreated' : 'modified';
  const words = `the ${precondition} in the precondition (${asked}) does not match the ${precondition} in record (${there}). The object might have been ${what}`;
  return conflict(`${kindOf(named)} "${named.name}": ${words}`, details(named, named.kind));
}

/** The same of `scale`, in other words; and of a patch of the object itself the uid is a field that cannot change. */
export function otherScale(named: Named, asked: string, there: string): Failure {
  const resource = `${named.plural}/scale`;
  const words = `Precondition failed: UID in precondition: ${asked}, UID in object meta: ${there}`;
  const what = `${qualified({ group: named.group, plural: resource })} "${named.name}": ${words}`;
  return conflict(what, details(named, resource));
}

export function exists(named: Named): Failure {
  const message = `${qualified(named)} "${named.name}" already exists`;
  return { code: 409, reason: 'AlreadyExists', message, details: details(named, named.plural) };
}

/** Validation: the object as it would be is not allowed. */
export function invalid(named: Named, problems: readonly Wrong[]): Failure {
  const words = problems.map(({ field, message }) => `${field}: ${message}`);
  const list = words.length === 1 ? words[0] : `[${words.join(', ')}]`;
  const causes = problems.map(({ reason, field, message }) => ({ reason: `FieldValue${reason}`, message, field }));
  return {
    code: 422,
    reason: 'Invalid',
    message: `${kindOf(named)} "${named.name}" is invalid: ${list}`,
    details: details(named, named.kind, { causes }),
  };
}

/** Before validation: no object can be made of it. */
export function unreadable(patch: unknown, words: string): Failure {
  const message = `Invalid value: ${JSON.stringify(JSON.stringify(patch))}: ${words}`;
  return {
    code: 422,
    reason: 'Invalid',
    message: ` "" is invalid: patch: ${message}`,
    details: { causes: [{ reason: 'FieldValueInvalid', message, field: 'patch' }] },
  };
}

export function badDryRun(kind: 'PatchOptions' | 'CreateOptions' | 'DeleteOptions', asked: readonly string[]): Failure {
  const list = asked.map((each) => JSON.stringify(each)).join(', ');
  const message = `Unsupported value: []string{${list}}: supported values: "All"`;
  return {
    code: 422,
    reason: 'Invalid',
    message: `${kind}.meta.k8s.io "" is invalid: dryRun: ${message}`,
    details: {
      group: 'meta.k8s.io',
      kind,
      causes: [{ reason: 'FieldValueNotSupported', message, field: 'dryRun' }],
    },
  };
}

export function overBudget(name: string, needs: number, has: number): Failure {
  const message = `The disruption budget ${name} needs ${needs} healthy pods and has ${has} currently`;
  return {
    code: 429,
    reason: 'TooManyRequests',
    message: "Cannot evict pod as it would violate the pod's disruption budget.",
    details: { causes: [{ reason: 'DisruptionBudget', message }] },
  };
}

export const tooManyBudgets: Failure = {
  code: 500,
  message: 'This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.',
};

export const notThere: Failure = {
  code: 404,
  reason: 'NotFound',
  message: 'the server could not find the requested resource',
  details: {},
};

export const notAllowed: Failure = {
  code: 405,
  reason: 'MethodNotAllowed',
  message: 'the server does not allow this method on the requested resource',
  details: {},
};

export const unknownMediaType: Failure = {
  code: 415,
  reason: 'UnsupportedMediaType',
  message: '415: Unsupported Media Type',
  details: {},
};
