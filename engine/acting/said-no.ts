import { canonicalJson } from '../change.ts';
import { amend } from '../documents.ts';
import type { Acting } from './desk.ts';
import type { PolicyRule } from './policy.ts';

/** So many noes to one person, about one thing, are looked up and written down by themselves within a minute. */
export const NOES = 3;
const WITHIN_MS = 60_000;

export interface Wanted {
  readonly plan: string;
  readonly by: string;
  readonly what: string;
}

interface Noes {
  /** Of those that were written down lately, in ms since 1970. */
  readonly times: readonly number[];
  /** How many came since that were not. */
  readonly more: number;
  /** What the last one said, where that was certain, and by which rule. */
  readonly last?: { readonly text: string; readonly rule: string };
}

type Noting = Pick<Acting, 'store' | 'clock'>;

/**
 * What somebody is told who presses again and again what they may not: the same, without asking anybody anew, until the
 * first of the noes is a minute old or the policy says something else. `undefined`: they are looked up.
 */
export function knownNo(acting: Noting, wanted: Wanted, rule: PolicyRule | undefined): Promise<string | undefined> {
  return amended<string | undefined>(acting, wanted, ({ times, more, last }, nowMs) => {
    const [first] = times;
    if (first === undefined || times.length < NOES || last?.rule !== canonicalJson(rule ?? null))
      return { result: undefined };
    const seconds = Math.ceil((first + WITHIN_MS - nowMs) / 1000);
    const again = `You were told so ${NOES} times within a minute: it is looked at again in ${seconds} s.`;
    return { result: `${last.text} ${again}`, value: { times, more: more + 1, last } };
  });
}

/**
 * A no that was found out. Returns how many it stands for in the ledger, with those that were not written down since the
 * last entry; `undefined`: it is only counted, because so many were written down within a minute. `last` is absent where
 * nobody can tell now.
 */
export function noteNo(acting: Noting, wanted: Wanted, last: Noes['last']): Promise<number | undefined> {
  return amended<number | undefined>(acting, wanted, ({ times, more }, nowMs) => {
    const said = last ? { last } : {};
    if (times.length >= NOES) return { result: undefined, value: { times, more: more + 1, ...said } };
    return { result: more + 1, value: { times: [...times, nowMs], more: 0, ...said } };
  });
}

function amended<R>(
  { store, clock }: Noting,
  { plan, by, what }: Wanted,
  decide: (noes: Noes, nowMs: number) => { readonly result: R; readonly value?: Noes },
): Promise<R> {
  return amend<Noes, R>(store, 'progress', `no/${plan}/${by}/${what.replaceAll(' ', '-')}`, (noted) => {
    const nowMs = clock.now().getTime();
    const { times = [], more = 0, last } = noted ?? {};
    const lately = times.filter((at) => nowMs >= at && nowMs - at < WITHIN_MS);
    const { result, value } = decide({ times: lately, more, ...(last ? { last } : {}) }, nowMs);
    return value ? { result, value } : { result };
  });
}
