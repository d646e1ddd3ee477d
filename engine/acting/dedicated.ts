import { evictable } from '../changes/drain-pods.ts';
import { podsOn } from '../changes/look.ts';
import type { Node, Pod } from '../changes/objects.ts';
import { tolerates } from '../changes/tolerations.ts';
import type { Readers } from '../readers.ts';
import { barriersOf, isPassing, sameTaint, type Taint } from './kept-free.ts';

/** So many taints are looked into, a call each: nobody keeps more kinds of nodes apart by hand (judgement). */
const MOST_TAINTS = 8;

/** Those that may dedicate a node: whether they do, only its pods can tell. */
export function lastingOf(taints: readonly Taint[]): readonly Taint[] {
  return barriersOf(taints).filter((taint) => !isPassing(taint));
}

/**
 * Of the taints of these nodes those that dedicate them: pods run there that name the taint. One that somebody set by
 * hand to take a node out is named by none; and who tolerates everything names nothing.
 */
export async function inUse(
  kube: Readers['kube'],
  nodes: readonly { readonly name: string; readonly taints: readonly Taint[] }[],
  near: { readonly name: string; readonly pods: readonly Pod[] },
): Promise<readonly Taint[]> {
  const all = nodes.flatMap(({ taints }) => taints);
  const apart = all.filter((taint, index) => all.findIndex((one) => sameTaint(one, taint)) === index);
  const each = apart.slice(0, MOST_TAINTS).map(async (taint) => {
    const holders = nodes.filter(({ taints }) => hasTaint(taints, taint)).map(({ name }) => name);
    if (holders.includes(near.name) && isNamedBy(near.pods, taint)) return [taint];
    const other = holders.find((name) => name !== near.name);
    return other !== undefined && isNamedBy(await podsOn(kube, other), taint) ? [taint] : [];
  });
  return (await Promise.all(each)).flat();
}

/** Pods that could go elsewhere, and run here because they put up with this very taint. */
export function isNamedBy(pods: readonly Pod[], taint: Taint): boolean {
  return evictable(pods).some(({ spec }) =>
    spec.tolerations.some((one) => one.key === taint.key && tolerates(one, taint)),
  );
}

export function hasTaint(taints: readonly Taint[], taint: Taint): boolean {
  return taints.some((one) => sameTaint(one, taint));
}

/** Whether two nodes are dedicated alike. */
export function isAlike(used: readonly Taint[], a: Node, b: Node): boolean {
  return used.every((taint) => hasTaint(a.spec.taints, taint) === hasTaint(b.spec.taints, taint));
}
