import { nameOf } from '../changes/drafts.ts';
import type { Plan, Step } from '../plan.ts';
import type { Request } from './joined.ts';

/** A request that was done, and whose it was. */
export interface Deed {
  readonly plan: Pick<Plan, 'id' | 'changes'>;
  readonly step: Step;
}

type Dated = Deed & { readonly at: string };

/**
 * What was done last to each object of a plan that is to be taken back: by itself, or by an undo of it that came halfway.
 * Of the `requests` that would take it back some may be about what it did not touch itself, as a drain that found its
 * node cordoned by an earlier plan: there it is what was done last by the plans of the incident until then, or by what took
 * them back. By the name of the object.
 */
export function lastDeeds(
  undone: Plan,
  plans: readonly Plan[] = [],
  requests: readonly Pick<Request, 'action' | 'marks'>[] = [],
): ReadonlyMap<string, Deed> {
  const own = new Set(deedsOf([undone]).map(objectOf));
  const line = [...goneOnWith(undone, plans), undone];
  const ours = deedsOf([...line, ...takingBack(line, plans)]).filter((deed) => own.has(objectOf(deed)));
  const earlier = plans.filter((plan) => plan.id !== undone.id && isBefore(plan, undone));
  const theirs = deedsOf([...earlier, ...takingBack(earlier, plans)]).filter((deed) =>
    requests.some((request) => !own.has(nameOf(request.action.object)) && isAbout(deed, request)),
  );
  return new Map([...theirs, ...ours].sort(byTime).map((deed) => [objectOf(deed), deed]));
}

/** What it went on with, and what that one went on with before it; the first one first. */
export function goneOnWith({ continues }: Pick<Plan, 'continues'>, plans: readonly Plan[]): readonly Plan[] {
  const before = continues === undefined ? undefined : plans.find(({ id }) => id === continues);
  return before ? [...goneOnWith(before, plans), before] : [];
}

/** Whatever takes any of these back, and whatever takes that back again. */
function takingBack(line: readonly Plan[], plans: readonly Plan[]): readonly Plan[] {
  const undos = plans.filter(({ undoes }) => line.some(({ id }) => id === undoes));
  return undos.length === 0 ? [] : [...undos, ...takingBack(undos, plans)];
}

function isBefore(plan: Plan, { incident, cluster, executedAt = '' }: Plan): boolean {
  const isNear = plan.incident === incident && plan.cluster === cluster;
  return isNear && plan.executedAt !== undefined && plan.executedAt <= executedAt;
}

/** Whether it wrote what the request would write: an object, or of one that stays a field. */
function isAbout(deed: Deed, { action, marks }: Pick<Request, 'action' | 'marks'>): boolean {
  if (objectOf(deed) !== nameOf(action.object)) return false;
  return deed.step.verb !== 'patch' || !!deed.step.marks?.some(({ path }) => marks.some((mark) => mark.path === path));
}

function deedsOf(plans: readonly Plan[]): readonly Dated[] {
  return plans.flatMap((plan) =>
    plan.steps.flatMap((step) =>
      step.state === 'done' && step.object ? [{ plan, step, at: step.at ?? plan.executedAt ?? '' }] : [],
    ),
  );
}

function byTime(a: Dated, b: Dated): number {
  return a.at < b.at ? -1 : a.at > b.at ? 1 : 0;
}

function objectOf({ step }: Deed): string {
  return step.object ? nameOf(step.object) : '';
}
