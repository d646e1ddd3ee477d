import type { Freshness } from '../../engine/people.ts';
import type { Clock } from '../../engine/ports.ts';

/**
 * Asks for each key when it is asked, or, where a remembered answer will do, at most once in `keepMs`, counted from the
 * question, so that no answer is older than that. Failures are not remembered, and who asks while a question is under
 * way gets its answer.
 */
export function remembering<T>(
  ask: (key: string) => Promise<T>,
  keepMs: number,
  clock: Clock,
): (key: string, how?: Freshness) => Promise<T> {
  const known = new Map<string, { readonly askedAtMs: number; readonly answer: Promise<T>; underWay: boolean }>();
  return (key, { remembered = false } = {}) => {
    const nowMs = clock.now().getTime();
    // A clock that was put back makes an entry look younger than it is: it does not count either.
    const isFresh = (askedAtMs: number) => nowMs >= askedAtMs && nowMs - askedAtMs < keepMs;
    for (const [other, { askedAtMs }] of known) if (!isFresh(askedAtMs)) known.delete(other);
    const before = known.get(key);
    if (before && (remembered || before.underWay)) return before.answer;
    const answer = ask(key);
    const entry = { askedAtMs: nowMs, answer, underWay: true };
    known.set(key, entry);
    answer.then(
      () => {
        entry.underWay = false;
      },
      () => known.get(key) === entry && known.delete(key),
    );
    return answer;
  };
}
