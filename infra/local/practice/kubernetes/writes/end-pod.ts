import type { Json } from '../../../../../engine/action.ts';
import { type Deed, type Ended, withDeeds } from '../../deeds.ts';
import { workloadsOf } from '../../layout.ts';
import { type PodPlace, podNamed } from '../../placement.ts';
import type { Workload } from '../../workloads.ts';
import { budgetOf } from '../budgets.ts';
import { isReady, phaseOf } from '../pod-status.ts';
import { podObject, podUid } from '../pods.ts';
import { badRequest, type Failure, notFound } from '../status.ts';
import {
  type DeleteOptions,
  deleteOptions,
  dryRunOfQuery,
  isFailure,
  namedIn,
  parsed,
  present,
  type Result,
  type WriteAsked,
} from './asked.ts';
import { overBudget, tooManyBudgets, unmet } from './failures.ts';
import { at, isObject } from './json.ts';

/** DELETE of a pod. Its disruption budget is not asked. */
export function deletePod(asked: WriteAsked, options: DeleteOptions): Result {
  const place = placeOf(asked);
  if (!place) return notFound({ verb: 'delete', ...asked.place });
  const current = present(asked);
  const refused = unmetOf(asked, place, options, String(current?.metadata.resourceVersion));
  if (refused) return refused;
  const deed = endOf(asked, place, options.forced);
  const marked = podNamed(withDeeds(asked.facts, deed), place.workload.namespace, place.name, asked.at);
  const isSame = marked !== undefined && podUid(marked) === podUid(place);
  const after = isSame
    ? podObject(withDeeds(asked.facts, deed), marked, asked.at)
    : podObject(asked.facts, place, asked.now);
  const object = { kind: 'Pod', apiVersion: 'v1', ...after };
  if (!options.dryRun) return { status: 200, object, deeds: place.evictedAt && !options.forced ? [] : [deed] };
  const metadata = { ...after.metadata, resourceVersion: current?.metadata.resourceVersion };
  return { status: 200, object: { ...object, metadata }, deeds: [] };
}

/** POST pods/NAME/eviction: a deletion that asks the budget first (pkg/registry/core/pod/storage/eviction.go). */
export function evictPod(asked: WriteAsked): Result {
  const read = parsed(asked.body);
  if (isFailure(read)) return read;
  const wrong = notAnEviction(asked, read.json);
  if (wrong) return wrong;
  const byQuery = dryRunOfQuery(asked, 'CreateOptions');
  if (typeof byQuery !== 'boolean') return byQuery;
  const options = deleteOptions(at(read.json, 'deleteOptions'));
  if (isFailure(options)) return options;
  const place = placeOf(asked);
  if (!place) return notFound({ verb: 'create', ...asked.place });
  const dryRun = byQuery || options.dryRun;
  const spent = leaveOf(asked, place);
  if (isFailure(spent)) return spent;
  const refused = unmetOf(asked, place, options, String(present(asked)?.metadata.resourceVersion));
  // The budget has given its leave before it turns out that another pod was meant; it believes in it for two minutes.
  if (refused) return dryRun || spent.deeds.length === 0 ? refused : { ...refused, deeds: spent.deeds };
  const done = dryRun || place.evictedAt !== undefined ? [] : [endOf(asked, place, options.forced)];
  return { status: 201, object: SUCCESS, deeds: done };
}

const SUCCESS = { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', code: 201 };

function notAnEviction({ place }: WriteAsked, json: Json): Failure | undefined {
  const apiVersion = at(json, 'apiVersion') ?? 'policy/v1';
  if (!isObject(json)) return badRequest('the object provided is unrecognized (must be of type Eviction)');
  if (!/^policy\/v1(beta1)?$/.test(String(apiVersion))) {
    const [version = ''] = String(apiVersion).split('/').slice(-1);
    const unknown = `no kind "Eviction" is registered for version "${apiVersion}"`;
    return badRequest(`Eviction in version "${version}" cannot be handled as a Eviction: ${unknown}`);
  }
  const name = at(json, 'metadata.name');
  return name === undefined || name === place.name
    ? undefined
    : badRequest('name in URL does not match name in Eviction object');
}

/** The leave of the budget, as it would be spent; nothing to spend where no budget has a say. */
function leaveOf(
  { facts, now, at: moment, by }: WriteAsked,
  pod: PodPlace,
): { readonly deeds: readonly Deed[] } | Failure {
  const none = { deeds: [] };
  if (pod.evictedAt !== undefined || phaseOf(pod, now) === 'Pending') return none;
  const [workload, ...more] = workloadsOf(facts).filter((each) => each.disruptionBudget && selects(each, pod));
  const budget = workload && budgetOf(facts, workload, now);
  if (!workload || !budget) return none;
  if (more.length > 0) return tooManyBudgets;
  const { healthy, needed, allowed } = budget;
  // unhealthyPodEvictionPolicy: IfHealthyBudget. Who does not serve is not missed, as long as enough others do.
  if (!isReady(pod, now) && needed > 0 && healthy >= needed) return none;
  if (allowed === 0) return overBudget(workload.name, needed, healthy);
  const key = { kind: 'PodDisruptionBudget', namespace: workload.namespace, name: workload.name };
  return { deeds: [{ did: 'spend', budget: key, pod: pod.name, at: moment, by }] };
}

function selects({ namespace, labels }: Workload, pod: PodPlace): boolean {
  if (namespace !== pod.workload.namespace) return false;
  return Object.entries(labels).every(([key, value]) => pod.workload.labels[key] === value);
}

function placeOf({ facts, now, place: { namespace = '', name = '' } }: WriteAsked): PodPlace | undefined {
  return podNamed(facts, namespace, name, now);
}

/** A precondition that does not hold. */
function unmetOf(asked: WriteAsked, place: PodPlace, options: DeleteOptions, version: string): Failure | undefined {
  const uid = podUid(place);
  if (options.uid !== undefined && options.uid !== uid) return unmet(namedIn(asked), 'UID', options.uid, uid);
  const { resourceVersion } = options;
  if (resourceVersion === undefined || resourceVersion === version) return undefined;
  return unmet(namedIn(asked), 'ResourceVersion', resourceVersion, version);
}

function endOf({ at: moment, by }: WriteAsked, place: PodPlace, forced: boolean): Ended {
  const { namespace } = place.workload;
  const pod = { kind: 'Pod', namespace, name: place.name, uid: podUid(place) };
  return { did: 'end', pod, forced, at: moment, by };
}
