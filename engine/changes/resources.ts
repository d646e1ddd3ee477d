import type { ChangeOf } from '../change.ts';
import { cannot, fieldOf, line, nameOf, nothingToDo, patchOf } from './drafts.ts';
import { findWorkload, isLeaving } from './look.ts';
import { quantity, sameQuantity } from './quantity.ts';
import { right } from './rights.ts';
import { rolloutEffects, rolloutMaterial, rolloutSettle, workloadReads, workloadWrites } from './rollout.ts';
import { beyondItsNodes } from './room.ts';
import type { CompileContext, Compiled, VerbRules } from './rules.ts';

type SetResources = ChangeOf<'set-resources'>;
type Kept = 'requests' | 'limits';
type Amounts = Readonly<Record<string, string>>;
type Wanted = Readonly<Record<string, string | null>>;

const kept = ['requests', 'limits'] as const satisfies readonly Kept[];

/** Containers are merged by name, so that a strategic merge patch touches no field but these. */
async function compile(change: SetResources, { kube }: CompileContext): Promise<Compiled> {
  const { workload, container: name } = change;
  const object = await findWorkload(kube, workload);
  if (!object) return cannot(`${nameOf(workload)} does not exist`);
  if (isLeaving(object)) return cannot(`${nameOf(workload)} is being deleted`);
  const { containers } = object.spec.template.spec;
  const container = containers.find((one) => one.name === name);
  if (!container) {
    return cannot(
      `${nameOf(workload)} has no container ${name}; it has ${containers.map((one) => one.name).join(', ')}`,
    );
  }
  const now = container.resources;
  const changed = { requests: differing(now.requests, change.requests), limits: differing(now.limits, change.limits) };
  const [requests, limits] = [merged(now.requests, changed.requests), merged(now.limits, changed.limits)];
  const blocked = problems(requests, limits);
  if (blocked.length > 0) return cannot(...blocked.map((problem) => `container ${name}: ${problem}`));
  if (Object.keys({ ...changed.requests, ...changed.limits }).length === 0) {
    return nothingToDo(`container ${name} of ${nameOf(workload)} already has these requests and limits`);
  }
  const other = Object.entries(change.from ?? {}).filter(([kind, amount]) => !isStill(now.limits[kind], amount));
  if (other.length > 0) {
    return cannot(
      ...other.map(([resource, amount]) => {
        const present = now.limits[resource];
        const limit = present === undefined ? `no limit of ${resource}` : `a limit of ${resource} of ${present}`;
        return `container ${name} has ${limit} by now, and not the ${amount} that is to blame: somebody has changed it`;
      }),
    );
  }
  // A limit is never below its request, so where there is one it stands for both.
  const beyond = await beyondItsNodes(kube, workload, object, { ...requests, ...limits });
  if (beyond.length > 0) return cannot(...beyond.map((problem) => `container ${name}: ${problem}`));
  const present = kept.filter((kind) => Object.keys(changed[kind]).length > 0);
  const resources = Object.fromEntries(present.map((kind) => [kind, changed[kind]]));
  const before = present.map((kind) => [kind, valuesOf(now[kind], Object.keys(changed[kind]))] as const);
  const template = { spec: { containers: [{ name, resources }] } };
  const alsoRequests = limitsAsRequests(now, changed);
  return {
    actions: [patchOf(workload, object.metadata, { spec: { template } }, { type: 'strategic' })],
    diff: present.flatMap((kind) =>
      Object.entries(changed[kind]).map(([resource, amount]) =>
        line(
          workload,
          fieldOf(`spec.template.spec.containers[${name}].resources.${kind}`, resource),
          now[kind][resource],
          amount,
        ),
      ),
    ),
    effects: ['a new template: a rollout', ...rolloutEffects(workload, object), ...alsoRequests],
    blocked: [],
    material: [...rolloutMaterial(workload, object), ...alsoRequests],
    inverse: [{ verb: 'set-resources', workload, container: name, ...Object.fromEntries(before) }],
  };
}

function isStill(present: string | undefined, amount: string): boolean {
  return present !== undefined && sameQuantity(present, amount);
}

/** Only what is not as wanted already. */
function differing(now: Amounts, wanted: Wanted = {}): Wanted {
  const other = Object.entries(wanted).filter(([resource, amount]) => {
    const present = now[resource];
    return amount === null ? present !== undefined : present === undefined || !sameQuantity(present, amount);
  });
  return Object.fromEntries(other);
}

function merged(now: Amounts, changed: Wanted): Amounts {
  const all = Object.entries({ ...now, ...changed });
  return Object.fromEntries(all.flatMap(([resource, amount]) => (amount === null ? [] : [[resource, amount]])));
}

function valuesOf(now: Amounts, resources: readonly string[]): Wanted {
  return Object.fromEntries(resources.map((resource) => [resource, now[resource] ?? null]));
}

function problems(requests: Amounts, limits: Amounts): string[] {
  const unreadable = [...Object.entries(requests), ...Object.entries(limits)].flatMap(([resource, amount]) => {
    const size = quantity(amount);
    return size === undefined || size < 0n ? [`${resource} ${JSON.stringify(amount)} is no amount`] : [];
  });
  const above = Object.entries(requests).flatMap(([resource, amount]) => {
    const limit = limits[resource];
    const over = limit !== undefined && (quantity(amount) ?? 0n) > (quantity(limit) ?? 0n);
    return over ? [`a request of ${resource} ${amount} is above the limit of ${limit}`] : [];
  });
  return [...unreadable, ...above];
}

/** A limit without a request is also the request of the pod. */
function limitsAsRequests(now: Readonly<Record<Kept, Amounts>>, changed: Readonly<Record<Kept, Wanted>>): string[] {
  const requests = merged(now.requests, changed.requests);
  const limits = merged(now.limits, changed.limits);
  const touched = new Set([...Object.keys(changed.requests), ...Object.keys(changed.limits)]);
  return [...touched]
    .filter((resource) => limits[resource] !== undefined && requests[resource] === undefined)
    .map((resource) => `without a request of ${resource} its limit of ${limits[resource]} is also the request`);
}

export const setResources: VerbRules<'set-resources'> = {
  compile,
  risk: 'medium',
  undoneBy: ['set-resources'],
  reads: [...workloadReads, right('list', 'Pod'), right('get', 'Node')],
  writes: workloadWrites,
  settle: rolloutSettle,
};
