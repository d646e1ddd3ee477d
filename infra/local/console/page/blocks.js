import { h } from './dom.js';
import { drawElement } from './elements.js';
import { icon } from './icons.js';
import { draw, drawText, link } from './inline.js';
import { parseMarkdown } from './markdown.js';
import { drawRichText } from './rich-text.js';

/**
 * @typedef {Record<string, any>} Json
 * @typedef {import('./elements.js').Place} Place
 */

/** @type {Record<string, (block: Json, place: Place) => HTMLElement>} */
const renderers = {
  header: (block) => h('h3', { class: 'block-header' }, ...drawText(block.text)),
  divider: () => h('hr', { class: 'block-divider' }),
  section: drawSection,
  context: (block) => h('div', { class: 'block-context' }, ...block.elements.map(drawContextElement)),
  actions: (block, place) =>
    h(
      'div',
      { class: 'block-actions' },
      ...block.elements.map((/** @type {Json} */ element) => drawElement(element, block.block_id, place)),
    ),
  image: drawImage,
  rich_text: drawRichText,
  table: drawTable,
  markdown: (block) => h('div', { class: 'block-markdown' }, ...parseMarkdown(block.text).map(drawMarkdown)),
};

/**
 * Draws blocks. One that cannot be drawn says so in its place and leaves the others alone.
 * @param {Json[]} blocks
 * @param {Place} place
 * @returns {HTMLElement[]}
 */
export function drawBlocks(blocks, place) {
  return blocks.map((block) => {
    const renderer = Object.hasOwn(renderers, block.type) ? renderers[block.type] : undefined;
    if (!renderer) return unsupported(`This block is not shown here: ${block.type}`);
    try {
      return renderer(block, place);
    } catch {
      return unsupported(`This block could not be drawn: ${block.type}`);
    }
  });
}

/** @param {string} text */
function unsupported(text) {
  return h('p', { class: 'unsupported' }, text);
}

/**
 * @param {Json} block
 * @param {Place} place
 */
function drawSection(block, place) {
  const fields = (block.fields ?? []).map((/** @type {Json} */ field) =>
    h('div', { class: 'field' }, ...drawText(field)),
  );
  const { accessory } = block;
  return h(
    'div',
    { class: 'block-section' },
    h(
      'div',
      { class: 'section-body' },
      block.text && h('div', { class: 'text' }, ...drawText(block.text)),
      fields.length > 0 && h('div', { class: 'fields' }, ...fields),
    ),
    accessory &&
      h(
        'div',
        { class: 'accessory' },
        accessory.type === 'image' ? picture(accessory) : drawElement(accessory, block.block_id, place),
      ),
  );
}

/** @param {Json} element */
function drawContextElement(element) {
  if (element.type === 'image') return picture(element);
  return h('span', { class: 'text' }, ...drawText(element));
}

/** @param {Json} block */
function drawImage(block) {
  return h(
    'figure',
    { class: 'block-image' },
    block.title && h('figcaption', {}, ...drawText(block.title)),
    picture(block),
  );
}

/**
 * A picture that this server or the message itself holds. One from elsewhere becomes a link: opening the page must not
 * tell other hosts that somebody reads about an incident.
 * @param {Json} image
 */
function picture({ image_url, alt_text }) {
  const url = URL.parse(image_url ?? '', location.href);
  if (url && (url.protocol === 'data:' || url.origin === location.origin))
    return h('img', { src: url.href, alt: alt_text, loading: 'lazy' });
  return h('span', { class: 'picture-elsewhere' }, icon('image'), url ? link(url.href, alt_text) : alt_text);
}

/** @param {Json} block */
function drawTable(block) {
  const settings = block.column_settings ?? [];
  const [head = [], ...rows] = /** @type {Json[][]} */ (block.rows);
  const cell = (/** @type {'th' | 'td'} */ tag) => (/** @type {Json} */ content, /** @type {number} */ column) =>
    h(
      tag,
      {
        scope: tag === 'th' ? 'col' : undefined,
        class: `align-${settings[column]?.align ?? 'left'}${settings[column]?.is_wrapped ? ' is-wrapped' : ''}`,
      },
      content.type === 'rich_text' ? drawRichText(content) : String(content.text ?? content.value ?? ''),
    );
  return h(
    'div',
    { class: 'block-table', tabindex: 0, role: 'region', 'aria-label': 'Table' },
    h(
      'table',
      {},
      h('thead', {}, h('tr', {}, ...head.map(cell('th')))),
      h('tbody', {}, ...rows.map((row) => h('tr', {}, ...row.map(cell('td'))))),
    ),
  );
}

/**
 * @param {import('./markdown.js').MarkdownBlock} block
 * @returns {HTMLElement}
 */
function drawMarkdown(block) {
  switch (block.type) {
    case 'heading':
      return h('h4', { class: `heading-${block.level}` }, ...draw(block.children));
    case 'preformatted':
      return h('pre', { tabindex: 0 }, block.text);
    case 'quote':
      return h('blockquote', {}, ...block.blocks.map(drawMarkdown));
    case 'list':
      return h(block.ordered ? 'ol' : 'ul', {}, ...block.items.map((item) => h('li', {}, ...item.map(drawMarkdown))));
    case 'table': {
      const row = (/** @type {'th' | 'td'} */ tag, /** @type {import('./mrkdwn.js').Piece[][]} */ cells) =>
        h('tr', {}, ...cells.map((cell) => h(tag, {}, ...draw(cell))));
      return h(
        'div',
        { class: 'block-table', tabindex: 0 },
        h(
          'table',
          {},
          h('thead', {}, row('th', block.header)),
          h('tbody', {}, ...block.rows.map((cells) => row('td', cells))),
        ),
      );
    }
    case 'rule':
      return h('hr', { class: 'block-divider' });
    default:
      return h('p', {}, ...draw(block.children));
  }
}
