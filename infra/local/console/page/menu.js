import { byId, h } from './dom.js';

/**
 * Opens a menu below an element and tells what was chosen. Arrow keys move, Escape closes.
 * @param {HTMLElement} anchor
 * @param {{ label: string, value: string, url?: string, note?: string, checked?: boolean }[]} items
 * @param {(value: string) => void} choose
 */
export function openMenu(anchor, items, choose) {
  const menu = byId('menu');
  // What lies outside an open dialog cannot be used.
  (anchor.closest('dialog') ?? document.body).append(menu);
  menu.replaceChildren(...items.map(drawItem));
  menu.onclick = ({ target }) => {
    const item = target instanceof Element ? target.closest('button') : null;
    if (!item) return;
    menu.hidePopover();
    const { url } = items.find(({ value }) => value === item.dataset.value) ?? {};
    if (url && /^https?:/.test(url)) window.open(url, '_blank', 'noopener');
    choose(item.dataset.value ?? '');
  };
  menu.onkeydown = (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const buttons = [...menu.querySelectorAll('button')];
    const at = buttons.indexOf(/** @type {HTMLButtonElement} */ (document.activeElement));
    buttons.at((at + step) % buttons.length)?.focus();
  };
  menu.showPopover();
  const { bottom, top, left } = anchor.getBoundingClientRect();
  const { width, height } = menu.getBoundingClientRect();
  const below = bottom + height + 8 < innerHeight;
  menu.style.setProperty('top', `${below ? bottom + 4 : top - height - 4}px`);
  menu.style.setProperty('left', `${Math.max(8, Math.min(left, innerWidth - width - 8))}px`);
  const first = menu.querySelector('[aria-checked="true"]') ?? menu.querySelector('button');
  if (first instanceof HTMLElement) first.focus();
}

/** @param {{ label: string, value: string, note?: string, checked?: boolean }} item */
function drawItem({ label, value, note, checked }) {
  const role = checked === undefined ? 'menuitem' : 'menuitemradio';
  const attributes = {
    type: 'button',
    role,
    'data-value': value,
    'aria-checked': checked === undefined ? undefined : String(checked),
  };
  return h('button', attributes, label, note && h('span', { class: 'menu-note' }, note));
}
