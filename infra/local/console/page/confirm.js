import { byId } from './dom.js';
import { drawText } from './inline.js';

/**
 * Asks as a confirmation object says (https://docs.slack.dev/reference/block-kit/composition-objects/confirmation-dialog-object).
 * Escape and a click beside the dialog mean no.
 * @param {Record<string, any>} confirm
 * @returns {Promise<boolean>}
 */
export function confirmed(confirm) {
  const dialog = /** @type {HTMLDialogElement} */ (byId('confirm'));
  const accept = byId('confirm-accept');
  const deny = byId('confirm-deny');
  byId('confirm-title').textContent = confirm.title?.text ?? 'Are you sure?';
  byId('confirm-text').replaceChildren(...drawText(confirm.text));
  deny.textContent = confirm.deny?.text ?? 'Cancel';
  accept.textContent = confirm.confirm?.text ?? 'Yes';
  accept.className = `button button-${confirm.style === 'danger' ? 'danger' : 'primary'}`;
  dialog.returnValue = 'no';
  accept.onclick = () => dialog.close('yes');
  deny.onclick = () => dialog.close('no');
  dialog.onclick = ({ target }) => target === dialog && dialog.close('no');
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener('close', () => resolve(dialog.returnValue === 'yes'), { once: true });
  });
}
