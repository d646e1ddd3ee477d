import type { Wrote } from '../../deeds.ts';
import { notFound } from '../status.ts';
import { type KubeObject, versionAt } from '../values.ts';
import { keyOfObject } from '../written.ts';
import { isFailure, namedIn, plain, present, type Result, type WriteAsked } from './asked.ts';
import { invalid, otherScale } from './failures.ts';
import { at, isObject } from './json.ts';
import { patchedObject } from './patch-object.ts';
import { shapeOf } from './shapes.ts';
import { problemsOf } from './validate.ts';

/** `autoscaling/v1` Scale of a workload: its replicas alone, so that whoever may scale need not be able to do more. */
export function scaleOf({ metadata, ...rest }: KubeObject): KubeObject {
  const { name, namespace, uid, resourceVersion, creationTimestamp } = metadata;
  const workload = plain({ metadata, ...rest });
  const selector = at(workload, 'spec.selector.matchLabels');
  const terms = Object.entries(isObject(selector) ? selector : {}).map(([key, value]) => `${key}=${value}`);
  return {
    kind: 'Scale',
    apiVersion: 'autoscaling/v1',
    metadata: { name, ...(namespace === undefined ? {} : { namespace }), uid, resourceVersion, creationTimestamp },
    spec: { replicas: at(workload, 'spec.replicas') ?? 0 },
    status: { replicas: at(workload, 'status.replicas') ?? 0, selector: terms.join(',') },
  };
}

export function patchScale(asked: WriteAsked): Result {
  const current = present(asked);
  if (!current) return notFound({ verb: 'patch', ...asked.place });
  const scale = scaleOf(current);
  const patched = patchedObject(asked, plain(scale), shapeOf('Scale'));
  if (isFailure(patched)) return patched;
  const { before, after, dryRun } = patched;
  const [uid, there] = [at(after, 'metadata.uid'), at(before, 'metadata.uid')];
  if (uid !== there) return otherScale(namedIn(asked), String(uid), String(there));
  const problems = problemsOf('Scale', after);
  if (problems.length > 0) return invalid({ ...namedIn(asked), group: 'autoscaling', kind: 'Scale' }, problems);
  const replicas = at(after, 'spec.replicas');
  if (typeof replicas !== 'number' || replicas === at(before, 'spec.replicas')) {
    return { status: 200, object: scale, deeds: [] };
  }
  const spec = { replicas };
  if (dryRun) return { status: 200, object: { ...scale, spec }, deeds: [] };
  const about = keyOfObject(asked.resource.kind, current);
  const deed: Wrote = {
    ...{ did: 'write', about, at: asked.at, by: asked.by },
    ...{ replicas, wrote: { spec }, subresource: 'scale' },
  };
  const metadata = { ...scale.metadata, resourceVersion: versionAt(asked.at) };
  return { status: 200, object: { ...scale, metadata, spec }, deeds: [deed] };
}
