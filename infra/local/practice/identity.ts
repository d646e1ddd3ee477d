import { createHash } from 'node:crypto';

/** Names, numbers and beats that look made up but are the same whenever they are asked for. */

/** A UID as Kubernetes gives them. */
export function uid(...names: readonly string[]): string {
  const hex = digest(names);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

/** Hexadecimal digits, at most 64: container ids, image digests, template hashes. */
export function hexOf(digits: number, ...names: readonly string[]): string {
  return createHash('sha256').update(names.join('\0')).digest('hex').slice(0, digits);
}

/** A number from 0 to below `limit`. */
export function pick(limit: number, ...names: readonly string[]): number {
  return Number.parseInt(digest(names).slice(0, 8), 16) % limit;
}

/** The latest moment not after `now` of something that happens every so many seconds; every name has its own beat. */
export function lastBeat(now: number, everySeconds: number, ...names: readonly string[]): number {
  const phase = pick(everySeconds * 1000, ...names) / 1000;
  return Math.floor((now - phase) / everySeconds) * everySeconds + phase;
}

/** The letters of generated names: no vowels, so no words (k8s.io/apimachinery, util/rand). */
const LETTERS = 'bcdfghjklmnpqrstvwxz2456789';
const SUFFIXES = LETTERS.length ** 5;
/** A number and its inverse modulo `SUFFIXES`: neighbours get suffixes that do not look alike, and each leads back. */
const [SCATTER, GATHER] = [5_915_587, 14001271];

/** The five letters at the end of a pod's name. `ordinalOf` gives the number back; there are 14 million. */
export function suffixOf(ordinal: number): string {
  let rest = ((ordinal + 1) * SCATTER) % SUFFIXES;
  let suffix = '';
  for (let place = 0; place < 5; place += 1) {
    suffix += LETTERS[rest % LETTERS.length];
    rest = Math.floor(rest / LETTERS.length);
  }
  return suffix;
}

/** `undefined`: not such a suffix. */
export function ordinalOf(suffix: string): number | undefined {
  if (suffix.length !== 5 || [...suffix].some((letter) => !LETTERS.includes(letter))) return undefined;
  const scattered = [...suffix].reduceRight((sum, letter) => sum * LETTERS.length + LETTERS.indexOf(letter), 0);
  return ((scattered * GATHER) % SUFFIXES) - 1;
}

function digest(names: readonly string[]): string {
  return createHash('sha1').update(names.join('\0')).digest('hex');
}
