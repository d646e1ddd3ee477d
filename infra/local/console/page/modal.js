import { perform } from './api.js';
import { drawBlocks } from './blocks.js';
import { placeOf } from './clicks.js';
import { byId, h, morph } from './dom.js';
import { explain } from './elements.js';
import { icon } from './icons.js';
import { activate } from './interact.js';
import { announce } from './notices.js';

/** @typedef {Record<string, any>} Json */

/** The window that an app opens over the channel. The browser keeps the focus inside, and Escape closes it. */
export function createModal() {
  const dialog = /** @type {HTMLDialogElement} */ (byId('modal'));
  const submit = byId('modal-submit');
  /** @type {Json | undefined} */
  let view;
  let error = '';
  let waiting = false;

  const draw = () => {
    if (!view) return;
    byId('modal-title').textContent = view.title.text;
    const body = h('div', { class: 'modal-body', id: 'modal-body', tabindex: 0 });
    body.append(...drawBlocks(view.blocks, placeOf(view.id)));
    morph(byId('modal-body'), body);
    byId('modal-error').textContent = error;
    byId('modal-cancel').textContent = view.close?.text ?? 'Close';
    submit.hidden = !view.submit;
    submit.replaceChildren(h('span', { class: 'button-label' }, view.submit?.text ?? ''));
    submit.classList.toggle('is-waiting', waiting);
    submit.setAttribute('aria-busy', String(waiting));
    submit.setAttribute('aria-disabled', String(waiting));
  };

  const send = async () => {
    if (!view || waiting) return;
    waiting = true;
    error = '';
    draw();
    const answer = await perform('submit', { view: view.id });
    waiting = false;
    if (!answer.ok) error = explain(answer.error ?? 'http_error');
    draw();
  };

  byId('modal-x').append(icon('close'));
  for (const id of ['modal-x', 'modal-cancel']) byId(id).addEventListener('click', () => dialog.close());
  submit.addEventListener('click', () => void send());
  // By a button, by Escape, or by the browser: whoever looked at it is done.
  dialog.addEventListener('close', () => {
    if (!view) return;
    const { id } = view;
    view = undefined;
    void perform('close', { view: id });
  });
  const acted = (/** @type {Event} */ event) => {
    const target = event.target instanceof Element ? event.target.closest('[data-act]') : null;
    const wanted = target instanceof HTMLElement && (target.dataset.act === 'select') === (event.type === 'change');
    if (wanted && view) void activate(target, view, draw);
  };
  byId('modal-body').addEventListener('click', acted);
  byId('modal-body').addEventListener('change', acted);

  return {
    /** What this person has open now; nothing closes what was shown. @param {Json | null} next */
    show(next) {
      if (!next) {
        view = undefined;
        waiting = false;
        if (dialog.open) dialog.close();
        return;
      }
      const changed = view?.hash !== next.hash;
      if (view?.id !== next.id) waiting = false;
      view = next;
      error = '';
      draw();
      if (!dialog.open) {
        dialog.showModal();
        byId('modal-body').focus();
      }
      if (changed) announce(`${next.title.text}: ${byId('modal-body').innerText.slice(0, 200)}`);
    },
  };
}
