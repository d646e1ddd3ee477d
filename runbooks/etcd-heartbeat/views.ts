import type { Maybe } from './facts.ts';
import type { Seen } from './seen.ts';

/** What is known, with some of it as another would see it; read by name as the engine hands it over: it notes what was looked at. */
export function viewOf<Tables extends Maybe>(
  tables: Tables,
  views: { readonly [Name in keyof Seen]?: () => Maybe[Name] | undefined },
): Tables {
  return new Proxy(tables, {
    get: (all, name) => (isOf(views, name) ? views[name]?.() : Reflect.get(all, name)),
  });
}

function isOf<Views extends object>(views: Views, name: string | symbol): name is keyof Views & string {
  return Object.hasOwn(views, name);
}
