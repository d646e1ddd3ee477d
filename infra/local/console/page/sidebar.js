import { perform } from './api.js';
import { byId, h } from './dom.js';
import { icon } from './icons.js';
import { toast } from './notices.js';

/** @typedef {{ id: string, title: string, description: string }} Drill */

const narrow = matchMedia('(max-width: 760px)');

/** Makes the sidebar a drawer on narrow screens, with everything a drawer owes to the keyboard. */
export function setUpSidebar() {
  const sidebar = byId('sidebar');
  const opener = byId('open-sidebar');
  opener.append(icon('menu'));
  byId('close-sidebar').append(icon('close'));
  const show = (/** @type {boolean} */ open) => {
    byId('app').classList.toggle('drawer-open', open);
    opener.setAttribute('aria-expanded', String(open));
    sidebar.inert = narrow.matches && !open;
    if (open) byId('close-sidebar').focus();
  };
  opener.addEventListener('click', () => show(true));
  const close = () => {
    if (!byId('app').classList.contains('drawer-open')) return;
    show(false);
    opener.focus();
  };
  byId('close-sidebar').addEventListener('click', close);
  byId('backdrop').addEventListener('click', close);
  byId('channel-link').addEventListener('click', close);
  document.addEventListener('keydown', ({ key }) => key === 'Escape' && close());
  narrow.addEventListener('change', () => show(false));
  show(false);
  setUpThemes();
  byId('drills').addEventListener('click', (event) => {
    const button = event.target instanceof Element && event.target.closest('button');
    if (button) void start(button, close);
  });
}

/**
 * @param {HTMLButtonElement} button
 * @param {() => void} close
 */
async function start(button, close) {
  button.disabled = true;
  button.setAttribute('aria-busy', 'true');
  close();
  const { ok, error } = await perform('drill', { id: button.dataset.drill });
  if (!ok) toast(`The drill did not start: ${error}`);
  button.disabled = false;
  button.removeAttribute('aria-busy');
}

/** @param {Drill[]} drills */
export function showDrills(drills) {
  byId('drills-section').hidden = drills.length === 0;
  byId('drills').replaceChildren(
    ...drills.map(({ id, title, description }) =>
      h(
        'li',
        {},
        h(
          'button',
          {
            type: 'button',
            class: 'drill',
            'data-drill': id,
            'aria-label': `Start the drill “${title}”. ${description}`,
          },
          h('span', { class: 'drill-icon' }, icon('play')),
          h(
            'span',
            { class: 'drill-words' },
            h('span', { class: 'drill-title' }, title),
            h('span', { class: 'drill-description' }, description),
          ),
        ),
      ),
    ),
  );
}

/** Light, dark, or what the system says. The choice is kept in this browser. */
function setUpThemes() {
  const choices = /** @type {const} */ ([
    ['system', 'screen', 'As the system'],
    ['light', 'sun', 'Light'],
    ['dark', 'moon', 'Dark'],
  ]);
  const root = document.documentElement;
  const themes = byId('themes');
  const mark = () => {
    const current = root.dataset.theme ?? 'system';
    for (const button of themes.querySelectorAll('button')) {
      const on = button.dataset.theme === current;
      button.setAttribute('aria-checked', String(on));
      button.tabIndex = on ? 0 : -1;
    }
  };
  const choose = (/** @type {string} */ theme) => {
    if (theme === 'system') {
      delete root.dataset.theme;
      localStorage.removeItem('theme');
    } else {
      root.dataset.theme = theme;
      localStorage.setItem('theme', theme);
    }
    mark();
  };
  themes.replaceChildren(
    ...choices.map(([value, image, label]) =>
      h(
        'button',
        { type: 'button', role: 'radio', 'data-theme': value, 'aria-label': label, title: label },
        icon(image),
      ),
    ),
  );
  themes.addEventListener('click', (event) => {
    const button = event.target instanceof Element && event.target.closest('button');
    if (button) choose(button.dataset.theme ?? 'system');
  });
  themes.addEventListener('keydown', (event) => {
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const buttons = [...themes.querySelectorAll('button')];
    const at = buttons.indexOf(/** @type {HTMLButtonElement} */ (document.activeElement));
    const next = buttons.at((at + step) % buttons.length);
    next?.focus();
    choose(next?.dataset.theme ?? 'system');
  });
  mark();
}
