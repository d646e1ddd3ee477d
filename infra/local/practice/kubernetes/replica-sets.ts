import type { Facts } from '../facts.ts';
import { type Revision, revisionAt, revisionsOf } from '../life/revisions.ts';
import { countedAt, tallyOf, tallyOfRevision } from '../tally.ts';
import type { Workload } from '../workloads.ts';
import { managedBy } from './managed-fields.ts';
import { type KubeObject, meta, ownedBy } from './values.ts';

/** One for each template a Deployment had by then. */
export function* replicaSetObjects(facts: Facts, workload: Workload, now: number): Generator<KubeObject> {
  for (const revision of revisionsOf(facts, workload)) {
    if (revision.firstAt <= now) yield replicaSetObject(facts, workload, revision, now);
  }
}

function replicaSetObject(facts: Facts, workload: Workload, revision: Revision, now: number): KubeObject {
  const { namespace, name, labels: selector } = workload;
  const { hash, number, formerNumbers, firstAt } = revision;
  const labels = { ...selector, 'pod-template-hash': hash };
  const { desired } = tallyOf(facts, workload, now);
  const { current, ready } = tallyOfRevision(facts, workload, revision, now);
  const alone = current > 0 && revisionAt(facts, workload, now).hash === hash;
  const changedAt = Math.max(firstAt, countedAt(facts, workload, now));
  const owners = { ownerReferences: [ownedBy('Deployment', namespace, name)] };
  const spec = {
    // While one rolls out the sets share the replicas; a lost pod is missing in its own set.
    replicas: alone && othersAreEmpty(facts, workload, revision, now) ? desired : current,
    selector: { matchLabels: labels },
    template: templateOf(revision),
  };
  const status = {
    replicas: current,
    ...(current > 0 ? { fullyLabeledReplicas: current } : {}),
    ...(ready > 0 ? { readyReplicas: ready, availableReplicas: ready } : {}),
    observedGeneration: number,
  };
  return {
    metadata: meta(
      { kind: 'ReplicaSet', namespace, name: `${name}-${hash}`, createdAt: firstAt, changedAt },
      {
        generation: number,
        labels,
        annotations: {
          'deployment.kubernetes.io/desired-replicas': String(desired),
          'deployment.kubernetes.io/max-replicas': String(desired + Math.ceil(desired / 4)),
          'deployment.kubernetes.io/revision': String(number),
          ...(formerNumbers.length > 0 ? { 'deployment.kubernetes.io/revision-history': formerNumbers.join(',') } : {}),
        },
        ...owners,
        managedFields: managedBy({
          manager: 'kube-controller-manager',
          apiVersion: 'apps/v1',
          at: firstAt,
          wrote: { metadata: { labels, ...owners }, spec, status },
        }),
      },
    ),
    spec,
    status,
  };
}

function othersAreEmpty(facts: Facts, workload: Workload, revision: Revision, now: number): boolean {
  return revisionsOf(facts, workload)
    .filter(({ hash }) => hash !== revision.hash)
    .every((other) => tallyOfRevision(facts, workload, other, now).current === 0);
}

/** The template as the set's pods are made from it: marked with their set. */
function templateOf({ template, hash }: Revision): object {
  const { metadata = {}, ...rest } = template as { readonly metadata?: { readonly labels?: object } };
  return { ...rest, metadata: { ...metadata, labels: { ...metadata.labels, 'pod-template-hash': hash } } };
}
