/** Label sets. They are never changed, so what is derived from one is remembered with it. */
export type Labels = Readonly<Record<string, string>>;

export const metricName = '__name__';

/** The value of a label; a label that is not there is empty, as PromQL has it. */
export function labelOf(labels: Labels, name: string): string {
  return Object.hasOwn(labels, name) ? (labels[name] ?? '') : '';
}

/** Equal for equal label sets. */
export const keyOf = remembered((labels) =>
  JSON.stringify(Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))),
);

export function only(names: readonly string[]): (labels: Labels) => Labels {
  return remembered((labels) => keep(labels, (name) => names.includes(name)));
}

export function without(names: readonly string[]): (labels: Labels) => Labels {
  return remembered((labels) => keep(labels, (name) => !names.includes(name)));
}

export const withoutName = without([metricName]);

/** `labels` with one of them set; set to nothing it is taken away. */
export function withLabel(labels: Labels, name: string, value: string): Labels {
  const rest = keep(labels, (other) => other !== name);
  return value === '' ? rest : { ...rest, [name]: value };
}

/** As Prometheus writes a label set into its messages. */
export function written(labels: Labels): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}=${JSON.stringify(value)}`);
  return `{${pairs.sort().join(', ')}}`;
}

/** Remembers what `derive` made of each label set. */
function remembered<T>(derive: (labels: Labels) => T): (labels: Labels) => T {
  const known = new WeakMap<Labels, { readonly derived: T }>();
  return (labels) => {
    let entry = known.get(labels);
    if (entry === undefined) {
      entry = { derived: derive(labels) };
      known.set(labels, entry);
    }
    return entry.derived;
  };
}

function keep(labels: Labels, wanted: (name: string) => boolean): Labels {
  return Object.fromEntries(Object.entries(labels).filter(([name]) => wanted(name)));
}
