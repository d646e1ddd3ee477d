/** The API server's own word for what went wrong (`kind: Status`), with the HTTP status it comes with. */
export interface Failure {
  readonly code: number;
  readonly reason?: string;
  readonly message: string;
  readonly details?: Readonly<Record<string, unknown>>;
}

export function statusBody({ code, reason, message, details }: Failure): string {
  return JSON.stringify({
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message,
    ...(reason === undefined ? {} : { reason }),
    ...(details === undefined ? {} : { details }),
    code,
  });
}

export interface Asked {
  readonly verb: string;
  readonly group: string;
  readonly plural: string;
  readonly namespace?: string;
  readonly name?: string;
  readonly subresource?: string;
}

/** `nodes`, `deployments.apps`. */
export function qualified({ group, plural }: Pick<Asked, 'group' | 'plural'>): string {
  return group === '' ? plural : `${plural}.${group}`;
}

function detailsOf({ group, plural, name }: Asked): Record<string, string> {
  return { ...(name === undefined ? {} : { name }), ...(group === '' ? {} : { group }), kind: plural };
}

export const unauthorized: Failure = { code: 401, reason: 'Unauthorized', message: 'Unauthorized' };

export function notFound(asked: Asked): Failure {
  const message = `${qualified(asked)} "${asked.name}" not found`;
  return { code: 404, reason: 'NotFound', message, details: detailsOf(asked) };
}

/** Said of objects that do not exist as well: rights come first. */
export function forbidden(user: string, asked: Asked): Failure {
  const { verb, group, plural, namespace, name, subresource } = asked;
  const resource = subresource === undefined ? plural : `${plural}/${subresource}`;
  const what = name === undefined ? `${qualified(asked)} is` : `${qualified(asked)} "${name}" is`;
  const where = namespace === undefined ? 'at the cluster scope' : `in the namespace "${namespace}"`;
  const message = `${what} forbidden: User "${user}" cannot ${verb} resource "${resource}" in API group "${group}" ${where}`;
  return { code: 403, reason: 'Forbidden', message, details: detailsOf(asked) };
}

export function forbiddenPath(user: string, verb: string, path: string): Failure {
  const message = `forbidden: User "${user}" cannot ${verb} path "${path}"`;
  return { code: 403, reason: 'Forbidden', message, details: {} };
}

export function badRequest(message: string): Failure {
  return { code: 400, reason: 'BadRequest', message };
}

/** A continue token, or an exact resourceVersion, from before the last compaction. */
export const expired: Failure = {
  code: 410,
  reason: 'Expired',
  message: 'The resourceVersion for the provided list is too old.',
};

export const fromTheFuture: Failure = {
  code: 500,
  message: 'etcdserver: mvcc: required revision is a future revision',
};
