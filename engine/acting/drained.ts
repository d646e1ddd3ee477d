import type { ChangeOf } from '../change.ts';
import { plural } from '../changes/drafts.ts';
import { fateIn } from '../changes/drain-pods.ts';
import { find, findNode, podsOn } from '../changes/look.ts';
import { Pod } from '../changes/objects.ts';
import { byName, heldWords, isGoing, podName } from '../changes/pods.ts';
import { ReadFailure } from '../errors.ts';
import type { Plan, Step } from '../plan.ts';
import type { Readers } from '../readers.ts';
import { redact } from '../redact.ts';
import { kubeOf } from './compile.ts';
import { type Acting, clusterOf } from './desk.ts';

export interface Emptied {
  /** What a plan that goes on with it would still have to do. */
  readonly left?: string | undefined;
  /** Which pods have not ended yet, or that this could not be looked at. */
  readonly ending?: string | undefined;
}

/** Why a drain whose requests were all done is done in part all the same. */
export function notEmpty(left: string): string {
  return `every step was done, and yet ${left}`;
}

/**
 * Between the look that a drain rests on and its cordon pods may have landed on the node, and somebody may have uncordoned
 * it since; and a pod that was evicted runs on until its grace period is over.
 */
export async function drainsNow(acting: Acting, plan: Plan): Promise<Emptied> {
  const { cluster: name, changes, passing } = plan;
  const drains = changes.filter((change) => change.verb === 'drain');
  const cluster = clusterOf(acting, name);
  const removed = removedOneByOne(plan);
  if (drains.length + removed.length === 0 || !cluster) return {};
  const kube = kubeOf(cluster);
  const shown = passing && new Set(passing);
  try {
    const each = await Promise.all(drains.map((drain) => nodeNow(kube, drain, shown)));
    const still = await Promise.all(removed.map((step) => stillThere(kube, step)));
    return {
      left: joined(each.map(({ left }) => left)),
      ending: joined([...each.map(({ ending }) => ending), ...still]),
    };
  } catch (failure) {
    if (!(failure instanceof ReadFailure)) throw failure;
    return {
      ending: redact(
        drains.length > 0
          ? `whether other pods came to the node meanwhile could not be looked at: ${failure.message}`
          : `whether it has ended could not be looked at: ${failure.message}`,
      ),
    };
  }
}

/** The requests that were to end one pod each, done or in doubt. */
function removedOneByOne({ steps, changes }: Plan): Plan['steps'] {
  const isOne = (index: number) => changes[index]?.verb === 'evict' || changes[index]?.verb === 'delete-pod';
  return steps.filter(({ state, changes: of = [] }) => (state === 'done' || state === 'unknown') && of.some(isOne));
}

async function stillThere(kube: Readers['kube'], { object, uid }: Step): Promise<string | undefined> {
  if (object?.kind !== 'Pod' || uid === undefined) return undefined;
  const pod = await find(kube, Pod, 'Pod', object.name, object.namespace);
  if (pod?.metadata.uid !== uid || !isGoing(pod)) return undefined;
  const [held] = heldWords(pod);
  return `pod ${podName(pod)} still ending${held === undefined ? '' : `: ${held}`}`;
}

/** Allowed or refused, a pod that is there has come to the node: who would start it again does not matter. */
const NOBODY_LOOKED = new Map();

async function nodeNow(
  kube: Readers['kube'],
  { node: name, allow = [] }: ChangeOf<'drain'>,
  shown: ReadonlySet<string> | undefined,
): Promise<Emptied> {
  const [node, pods] = await Promise.all([findNode(kube, name), podsOn(kube, name)]);
  if (!node) return {};
  const of = (...kinds: readonly string[]) =>
    pods
      .filter((pod) => kinds.includes(fateIn(pod, allow, shown, NOBODY_LOOKED).kind))
      .sort(byName)
      .map(podName);
  const [came, jobs, going] = [of('evict', 'refused'), of('came-since'), of('going')];
  const left = [
    ...(node.spec.unschedulable ? [] : [`node ${name} was uncordoned meanwhile, and takes pods`]),
    ...(came.length > 0 ? [`${plural(came.length, 'pod')} came to node ${name} meanwhile: ${came.join(', ')}`] : []),
  ];
  const ending = [
    ...(going.length > 0 ? [`${plural(going.length, 'pod')} of node ${name} still ending: ${going.join(', ')}`] : []),
    ...(jobs.length > 0 ? [`pods of Jobs that came meanwhile are left on it: ${jobs.join(', ')}`] : []),
  ];
  return { left: joined(left), ending: joined(ending) };
}

function joined(parts: readonly (string | undefined)[]): string | undefined {
  const said = parts.filter((part) => part !== undefined);
  return said.length === 0 ? undefined : said.join('; ');
}
