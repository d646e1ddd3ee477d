import type { Freshness } from '../../engine/people.ts';
import type { Clock } from '../../engine/ports.ts';
import { Limited } from './failures.ts';
import { lineOf } from './line.ts';

interface Question<T> {
  /** When it was sent: no answer is older than that. */
  readonly askedAtMs: number;
  readonly answer: Promise<T>;
}

/**
 * Asks for each key, unless somebody's question since then tells as well: one that is under way, or was answered within
 * `keepMs`. Failures are not remembered. While Slack takes no more questions whoever has patience waits in the line, and
 * looks there whether theirs was answered meanwhile.
 */
export function remembering<T>(
  ask: (key: string) => Promise<T>,
  keepMs: number,
  clock: Clock,
): (key: string, how?: Freshness) => Promise<T> {
  const answered = new Map<string, Question<T>>();
  const underWay = new Map<string, Question<T>>();
  const line = lineOf(clock);
  let came = 0;

  /** Fresh enough for this one. A clock that was put back makes an answer look younger than it is: it counts for nothing. */
  function known(key: string, sinceMs: number | undefined): Promise<T> | undefined {
    const nowMs = clock.now().getTime();
    for (const [other, { askedAtMs }] of answered)
      if (nowMs < askedAtMs || nowMs - askedAtMs >= keepMs) answered.delete(other);
    const asked = underWay.get(key);
    if (asked && asked.askedAtMs >= (sinceMs ?? nowMs)) return asked.answer;
    const before = answered.get(key);
    return sinceMs !== undefined && before && before.askedAtMs >= sinceMs ? before.answer : undefined;
  }

  function asked(key: string): Promise<T> {
    const question: Question<T> = { askedAtMs: clock.now().getTime(), answer: ask(key) };
    underWay.set(key, question);
    const over = () => underWay.get(key) === question && underWay.delete(key);
    question.answer.then(() => {
      over();
      const before = answered.get(key);
      if (!before || before.askedAtMs <= question.askedAtMs) answered.set(key, question);
    }, over);
    return question.answer;
  }

  return async (key, { remembered = false, since, patience } = {}) => {
    const sinceMs = remembered ? 0 : since?.getTime();
    if (!patience) return known(key, sinceMs) ?? asked(key);
    came += 1;
    const nth = came;
    for (;;) {
      const before = known(key, sinceMs);
      const leave = before ? () => undefined : await line.turn(patience, nth);
      try {
        return await (before ?? known(key, sinceMs) ?? asked(key));
      } catch (failure) {
        if (!(failure instanceof Limited)) throw failure;
        line.close(failure);
      } finally {
        leave();
      }
    }
  };
}
