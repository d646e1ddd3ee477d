import { type Incident, isOpen, type Opening } from './incident.ts';
import type { Store } from './ports.ts';
import { hasTopic } from './runbook.ts';
import type { ComponentTarget, Target } from './target.ts';

/**
 * The open incident of the component an alert is about, where one of the two does not say which scrape job saw it (a
 * crash loop of its container, a rule that adds everything up) and there is only one it can be.
 */
export async function openOfComponent(
  store: Pick<Store, 'list'>,
  { cluster, runbook, target }: Opening,
): Promise<Incident | undefined> {
  if (target.kind !== 'Component' || !hasTopic(runbook)) return undefined;
  const open = (await store.list<Incident>('incidents'))
    .map(({ value }) => value)
    .filter((one) => one.cluster === cluster && one.runbook === runbook && isOpen(one))
    .filter((one) => one.target.kind === 'Component' && one.target.name === target.name);
  const job = jobOf(target);
  const [only, ...others] = open;
  if (job === undefined) return others.length === 0 ? only : undefined;
  const same = open.find((one) => jobOf(one.target) === job);
  return same ?? (only && others.length === 0 && jobOf(only.target) === undefined ? only : undefined);
}

/** An incident that did not know its scrape job knows it from the first alert that does. */
export function withJob(incident: Incident, target: Target): Incident {
  const { target: before } = incident;
  if (before.kind !== 'Component' || target.kind !== 'Component' || before.name !== target.name) return incident;
  return jobOf(target) === undefined || jobOf(before) !== undefined ? incident : { ...incident, target };
}

/** Where it tells one of several apart. */
function jobOf(target: Target): ComponentTarget['job'] {
  return target.kind === 'Component' && target.perJob ? target.job : undefined;
}
