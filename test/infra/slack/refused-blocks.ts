/** Small builders of blocks, right and wrong. */
export const plain = (text: string) => ({ type: 'plain_text', text });
export const mrkdwn = (text: string) => ({ type: 'mrkdwn', text });
export const section = (text: string) => ({ type: 'section', text: mrkdwn(text) });
export const button = (more: object = {}) => ({ type: 'button', text: plain('Go'), ...more });
export const actions = (...elements: object[]) => ({ type: 'actions', elements });
export const input = (element: object) => ({ type: 'input', label: plain('Name'), element });
export const rich = (...leaves: object[]) => ({
  type: 'rich_text',
  elements: [{ type: 'rich_text_section', elements: leaves }],
});
export const option = (value: string) => ({ text: plain(value), value });
export const select = (count: number) => ({
  type: 'static_select',
  options: Array.from({ length: count }, (_, n) => option(`${n}`)),
});
export const table = (rows: number, cells: number, text = 'x') => ({
  type: 'table',
  rows: Array.from({ length: rows }, () => Array.from({ length: cells }, () => ({ type: 'raw_text', text }))),
});
/** Blocks that break one rule each, and the problem: code and pointer. */
export const refusedBlocks: readonly (readonly [string, object[], string])[] = [
  [
    'a header over 150 characters',
    [{ type: 'header', text: plain('x'.repeat(151)) }],
    'failed_constraint /blocks/0/text/text',
  ],
  ['mrkdwn in a header', [{ type: 'header', text: mrkdwn('x') }], 'failed_constraint /blocks/0/text/type'],
  ['empty text', [section('')], 'failed_constraint /blocks/0/text/text'],
  ['a section over 3,000 characters', [section('x'.repeat(3_001))], 'failed_constraint /blocks/0/text/text'],
  ['a section of nothing', [{ type: 'section' }], 'failed_constraint /blocks/0'],
  [
    '11 fields',
    [{ type: 'section', fields: Array.from({ length: 11 }, () => plain('x')) }],
    'failed_constraint /blocks/0/fields',
  ],
  [
    'a field over 2,000 characters',
    [{ type: 'section', fields: [plain('x'.repeat(2_001))] }],
    'failed_constraint /blocks/0/fields/0/text',
  ],
  [
    '11 context elements',
    [{ type: 'context', elements: Array.from({ length: 11 }, () => plain('x')) }],
    'failed_constraint /blocks/0/elements',
  ],
  ['a button in a context', [{ type: 'context', elements: [button()] }], 'unsupported_type /blocks/0/elements/0/type'],
  ['26 actions', [actions(...Array.from({ length: 26 }, () => button()))], 'failed_constraint /blocks/0/elements'],
  ['no actions', [actions()], 'failed_constraint /blocks/0/elements'],
  [
    'a button text over 75 characters',
    [actions(button({ text: plain('x'.repeat(76)) }))],
    'failed_constraint /blocks/0/elements/0/text/text',
  ],
  [
    'a button value over 2,000 characters',
    [actions(button({ value: 'x'.repeat(2_001) }))],
    'failed_constraint /blocks/0/elements/0/value',
  ],
  [
    'a button url over 3,000 characters',
    [actions(button({ url: `https://x.y/${'x'.repeat(3_000)}` }))],
    'failed_constraint /blocks/0/elements/0/url',
  ],
  [
    'a script on a button',
    [actions(button({ url: 'javascript:alert(1)' }))],
    'failed_constraint /blocks/0/elements/0/url',
  ],
  [
    'a style Slack does not know',
    [actions(button({ style: 'warning' }))],
    'failed_constraint /blocks/0/elements/0/style',
  ],
  [
    'the same action_id twice',
    [actions(button({ action_id: 'a' }), button({ action_id: 'a' }))],
    'duplicate_id /blocks/0/elements/1/action_id',
  ],
  [
    'a confirm text over 300 characters',
    [actions(button({ confirm: { text: plain('x'.repeat(301)) } }))],
    'failed_constraint /blocks/0/elements/0/confirm/text/text',
  ],
  [
    '6 overflow options',
    [actions({ type: 'overflow', options: ['1', '2', '3', '4', '5', '6'].map(option) })],
    'failed_constraint /blocks/0/elements/0/options',
  ],
  ['101 select options', [actions(select(101))], 'failed_constraint /blocks/0/elements/0/options'],
  [
    'options and option groups',
    [actions({ ...select(1), option_groups: [{ label: plain('g'), options: [option('a')] }] })],
    'failed_constraint /blocks/0/elements/0',
  ],
  [
    'an option value over 75 characters',
    [actions({ type: 'overflow', options: [option('x'.repeat(76))] })],
    'failed_constraint /blocks/0/elements/0/options/0/text/text',
  ],
  [
    'a wrong date',
    [actions({ type: 'datepicker', initial_date: '21.11.2026' })],
    'failed_constraint /blocks/0/elements/0/initial_date',
  ],
  ['a file input in a message', [input({ type: 'file_input' })], 'unsupported_type /blocks/0/element/type'],
  ['an image without words', [{ type: 'image', image_url: 'https://x.y/z.png' }], 'missing_field /blocks/0'],
  [
    'an image from two places',
    [{ type: 'image', image_url: 'https://x.y/z.png', slack_file: { id: 'F1' }, alt_text: 'x' }],
    'failed_constraint /blocks/0',
  ],
  ['empty rich text', [rich({ type: 'text', text: '' })], 'failed_constraint /blocks/0/elements/0/elements/0/text'],
  [
    'a rich text leaf nobody knows',
    [rich({ type: 'mention' })],
    'unsupported_type /blocks/0/elements/0/elements/0/type',
  ],
  [
    'a date without a known token',
    [rich({ type: 'date', timestamp: 1, format: '{when}' })],
    'failed_constraint /blocks/0/elements/0/elements/0/format',
  ],
  [
    'a list indented by 9',
    [
      {
        type: 'rich_text',
        elements: [
          {
            type: 'rich_text_list',
            style: 'bullet',
            indent: 9,
            elements: [{ type: 'rich_text_section', elements: [] }],
          },
        ],
      },
    ],
    'failed_constraint /blocks/0/elements/0/indent',
  ],
  ['101 rows', [table(101, 1)], 'failed_constraint /blocks/0/rows'],
  ['21 cells', [table(1, 21)], 'failed_constraint /blocks/0/rows/0'],
  ['too much text in a table', [table(100, 2, 'x'.repeat(51))], 'failed_constraint /blocks/0/rows'],
  ['two tables', [table(1, 1), table(1, 1)], 'only_one_table_allowed /blocks/1'],
  ['a block type for modals', [{ type: 'alert', text: plain('x') }], 'unsupported_type /blocks/0/type'],
  ['a block without a type', [{ text: plain('x') }], 'missing_field /blocks/0'],
  ['a field Slack does not know', [{ type: 'divider', colour: 'red' }], 'unknown_field /blocks/0'],
  [
    'a block_id over 255 characters',
    [{ type: 'divider', block_id: 'x'.repeat(256) }],
    'failed_constraint /blocks/0/block_id',
  ],
  [
    'the same block_id twice',
    [
      { type: 'divider', block_id: 'a' },
      { type: 'divider', block_id: 'a' },
    ],
    'duplicate_id /blocks/1/block_id',
  ],
  ['51 blocks', Array.from({ length: 51 }, () => ({ type: 'divider' })), 'failed_constraint /blocks'],
  ['something that is no block', ['text' as unknown as object], 'failed_constraint /blocks/0'],
];
