import { executionError } from './errors.ts';
import { distinct, withLabel } from './labels.ts';
import { anchored } from './matchers.ts';
import type { Sample } from './values.ts';

/** `label_replace(v, destination, replacement, source, regex)`; what does not match stays as it is. */
export function labelReplace(samples: readonly Sample[], texts: readonly string[]): readonly Sample[] {
  const [destination = '', replacement = '', source = '', regex = ''] = texts;
  const pattern = compiled(regex);
  checkLabel(destination, 'label_replace');
  return distinct(
    samples.map((sample) => {
      const match = pattern.exec(sample.labels[source] ?? '');
      return match ? { ...sample, labels: withLabel(sample.labels, destination, expand(replacement, match)) } : sample;
    }),
  );
}

/** `label_join(v, destination, separator, source…)` */
export function labelJoin(samples: readonly Sample[], texts: readonly string[]): readonly Sample[] {
  const [destination = '', separator = '', ...sources] = texts;
  checkLabel(destination, 'label_join');
  return distinct(
    samples.map((sample) => {
      const joined = sources.map((source) => sample.labels[source] ?? '').join(separator);
      return { ...sample, labels: withLabel(sample.labels, destination, joined) };
    }),
  );
}

/** Go's templates: `$1`, `${1}`, `$name`, `${name}`, `$$`; an unknown group is empty. */
function expand(template: string, match: RegExpExecArray): string {
  return template.replace(/\$(?:(\$)|(\w+)|\{(\w+)\})/g, (_whole, dollar, bare, braced) => {
    if (dollar) return '$';
    const group: string = bare ?? braced;
    return (/^\d+$/.test(group) ? match[Number(group)] : match.groups?.[group]) ?? '';
  });
}

function compiled(regex: string): RegExp {
  try {
    return anchored(regex);
  } catch {
    throw executionError(`invalid regular expression in label_replace(): ${regex}`);
  }
}

function checkLabel(name: string, where: string): void {
  if (/^[a-zA-Z_]\w*$/.test(name)) return;
  throw executionError(`invalid destination label name in ${where}(): ${name}`);
}
