import { perform } from './api.js';
import { h } from './dom.js';
import { icon } from './icons.js';
import { toast } from './notices.js';

/** @typedef {{ text: string, usage?: string, description: string }} Hint */

/**
 * The message box. A line that starts with a slash is a command, and what may follow is offered while it is typed.
 * @param {HTMLElement} place
 * @param {{ label: string, hints: () => Hint[], threadTs?: () => string | undefined }} options
 */
export function createComposer(place, { label, hints, threadTs }) {
  const id = `${place.id}-box`;
  const box = h('textarea', {
    id,
    class: 'composer-box',
    rows: 1,
    placeholder: label,
    'aria-label': label,
    'aria-autocomplete': 'list',
    'aria-controls': `${id}-hints`,
    'aria-expanded': 'false',
    role: 'combobox',
    enterkeyhint: 'send',
    spellcheck: 'false',
    autocomplete: 'off',
  });
  const send = h(
    'button',
    { type: 'button', class: 'composer-send', 'aria-label': 'Send', disabled: true },
    icon('send'),
  );
  const list = h('ul', { id: `${id}-hints`, class: 'hints', role: 'listbox', 'aria-label': 'Commands', hidden: true });
  const tip = h('p', { class: 'composer-tip' }, h('kbd', {}, '/'), ' for commands');
  place.replaceChildren(list, h('div', { class: 'composer' }, box, h('div', { class: 'composer-bar' }, tip, send)));

  /** @type {Hint[]} */
  let offered = [];
  let chosen = 0;

  const draw = () => {
    const text = box.value;
    offered = threadTs || !text.startsWith('/') || text.includes('\n') ? [] : matching(hints(), text);
    chosen = Math.min(chosen, Math.max(0, offered.length - 1));
    list.hidden = offered.length === 0;
    box.setAttribute('aria-expanded', String(offered.length > 0));
    if (offered.length > 0) box.setAttribute('aria-activedescendant', `${id}-hint-${chosen}`);
    else box.removeAttribute('aria-activedescendant');
    list.replaceChildren(
      ...offered.map((hint, index) =>
        h(
          'li',
          {
            id: `${id}-hint-${index}`,
            role: 'option',
            class: 'hint',
            'aria-selected': String(index === chosen),
            'data-index': index,
          },
          h('span', { class: 'hint-text' }, hint.text, hint.usage && h('span', { class: 'hint-usage' }, hint.usage)),
          h('span', { class: 'hint-description' }, hint.description),
        ),
      ),
    );
    list.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: 'nearest' });
    send.disabled = text.trim() === '';
    box.style.setProperty('height', 'auto');
    if (box.scrollHeight > 0) box.style.setProperty('height', `${box.scrollHeight}px`);
  };

  const take = (/** @type {number} */ index) => {
    const hint = offered[index];
    if (!hint) return;
    box.value = hint.usage ? `${hint.text.trimEnd()} ` : hint.text.trimEnd();
    chosen = 0;
    draw();
    box.focus();
  };

  const submit = async () => {
    const text = box.value.trim();
    if (text === '') return;
    const isCommand = text.startsWith('/');
    const thread = threadTs?.();
    if (isCommand && thread) return toast(`${text.split(/\s/)[0]} does not work in threads. Type it in the channel.`);
    box.value = '';
    draw();
    const answer = isCommand
      ? await perform('command', { text })
      : await perform('message', { text, threadTs: thread });
    // A command that failed is explained in the channel, as Slack does; anything else gives the text back.
    if (answer.ok || (isCommand && /^[a-z_]+$/.test(answer.error ?? ''))) return;
    toast(answer.error ?? 'The message was not sent.');
    if (box.value === '') box.value = text;
    draw();
  };

  box.addEventListener('input', draw);
  box.addEventListener('blur', () => {
    list.hidden = true;
  });
  box.addEventListener('focus', draw);
  list.addEventListener('mousedown', (event) => {
    event.preventDefault();
    const option = event.target instanceof Element && event.target.closest('[data-index]');
    if (option instanceof HTMLElement) take(Number(option.dataset.index));
  });
  send.addEventListener('click', () => void submit());
  box.addEventListener('keydown', (event) => {
    if (event.isComposing) return;
    const open = !list.hidden;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (open && step) {
      event.preventDefault();
      chosen = (chosen + step + offered.length) % offered.length;
      draw();
    } else if (open && event.key === 'Escape') {
      event.preventDefault();
      list.hidden = true;
    } else if (open && (event.key === 'Tab' || (event.key === 'Enter' && !completes(offered[chosen], box.value)))) {
      event.preventDefault();
      take(chosen);
    } else if (event.key === 'Enter' && !event.shiftKey) {
      event.preventDefault();
      void submit();
    }
  });
  draw();
  return { focus: () => box.focus(), isEmpty: () => box.value === '' };
}

/**
 * The hints that what was typed may still become; once a hint's own words are complete, it stays as a reminder.
 * @param {Hint[]} hints
 * @param {string} typed
 */
function matching(hints, typed) {
  return hints.filter(({ text, usage }) => text.startsWith(typed) || (usage !== undefined && typed.startsWith(text)));
}

/**
 * Whether Enter sends what is there rather than taking the hint.
 * @param {Hint | undefined} hint
 * @param {string} typed
 */
function completes(hint, typed) {
  return hint === undefined || typed.trim().length >= hint.text.trim().length;
}
