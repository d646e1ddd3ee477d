export interface Agenda {
  /** A moment at which to look again; nothing is added twice. */
  add(at: number | undefined): void;
  /** The earliest moment left. */
  next(): number | undefined;
}

/** Moments in order. Those in the past of the latest one asked for are refused: a simulation does not go back. */
export function agendaOf(moments: readonly number[]): Agenda {
  const waiting = [...new Set(moments)].sort((a, b) => b - a);
  let latest = Number.NEGATIVE_INFINITY;
  return {
    add(at) {
      if (at === undefined || at <= latest) return;
      const place = waiting.findLastIndex((other) => other >= at);
      if (waiting[place] !== at) waiting.splice(place + 1, 0, at);
    },
    next() {
      const at = waiting.pop();
      latest = at ?? latest;
      return at;
    },
  };
}
