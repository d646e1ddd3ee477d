import { amend } from '../engine/documents.ts';
import type { Desk } from '../engine/triage.ts';

interface Lately {
  /** `at`: ms since 1970. */
  readonly times: readonly { readonly at: number; readonly what?: string | undefined }[];
}

/**
 * Whether somebody may do it once more: so often in any stretch of `withinMs`, each by themselves. Noted in the store, so
 * that it holds for all processes together. `what` tells one thing that comes again from another one.
 */
export function atMost(
  { store, clock }: Pick<Desk, 'store' | 'clock'>,
  kind: string,
  most: number,
  withinMs: number,
): (who: string, what?: string) => Promise<boolean> {
  return (who, what) =>
    amend<Lately, boolean>(store, 'progress', `lately/${kind}/${who}`, (noted) => {
      const now = clock.now().getTime();
      const lately = (noted?.times ?? []).filter(({ at }) => now - at < withinMs);
      if (what !== undefined && lately.some((one) => one.what === what)) return { result: true };
      return lately.length >= most
        ? { result: false }
        : { result: true, value: { times: [...lately, { at: now, what }] } };
    });
}
