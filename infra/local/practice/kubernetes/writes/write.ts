import type { Json } from '../../../../../engine/action.ts';
import type { Failure } from '../status.ts';
import { type DeleteOptions, deleteOptions, isFailure, parsed, type Result, type WriteAsked } from './asked.ts';
import { deletePod, evictPod } from './end-pod.ts';
import { notAllowed, notThere } from './failures.ts';
import { create, remove } from './flow.ts';
import { patchObject } from './patch-object.ts';
import { patchScale } from './scale.ts';

const SCALED = ['Deployment', 'StatefulSet'];
const PATCHED = ['Node', 'Pod', ...SCALED, 'DaemonSet', 'FlowSchema', 'PriorityLevelConfiguration'];
const CREATED = ['FlowSchema', 'PriorityLevelConfiguration'];

/** Any request that would change something, by the verb RBAC knows it under. */
export function write(verb: string, asked: WriteAsked): Result {
  const { kind } = asked.resource;
  const { name, subresource } = asked.place;
  if (subresource === 'scale' && SCALED.includes(kind)) return verb === 'patch' ? patchScale(asked) : notAllowed;
  if (subresource === 'eviction' && kind === 'Pod') return verb === 'create' ? evictPod(asked) : notAllowed;
  if (subresource !== undefined) return notThere;
  if (verb === 'patch' && name !== undefined && PATCHED.includes(kind)) return patchObject(asked);
  if (verb === 'create' && name === undefined && CREATED.includes(kind)) return create(asked);
  if (verb !== 'delete' || name === undefined) return notAllowed;
  const options = optionsOf(asked);
  if (isFailure(options)) return options;
  if (kind === 'Pod') return deletePod(asked, options);
  return CREATED.includes(kind) ? remove(asked, options) : notAllowed;
}

/**
 * Of a deletion: from the body, and only if there is none from the query. So `?dryRun=All` beside a body is no rehearsal
 * (k8s.io/apiserver, endpoints/handlers/delete.go; so it was when tried).
 */
function optionsOf({ body, query }: WriteAsked): DeleteOptions | Failure {
  if (body === '') {
    const seconds = query.get('gracePeriodSeconds');
    const options: Json = {
      dryRun: query.getAll('dryRun'),
      ...(seconds === null ? {} : { gracePeriodSeconds: Number(seconds) }),
    };
    return deleteOptions(options);
  }
  const read = parsed(body);
  return isFailure(read) ? read : deleteOptions(read.json);
}
