import type { Alert } from '../../engine/alert.ts';
import { redact } from '../../engine/redact.ts';

type Texts = Readonly<Record<string, string>>;

/** More of one label or annotation nobody reads, and it would be stored and redrawn with every look. */
export const KEPT_CHARS = 8_192;
/** Of all labels of an alert together, and of all its annotations: a card of more takes the process longer than 0.1 s. */
const KEPT_CHARS_TOGETHER = 64 * 1_024;
const KEPT_TEXTS = 128;
const LONGEST_NAME_CHARS = 512;
/** These say what an alert is about: of too many labels they are the last to go. */
const telling =
  /^(alertname|severity|cluster|(exported_)?(namespace|pod|node|instance|job|service|container)|deployment|daemonset|statefulset|job_name|persistentvolumeclaim)$/;

/**
 * The labels and annotations as far as they are kept, and how many are not whole. Long ones are shortened, all to the
 * same length, so that no short one, which may name the node, is lost for a long one.
 */
export function bounded({
  labels,
  annotations,
}: Pick<Alert, 'labels' | 'annotations'>): Pick<Alert, 'labels' | 'annotations' | 'cut'> {
  const [some, more] = [fitting(labels), fitting(annotations)];
  const leftOut = some.leftOut + more.leftOut;
  const shortened = some.shortened + more.shortened;
  return {
    labels: some.texts,
    annotations: more.texts,
    ...(leftOut + shortened > 0 ? { cut: { leftOut, shortened } } : {}),
  };
}

function fitting(all: Texts): { readonly texts: Texts; readonly leftOut: number; readonly shortened: number } {
  const texts = fewer(Object.entries(all));
  const longest = longestOf(texts.map(([, { length }]) => length));
  const short = texts.map(([name, text]) => [name, text.length > longest ? cut(text, longest) : text] as const);
  return {
    texts: Object.fromEntries(short),
    leftOut: Object.keys(all).length - texts.length,
    shortened: texts.filter(([, { length }]) => length > longest).length,
  };
}

function fewer(all: readonly (readonly [string, string])[]): readonly (readonly [string, string])[] {
  const named = all.filter(([name]) => name.length <= LONGEST_NAME_CHARS);
  if (named.length <= KEPT_TEXTS) return named;
  const rank = ([name, { length }]: readonly [string, string]) => (telling.test(name) ? -1 : length);
  const kept = new Set(named.toSorted((one, other) => rank(one) - rank(other)).slice(0, KEPT_TEXTS));
  return named.filter((one) => kept.has(one));
}

/** Halved until all of them together fit. */
function longestOf(lengths: readonly number[]): number {
  let longest = KEPT_CHARS;
  while (lengths.reduce((sum, length) => sum + Math.min(length, longest), 0) > KEPT_CHARS_TOGETHER) longest /= 2;
  return longest;
}

/** Masked before it is cut: half an address with a password in it does not look like one. No secret is longer than a private key. */
function cut(text: string, longest: number): string {
  return `${redact(text.slice(0, longest + KEPT_CHARS)).slice(0, longest)}…`;
}
