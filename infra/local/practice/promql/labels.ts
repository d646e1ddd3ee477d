import { executionError } from './errors.ts';
import type { Labels } from './values.ts';

/** The labels but these. Absent and empty are the same in Prometheus. */
export function without(labels: Labels, names: readonly string[]): Labels {
  const kept: Record<string, string> = {};
  for (const name in labels) {
    const value = labels[name];
    if (value && !names.includes(name)) kept[name] = value;
  }
  return kept;
}

export function only(labels: Labels, names: readonly string[]): Labels {
  const kept: Record<string, string> = {};
  for (const name of names) {
    const value = labels[name];
    if (value) kept[name] = value;
  }
  return kept;
}

const NAME = ['__name__'];

export function withoutName(labels: Labels): Labels {
  return without(labels, NAME);
}

/** Sets a label, or removes it when the value is empty. */
export function withLabel(labels: Labels, name: string, value: string): Labels {
  return value === '' ? without(labels, [name]) : { ...labels, [name]: value };
}

/** Equal for equal label sets. */
export function identity(labels: Labels): string {
  return Object.keys(labels)
    .sort()
    .map((name) => `${name}\xff${labels[name]}`)
    .join('\xfe');
}

/** The values of these labels as one key; an absent label counts as empty. */
export function keyBy(labels: Labels, names: readonly string[]): string {
  let key = '';
  for (const name of names) key += `${labels[name] ?? ''}\xff`;
  return key;
}

/** The set as error messages write it: `{job="etcd", pod="etcd-1"}`. */
export function shown(labels: Labels): string {
  const { __name__: metric = '', ...rest } = labels;
  const parts = Object.keys(rest)
    .sort()
    .map((name) => `${name}=${JSON.stringify(rest[name])}`);
  return `${metric}{${parts.join(', ')}}`;
}

/** Refuses a vector in which two elements have come to carry the same labels. */
export function distinct<T extends { readonly labels: Labels }>(elements: readonly T[]): readonly T[] {
  const seen = new Set<string>();
  for (const { labels } of elements) {
    const key = identity(labels);
    if (seen.has(key)) throw executionError('vector cannot contain metrics with the same labelset');
    seen.add(key);
  }
  return elements;
}

/**
 * Drops the metric name of every element. Elements of one metric cannot collide by that, so only mixtures are compared.
 */
export function unnamed<T extends { readonly labels: Labels }>(elements: readonly T[]): readonly T[] {
  const name = elements[0]?.labels.__name__;
  const mixed = elements.some(({ labels }) => labels.__name__ !== name);
  const bare = elements.map((element) => ({ ...element, labels: withoutName(element.labels) }));
  return mixed ? distinct(bare) : bare;
}
