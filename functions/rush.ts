/** So many requests at once are no ordinary night: a storm of a hundred alerts a second has one or two in flight. */
const RUSH_REQUESTS = 16;
/** Nobody waits longer for the front door than this. */
const LONGEST_WAIT_MS = 250;
const LOOK_EVERY_MS = 10;

export type Rush = ReturnType<typeof frontDoorRush>;

/**
 * Lets the front door go first. Alertmanager waits for its answer and gives up in the end; stored alerts do not mind.
 */
export function frontDoorRush() {
  let inFlight = 0;
  const on = () => inFlight >= RUSH_REQUESTS;
  return {
    on,
    async during<T>(work: () => Promise<T>): Promise<T> {
      inFlight += 1;
      try {
        return await work();
      } finally {
        inFlight -= 1;
      }
    },
    /** Resolves when the rush is over, or after a quarter of a second. */
    async over(): Promise<void> {
      const until = performance.now() + LONGEST_WAIT_MS;
      while (on() && performance.now() < until) {
        await new Promise((resume) => setTimeout(resume, LOOK_EVERY_MS));
      }
    },
  };
}
