/** @typedef {Node | string | number | false | null | undefined} Child */

/**
 * Makes an element. Text always becomes a text node, so nothing from a message can turn into markup.
 * Attributes that are `undefined`, `null` or `false` are left out; `true` gives an empty one.
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Record<string, string | number | boolean | null | undefined>} [attributes]
 * @param {...(Child | Child[])} children
 * @returns {HTMLElementTagNameMap[Tag]}
 */
export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || value === false) continue;
    element.setAttribute(name, value === true ? '' : String(value));
  }
  element.append(...nodes(children));
  return element;
}

/**
 * @param {(Child | Child[])[]} children
 * @returns {(Node | string)[]}
 */
export function nodes(children) {
  return children
    .flat()
    .filter((child) => child !== undefined && child !== null && child !== false && child !== '')
    .map((child) => (typeof child === 'number' ? String(child) : /** @type {Node | string} */ (child)));
}

/**
 * The element with this id; the page's own markup has it.
 * @template {HTMLElement} [Type=HTMLElement]
 * @param {string} id
 * @returns {Type}
 */
export function byId(id) {
  const element = document.getElementById(id);
  if (!element) throw new Error(`The page has no element #${id}.`);
  return /** @type {Type} */ (element);
}

/**
 * Changes `from` into `to` with as few changes as possible, so that focus, selection and scrolling survive an edit.
 * @param {Node} from
 * @param {Node} to
 */
export function morph(from, to) {
  if (from.nodeName !== to.nodeName || from.nodeType !== to.nodeType) {
    from.parentNode?.replaceChild(to, from);
    return;
  }
  if (from instanceof Element && to instanceof Element) {
    morphAttributes(from, to);
    const before = [...from.childNodes];
    const after = [...to.childNodes];
    after.forEach((child, index) => {
      const old = before[index];
      if (old) morph(old, child);
      else from.append(child);
    });
    for (const extra of before.slice(after.length)) extra.remove();
  } else if (from.nodeValue !== to.nodeValue) {
    from.nodeValue = to.nodeValue;
  }
}

/**
 * @param {Element} from
 * @param {Element} to
 */
function morphAttributes(from, to) {
  for (const { name } of [...from.attributes]) if (!to.hasAttribute(name)) from.removeAttribute(name);
  for (const { name, value } of to.attributes) {
    if (from.getAttribute(name) === value) continue;
    // The content security policy allows styles set by property, not by attribute.
    if (name === 'style' && from instanceof HTMLElement) from.style.cssText = value;
    else from.setAttribute(name, value);
  }
}
