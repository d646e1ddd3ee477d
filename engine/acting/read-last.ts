import * as z from 'zod';
import { type Action, withoutVersion } from '../action.ts';
import { canonicalJson } from '../change.ts';
import { compile } from '../changes/catalog.ts';
import { nameOf } from '../changes/drafts.ts';
import { ReadFailure } from '../errors.ts';
import type { Plan } from '../plan.ts';
import type { Readers } from '../readers.ts';
import type { Cluster } from '../triage.ts';
import { boundOf, kubeOf, READ_MS, redacted } from './compile.ts';
import type { Acting } from './desk.ts';
import { historyOf } from './earlier.ts';
import { joined, type Request } from './joined.ts';
import { changedSince } from './left.ts';
import { lastDeeds } from './lineage.ts';

type Patch = Extract<Action, { readonly verb: 'patch' }>;

/** A Deployment in the middle of a rollout is written several times a second: so often it is worked out again. */
const MOST_READINGS = 10;
/** All of it takes no longer than this, so that nobody believes us dead meanwhile. */
const ALL_MS = READ_MS;

const Versioned = z.object({ metadata: z.object({ resourceVersion: z.string() }) });

/**
 * The request with the version that its object has at this moment, so that a controller that writes a status all the time
 * does not keep it from being done. Only while it is, worked out again, what was approved: the same body, the same values
 * before it, the same for others, taken back by the same. Otherwise it stays as it is, and the API server refuses it.
 */
export async function asReadLast(acting: Acting, plan: Plan, request: Request, cluster: Cluster): Promise<Action> {
  const { action } = request;
  if (action.verb !== 'patch') return action;
  const endsMs = performance.now() + ALL_MS;
  try {
    let last = action;
    for (let reading = 0; reading < MOST_READINGS; reading += 1) {
      // A run makes equal reads only once: each reading is one of its own.
      const kube = kubeOf(cluster, Math.max(1, Math.ceil(endsMs - performance.now())));
      if ((await versionNow(kube, action)) === versionOf(last)) return last;
      const again = await workedOut(acting, plan, request, kube);
      if (!again) return action;
      last = again;
    }
    return last;
  } catch (failure) {
    if (!(failure instanceof ReadFailure)) throw failure;
    // Of what cannot be read the version of before stands, which the API server compares.
    return action;
  }
}

function versionOf({ body }: Patch): string | undefined {
  return Versioned.safeParse(body).data?.metadata.resourceVersion;
}

async function versionNow(kube: Readers['kube'], { object: { kind, name, namespace } }: Patch) {
  const found = await kube.find(kind, name, { fresh: true, ...(namespace === undefined ? {} : { namespace }) });
  return Versioned.safeParse(found).data?.metadata.resourceVersion;
}

/** The same patch from the cluster as it is now; `undefined` where it is not the same any more. */
async function workedOut(
  acting: Acting,
  plan: Plan,
  { action, changes, marks }: Request,
  kube: Readers['kube'],
): Promise<Patch | undefined> {
  const { plans, earlier } = await historyOf(acting.store, plan);
  const passing = plan.passing ? { passing: new Set(plan.passing) } : {};
  const context = {
    kube,
    at: plan.at,
    plan: plan.id,
    cordoned: earlier.cordoned,
    takesBack: plan.undoes !== undefined,
    ...passing,
  };
  const own = changes.flatMap((index) => plan.changes[index] ?? []);
  const parts = await Promise.all(own.map((change) => compile(change, context)));
  const { requests, blocked } = joined(parts);
  const again = requests.find((one) => nameOf(one.action.object) === nameOf(action.object));
  if (again?.action.verb !== 'patch' || blocked.length > 0 || parts.some((part) => part.blocked.length > 0)) return;
  const shown = new Set(plan.diff.map(canonicalJson));
  const isSame =
    canonicalJson(withoutVersion(again.action)) === canonicalJson(withoutVersion(action)) &&
    canonicalJson(again.marks.map(redacted)) === canonicalJson(marks) &&
    parts.every(({ diff }) => diff.every((line) => shown.has(canonicalJson(redacted(line))))) &&
    parts.every((part, at) => boundOf(part) === plan.bound?.[changes[at] ?? -1]);
  if (!isSame) return;
  const undone = plans.find(({ id }) => id === plan.undoes);
  const since = undone ? await changedSince(kube, lastDeeds(undone, plans, [again])) : [];
  return since.length === 0 ? again.action : undefined;
}
