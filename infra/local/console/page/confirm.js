import { drawText } from './blocks.js';
import { byId } from './dom.js';

/**
 * Asks as a confirmation object says (https://docs.slack.dev/reference/block-kit/composition-objects/confirmation-dialog-object).
 * Escape and a click beside the dialog mean no.
 * @param {Record<string, any>} confirm
 * @returns {Promise<boolean>}
 */
export function confirmed(confirm) {
  const dialog = /** @type {HTMLDialogElement} */ (byId('confirm'));
  const accept = byId('confirm-accept');
  byId('confirm-title').textContent = confirm.title?.text ?? 'Are you sure?';
  byId('confirm-text').replaceChildren(...drawText(confirm.text));
  byId('confirm-deny').textContent = confirm.deny?.text ?? 'Cancel';
  accept.textContent = confirm.confirm?.text ?? 'Yes';
  accept.className = `button button-${confirm.style === 'danger' ? 'danger' : 'primary'}`;
  dialog.returnValue = 'deny';
  dialog.onclick = ({ target }) => target === dialog && dialog.close('deny');
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener('close', () => resolve(dialog.returnValue === 'accept'), { once: true });
  });
}
