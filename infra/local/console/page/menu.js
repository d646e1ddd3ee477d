import { byId, h } from './dom.js';

/**
 * Opens a menu below an element and tells what was chosen. Arrow keys move, Escape closes.
 * @param {HTMLElement} anchor
 * @param {{ label: string, value: string, url?: string }[]} items
 * @param {(value: string) => void} choose
 */
export function openMenu(anchor, items, choose) {
  const menu = byId('menu');
  menu.replaceChildren(
    ...items.map(({ label, value }) => h('button', { type: 'button', role: 'menuitem', 'data-value': value }, label)),
  );
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
  menu.querySelector('button')?.focus();
}
