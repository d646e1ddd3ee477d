/** What a cause's `judge` answers. "Could not look" is never "fine": it is `inconclusive`. */
export type Verdict =
  | { readonly verdict: 'confirmed'; readonly reason: string; readonly title?: string }
  | { readonly verdict: 'ruled-out'; readonly reason: string }
  | { readonly verdict: 'inconclusive'; readonly reason: string };

/**
 * The evidence proves this cause. `reason` holds the figure that proves it and the limit it is compared with. `title`: where
 * the cause's own names a choice, what it is by this evidence.
 */
export function confirmed(reason: string, title?: string): Verdict {
  return { verdict: 'confirmed', reason, ...(title === undefined ? {} : { title }) };
}

/** The evidence was seen and excludes this cause. */
export function ruledOut(reason: string): Verdict {
  return { verdict: 'ruled-out', reason };
}

/** The evidence was seen and does not decide. (Missing evidence becomes inconclusive by itself.) */
export function inconclusive(reason: string): Verdict {
  return { verdict: 'inconclusive', reason };
}
