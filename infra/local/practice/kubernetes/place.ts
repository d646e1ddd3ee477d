/** Where a URL path points: a collection, one object in it, or a part of that. */
export interface Place {
  readonly group: string;
  readonly version: string;
  readonly plural: string;
  readonly namespace?: string;
  readonly name?: string;
  /** `scale`, `eviction`. */
  readonly subresource?: string;
}

/** `/api/v1/namespaces/shop/pods/web-1`, `/apis/apps/v1/deployments`. `undefined`: no place of objects. */
export function placeOf(path: string): Place | undefined {
  const parts = path.split('/').slice(1).map(decoded);
  const [root, ...rest] = parts;
  const [group, version, ...where] = root === 'api' ? ['', ...rest] : root === 'apis' ? rest : [];
  if (group === undefined || version === undefined) return undefined;
  const [first, second, ...more] = where;
  const inside = first === 'namespaces' && more.length > 0;
  const [plural, name, subresource, ...beyond] = inside ? more : where;
  if (!plural || name === '' || subresource === '' || beyond.length > 0) return undefined;
  return {
    group,
    version,
    plural,
    ...(inside && second !== undefined ? { namespace: second } : {}),
    ...(name === undefined ? {} : { name }),
    ...(subresource === undefined ? {} : { subresource }),
  };
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
