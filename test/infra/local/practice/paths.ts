/** Maps whose keys are data, not shape. */
const DATA = new Set([
  'labels',
  'annotations',
  'fieldsV1',
  'matchLabels',
  'nodeSelector',
  'capacity',
  'allocatable',
  'limits',
  'requests',
]);

/** The shape of objects: every path that occurs in any of them; items of arrays count together. */
export function pathsOf(...objects: readonly unknown[]): Set<string> {
  const found = new Set<string>();
  const walk = (value: unknown, path: string) => {
    if (value === null || typeof value !== 'object') return;
    for (const [key, inner] of Object.entries(value)) {
      const deeper = Array.isArray(value) ? `${path}[]` : path === '' ? key : `${path}.${key}`;
      found.add(deeper);
      if (Array.isArray(value) || !DATA.has(key)) walk(inner, deeper);
    }
  };
  for (const object of objects) walk(object, '');
  return found;
}

/** Paths of the first shape that the second lacks. */
export function missing(wanted: ReadonlySet<string>, has: ReadonlySet<string>): string[] {
  return [...wanted].filter((path) => !has.has(path)).sort();
}
