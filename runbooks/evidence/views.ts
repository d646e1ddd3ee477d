/** What is known, with some of it seen otherwise; read by name as the engine hands it over: it notes what was looked at. */
export function viewOf<Tables extends object, Views extends Readonly<Record<string, () => unknown>>>(
  tables: Tables,
  views: Views,
): Tables {
  return new Proxy(tables, {
    get: (all, name) => (isOf(views, name) ? views[name]?.() : Reflect.get(all, name)),
  });
}

function isOf<Views extends object>(views: Views, name: string | symbol): name is keyof Views & string {
  return Object.hasOwn(views, name);
}
