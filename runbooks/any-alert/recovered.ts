import type { JudgeContext } from '../../engine/runbook.ts';
import { confirmed, inconclusive, ruledOut, type Verdict } from '../../engine/verdict.ts';
import type { Seen } from './evidence.ts';
import { type Expression, holdsNow } from './expression.ts';
import { troubleOf } from './machine.ts';
import { presentIn } from './pods.ts';
import type { AnyTarget } from './target.ts';

/**
 * Nobody knows what the alert means, so that a target that looks well proves nothing as long as its expression holds.
 * That the expression gives nothing proves nothing alone either: what it is made of may have gone.
 */
export function recovered(seen: Seen, maybe: Partial<Seen>, { now, target }: JudgeContext<AnyTarget>): Verdict {
  const { expression } = maybe;
  if (expression && holdsNow(expression, now)) return ruledOut("the alert's expression still holds");
  if (target.kind === 'Node') return machineWell(seen);
  const { pods } = seen;
  if (!pods.named) return inconclusive('there is no object that shows whether it is over');
  if (pods.gone) return inconclusive('what the alert was about does not exist any more');
  const present = presentIn(pods);
  if (present.length === 0) return inconclusive('it has no pods now');
  const ill = present.filter(({ ready, phase }) => !ready && phase !== 'Succeeded');
  if (ill.length > 0) return ruledOut(`${ill[0]?.name} is not ready`);
  if (pods.more) return inconclusive('the pods that were looked at are ready; there are others');
  if (expression === undefined)
    return inconclusive(`its pods are ready; whether the alert's expression holds could not be seen`);
  return gives(expression, 'its pods are ready');
}

function machineWell({ machine: { name, node }, expression }: Seen): Verdict {
  if (node === null) return inconclusive(`the node ${name} does not exist any more`);
  const trouble = troubleOf(node);
  if (trouble !== undefined) return ruledOut(`${name}: ${trouble}`);
  return gives(expression, `${name} is ready`);
}

function gives(expression: Expression, well: string): Verdict {
  if (expression === null) return inconclusive(`${well}; the alert's expression is not known`);
  return expression.scrapes
    ? confirmed(`${well}, and the alert's expression gives nothing any more`)
    : inconclusive(`${well}; Prometheus scrapes nothing, so the alert's expression cannot hold`);
}
