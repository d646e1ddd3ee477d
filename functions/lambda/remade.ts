/**
 * Makes a thing of some texts, and makes it again when one of them has changed: of secrets that may be rotated. What was
 * made before is let go.
 */
export function remade<Texts extends readonly string[], Thing>(
  make: (...texts: Texts) => Thing,
  letGo: (thing: Thing) => void = () => {},
): (...texts: Texts) => Thing {
  let last: { readonly texts: Texts; readonly thing: Thing } | undefined;
  return (...texts) => {
    if (last?.texts.every((text, index) => text === texts[index])) return last.thing;
    if (last) letGo(last.thing);
    last = { texts, thing: make(...texts) };
    return last.thing;
  };
}
