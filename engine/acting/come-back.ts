import type { Plan } from '../plan.ts';
import type { Readers } from '../readers.ts';
import type { Acting } from './desk.ts';
import { type Back, notBack, shortWords } from './not-back.ts';

/**
 * A controller starts another at once, and a webhook that is asked has 10 s unless it says otherwise (`timeoutSeconds`,
 * https://kubernetes.io/docs/reference/access-authn-authz/extensible-admission-controllers/#timeouts). Less than what makes us look dead.
 */
const MOST_MS = 15_000;
const EVERY_MS = 1_000;

/**
 * Why nothing more may be ended: what was ended should have come back by now, and has not. Waits for it, since a controller
 * takes its moment, unless it says itself that it cannot. Each look reads anew, by the `kube` that `looking` gives.
 */
export async function stillAway(
  looking: () => Readers['kube'],
  plan: Plan,
  back: Back,
  pause: NonNullable<Acting['pause']> = (ms) => new Promise((go) => setTimeout(go, ms)),
): Promise<string | undefined> {
  for (let waitedMs = 0; ; waitedMs += EVERY_MS) {
    const lacking = (await notBack(looking(), plan, back)).filter(({ lacks }) => lacks > 0);
    if (lacking.length === 0) return undefined;
    // What a controller says at the first look may be of another time.
    const isSaid = waitedMs > 0 && lacking.some(({ because }) => because !== undefined);
    if (isSaid || waitedMs >= MOST_MS) return `what was ended has not come back: ${shortWords(lacking)}`;
    await pause(EVERY_MS);
  }
}
