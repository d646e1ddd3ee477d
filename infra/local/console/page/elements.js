import { h } from './dom.js';
import { icon } from './icons.js';
import { drawText } from './inline.js';

/**
 * @typedef {Record<string, any>} Json
 * @typedef {{ state: 'waiting' } | { state: 'failed', error: string } | undefined} Progress
 * @typedef {{ progress: (blockId: string, actionId: string) => Progress }} Place
 *   What became of clicks in the message or window that an element is in.
 */

/** What a person reads when a click did not arrive. Slack shows the same facts behind a warning sign. */
/** @type {Record<string, string>} */
const explanations = {
  operation_timeout: 'No answer within 3 seconds. Try again.',
  dispatch_failed: 'The app could not be reached. Try again.',
  http_error: 'The app answered with an error. Try again.',
  stale: 'This has changed in the meantime.',
  invalid_view_response: 'The app answered with something that cannot be shown.',
};

/** @param {string} error */
export function explain(error) {
  return explanations[error] ?? error;
}

/**
 * Draws one interactive element. What happens on a click is decided by the message list, which finds the element again
 * by its block and action id.
 * @param {Json} element
 * @param {string} blockId
 * @param {Place} place
 */
export function drawElement(element, blockId, place) {
  const progress = place.progress(blockId, element.action_id);
  const drawn = control(element, blockId, progress);
  if (progress?.state !== 'failed') return drawn;
  const note = h('span', { class: 'element-error', role: 'alert' }, icon('warning'), explain(progress.error));
  return h('span', { class: 'element-with-error' }, drawn, note);
}

/**
 * @param {Json} element
 * @param {string} blockId
 * @param {Progress} progress
 */
function control(element, blockId, progress) {
  const waiting = progress?.state === 'waiting';
  const address = { 'data-block': blockId, 'data-action': element.action_id };
  switch (element.type) {
    case 'button': {
      const style = element.style ? ` button-${element.style}` : '';
      const attributes = {
        ...address,
        class: `button${style}${waiting ? ' is-waiting' : ''}`,
        'aria-label': element.accessibility_label,
        'aria-busy': waiting ? 'true' : undefined,
        'aria-disabled': waiting ? 'true' : undefined,
        'data-act': 'press',
      };
      const label = h('span', { class: 'button-label' }, ...drawText(element.text));
      if (!element.url) return h('button', { ...attributes, type: 'button' }, label);
      return h('a', { ...attributes, href: safeUrl(element.url), target: '_blank', rel: 'noopener noreferrer' }, label);
    }
    case 'overflow':
      return h(
        'button',
        {
          ...address,
          type: 'button',
          class: `button button-icon${waiting ? ' is-waiting' : ''}`,
          'data-act': 'overflow',
          'aria-haspopup': 'menu',
          'aria-label': 'More actions',
          'aria-busy': waiting ? 'true' : undefined,
          'aria-disabled': waiting ? 'true' : undefined,
        },
        icon('more'),
      );
    case 'static_select': {
      const options = [
        ...(element.options ?? []),
        ...(element.option_groups ?? []).flatMap((/** @type {Json} */ group) => group.options),
      ];
      const placeholder = element.placeholder?.text ?? 'Choose…';
      const chosen = element.initial_option?.value;
      return h(
        'select',
        { ...address, class: 'select', 'data-act': 'select', 'aria-label': placeholder, disabled: waiting },
        h('option', { value: '', selected: chosen === undefined, disabled: true }, placeholder),
        ...options.map(({ text, value }) => h('option', { value, selected: value === chosen }, text?.text ?? value)),
      );
    }
    default:
      return h('span', { class: 'unsupported' }, `This element is not shown here: ${element.type}`);
  }
}

/**
 * @param {string} url
 * @returns {string | undefined}
 */
function safeUrl(url) {
  const href = URL.parse(url)?.href;
  return href && /^https?:/.test(href) ? href : undefined;
}
