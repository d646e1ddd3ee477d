/** So many requests at once are no ordinary night: a storm of a hundred alerts a second has one or two in flight. */
const RUSH_REQUESTS = 16;
/** Many are answered at once when the disk has written, and come again at once: that is no end of a rush. */
const QUIET_MS = 50;
/** Nobody waits longer for the front door than this. */
const LONGEST_WAIT_MS = 500;
const LOOK_EVERY_MS = 10;

export type Rush = ReturnType<typeof frontDoorRush>;

/**
 * Lets the front door go first. Alertmanager waits for its answer and gives up in the end; stored alerts do not mind.
 */
export function frontDoorRush() {
  let inFlight = 0;
  let lastMany = Number.NEGATIVE_INFINITY;
  const on = () => performance.now() - lastMany < QUIET_MS;
  return {
    on,
    async during<T>(work: () => Promise<T>): Promise<T> {
      inFlight += 1;
      if (inFlight >= RUSH_REQUESTS) lastMany = performance.now();
      try {
        return await work();
      } finally {
        inFlight -= 1;
      }
    },
    /** Resolves when the rush is over, or after half a second. */
    async over(): Promise<void> {
      const until = performance.now() + LONGEST_WAIT_MS;
      while (on() && performance.now() < until) {
        await new Promise((resume) => setTimeout(resume, LOOK_EVERY_MS));
      }
    },
  };
}
