import { executionError } from '../errors.ts';
import { anchored, expanded } from '../language/regex.ts';
import type { Sample } from '../value.ts';
import { labelOf, withLabel } from '../vectors/labels.ts';

/** `label_replace(v, destination, replacement, source, regex)`: where `regex` matches all of the source label. */
export function labelReplace(samples: readonly Sample[], texts: readonly string[]): Sample[] {
  const [destination = '', replacement = '', source = '', expression = ''] = texts;
  refuse(destination, 'destination label name in label_replace()');
  const regex = readable(expression);
  return samples.map(({ labels, value }) => {
    const match = regex.exec(labelOf(labels, source));
    return match ? { labels: withLabel(labels, destination, expanded(replacement, match)), value } : { labels, value };
  });
}

/** `label_join(v, destination, separator, sources…)`. */
export function labelJoin(samples: readonly Sample[], texts: readonly string[]): Sample[] {
  const [destination = '', separator = '', ...sources] = texts;
  refuse(destination, 'destination label name in label_join()');
  for (const source of sources) refuse(source, 'source label name in label_join()');
  return samples.map(({ labels, value }) => {
    const joined = sources.map((source) => labelOf(labels, source)).join(separator);
    return { labels: withLabel(labels, destination, joined), value };
  });
}

function readable(expression: string): RegExp {
  try {
    return anchored(expression);
  } catch {
    throw executionError(`invalid regular expression in label_replace(): ${expression}`);
  }
}

function refuse(label: string, what: string): void {
  if (!/^[a-zA-Z_]\w*$/.test(label)) throw executionError(`invalid ${what}: ${label}`);
}
