interface Message {
  readonly body: number;
  readonly dueAt: number;
  /** When it may be delivered, if it is the first of its group. */
  readyAt: number;
  leased: boolean;
  attempts: number;
}

interface Held {
  readonly group: string;
  readonly body: unknown;
  readonly attempt: number;
}

export type Model = ReturnType<typeof createModel>;

/** The queue as one would write it down: a list per group, of which only the first message can be had. */
export function createModel(now: () => number, maxAttempts: number) {
  const groups = new Map<string, Message[]>();
  const dead: number[] = [];
  const listOf = (group: string) => groups.get(group) ?? [];
  const spent = ({ attempts, readyAt }: Message) => attempts >= maxAttempts && readyAt <= now();

  function holding({ group, body, attempt }: Held): Message | undefined {
    const [first] = listOf(group);
    return first?.leased && first.body === body && first.attempts === attempt ? first : undefined;
  }

  return {
    send(group: string, body: number, delayMs: number): void {
      const dueAt = now() + delayMs;
      const message = { body, dueAt, readyAt: dueAt, leased: false, attempts: 0 };
      groups.set(group, [...listOf(group), message]);
    },

    /** How many groups have a message to give, when those who have had all their attempts are gone. */
    deliverable(): number {
      const firsts = [...groups.values()].map((list) => list.find((message) => !spent(message)));
      return firsts.filter((message) => message && message.readyAt <= now()).length;
    },

    /** The queue says that this message is dead: `false` if it has no right to be. */
    bury(body: number): boolean {
      if (dead.includes(body)) return true;
      const list = [...groups.values()].find(([first]) => first?.body === body && spent(first));
      if (list) dead.push(...list.splice(0, 1).map((first) => first.body));
      return list !== undefined;
    },

    receive(group: string, leaseMs: number): { body: number; attempt: number } | undefined {
      const [first] = listOf(group);
      if (!first || first.readyAt > now() || spent(first)) return undefined;
      first.leased = true;
      first.attempts += 1;
      first.readyAt = now() + leaseMs;
      return { body: first.body, attempt: first.attempts };
    },

    done(message: Held): boolean {
      if (!holding(message)) return false;
      listOf(message.group).shift();
      return true;
    },

    retry(message: Held, delayMs: number, countsAsAttempt: boolean): void {
      const held = holding(message);
      if (!held) return;
      if (countsAsAttempt && held.attempts >= maxAttempts) {
        listOf(message.group).shift();
        dead.push(held.body);
      } else {
        held.leased = false;
        held.readyAt = now() + delayMs;
        held.attempts -= countsAsAttempt ? 0 : 1;
      }
    },

    /** Killed: what was in flight has used up an attempt. Stopped: it was handed back. */
    restart(killed: boolean): void {
      for (const [first] of groups.values()) {
        if (!first?.leased) continue;
        first.leased = false;
        first.readyAt = now();
        first.attempts -= killed ? 0 : 1;
      }
    },

    inFlight: () => [...groups.values()].filter(([first]) => first?.leased && first.readyAt > now()).length,
    total: () => [...groups.values()].flat().length + dead.length,
    dead: (): readonly number[] => dead,
  };
}
