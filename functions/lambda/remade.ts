/**
 * Makes a thing of some parts, and makes it again when one of them is another: of secrets that may be rotated. What was
 * made before is let go.
 */
export function remade<Parts extends readonly unknown[], Thing>(
  make: (...parts: Parts) => Thing,
  letGo: (thing: Thing) => void = () => {},
): (...parts: Parts) => Thing {
  let last: { readonly parts: Parts; readonly thing: Thing } | undefined;
  return (...parts) => {
    if (last?.parts.every((part, index) => part === parts[index])) return last.thing;
    if (last) letGo(last.thing);
    last = { parts, thing: make(...parts) };
    return last.thing;
  };
}
