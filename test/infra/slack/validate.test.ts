import type { KnownBlock } from '@slack/types';
import { describe, expect, it } from 'vitest';
import { slackErrorOf, validateMessage, wordsOf } from '../../../infra/slack/validate.ts';

const plain = (text: string) => ({ type: 'plain_text', text });
const mrkdwn = (text: string) => ({ type: 'mrkdwn', text });
const section = (text: string) => ({ type: 'section', text: mrkdwn(text) });
const button = (more: object = {}) => ({ type: 'button', text: plain('Go'), ...more });
const actions = (...elements: object[]) => ({ type: 'actions', elements });
const input = (element: object) => ({ type: 'input', label: plain('Name'), element });
const rich = (...leaves: object[]) => ({
  type: 'rich_text',
  elements: [{ type: 'rich_text_section', elements: leaves }],
});
const option = (value: string) => ({ text: plain(value), value });
const select = (count: number) => ({
  type: 'static_select',
  options: Array.from({ length: count }, (_, n) => option(`${n}`)),
});
const table = (rows: number, cells: number, text = 'x') => ({
  type: 'table',
  rows: Array.from({ length: rows }, () => Array.from({ length: cells }, () => ({ type: 'raw_text', text }))),
});
const problems = (blocks: readonly object[]) =>
  validateMessage({ text: 'x', blocks }).map(({ pointer, code }) => `${code} ${pointer}`);

describe('the validator takes', () => {
  it('one of every block we could use', () => {
    const blocks: KnownBlock[] = [
      { type: 'header', text: { type: 'plain_text', text: 'Title', emoji: true } },
      { type: 'divider' },
      {
        type: 'section',
        block_id: 'one',
        text: { type: 'mrkdwn', text: 'Hello <@U123>' },
        accessory: { type: 'image', image_url: 'https://example.com/a.png', alt_text: 'a' },
        fields: [{ type: 'plain_text', text: 'a field' }],
        expand: true,
      },
      { type: 'context', elements: [{ type: 'mrkdwn', text: '*x*' }] },
      {
        type: 'actions',
        elements: [
          {
            type: 'button',
            action_id: 'a',
            text: { type: 'plain_text', text: 'Go' },
            style: 'danger',
            value: 'v',
            confirm: {
              title: { type: 'plain_text', text: 'Sure?' },
              text: { type: 'mrkdwn', text: 'Really' },
              confirm: { type: 'plain_text', text: 'Yes' },
              deny: { type: 'plain_text', text: 'No' },
            },
          },
          { type: 'overflow', options: [{ text: { type: 'plain_text', text: 'o' }, url: 'https://example.com' }] },
          { type: 'external_select', min_query_length: 0, placeholder: { type: 'plain_text', text: 'Pick' } },
          { type: 'datepicker', initial_date: '2026-11-21' },
          { type: 'timepicker', initial_time: '09:30' },
        ],
      },
      { type: 'image', slack_file: { id: 'F1' }, alt_text: 'chart' },
      {
        type: 'rich_text',
        elements: [
          {
            type: 'rich_text_section',
            elements: [
              { type: 'text', text: 'a', style: { bold: true } },
              { type: 'link', url: 'https://example.com', text: 'here' },
              { type: 'date', timestamp: 1, format: '{date} at {time}', fallback: 'then' },
              { type: 'user', user_id: 'U1' },
              { type: 'emoji', name: 'fire' },
            ],
          },
          {
            type: 'rich_text_list',
            style: 'ordered',
            indent: 8,
            elements: [{ type: 'rich_text_section', elements: [{ type: 'text', text: 'x' }] }],
          },
          { type: 'rich_text_preformatted', elements: [{ type: 'text', text: 'kubectl' }], border: 1 },
          { type: 'rich_text_quote', elements: [{ type: 'text', text: 'said' }] },
        ],
      },
      {
        type: 'table',
        column_settings: [{ align: 'right', is_wrapped: true }],
        rows: [
          [
            { type: 'raw_text', text: 'a' },
            { type: 'raw_number', value: 1, text: '1' },
          ],
        ],
      },
      { type: 'markdown', text: '# hi & <bye>' },
      {
        type: 'input',
        label: { type: 'plain_text', text: 'Why' },
        element: { type: 'plain_text_input', multiline: true, max_length: 3000 },
      },
    ];
    const message = {
      text: 'fallback',
      blocks,
      attachments: [{ color: '#a30200', fallback: 'f', blocks: [section('x')] }],
      metadata: { event_type: 'nightshift_message', event_payload: { key: 'x', list: [1, { a: true }] } },
    };
    expect(validateMessage(message, 'update')).toEqual([]);
    expect(slackErrorOf(validateMessage(message))).toBeUndefined();
  });

  it('text alone, and blocks alone', () => {
    expect(validateMessage({ text: 'words' })).toEqual([]);
    expect(validateMessage({ blocks: [section('words')] })).toEqual([]);
  });

  it('every limit to the full', () => {
    const blocks = [
      { type: 'header', text: plain('x'.repeat(150)) },
      { type: 'section', fields: Array.from({ length: 10 }, () => plain('x'.repeat(100))) },
      { type: 'context', elements: Array.from({ length: 10 }, () => plain('x')) },
      actions(...Array.from({ length: 25 }, (_, n) => button({ action_id: `a${n}` }))),
      section('x'.repeat(3_000)),
      table(5, 20),
    ];
    expect(problems(blocks)).toEqual([]);
    expect(problems(Array.from({ length: 50 }, () => ({ type: 'divider' })))).toEqual([]);
    expect(problems([actions(select(100))])).toEqual([]);
  });
});

describe('the validator refuses, with a pointer', () => {
  const cases: readonly (readonly [string, object[], string])[] = [
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
    [
      'a button in a context',
      [{ type: 'context', elements: [button()] }],
      'unsupported_type /blocks/0/elements/0/type',
    ],
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
  it.each(cases)('%s', (_, blocks, problem) => {
    expect(problems(blocks)).toContain(problem);
  });

  it('blocks that are together too long although each is within its limits', () => {
    const blocks = Array.from({ length: 5 }, () => section('x'.repeat(2_900)));
    expect(problems(blocks)).toEqual(['msg_blocks_too_long /blocks']);
    expect(slackErrorOf(validateMessage({ text: 'x', blocks }))).toBe('msg_blocks_too_long');
  });

  it('markdown over 12,000 characters in all', () => {
    const blocks = [
      { type: 'markdown', text: 'x'.repeat(6_001) },
      { type: 'markdown', text: 'x'.repeat(6_001) },
    ];
    expect(problems(blocks)).toContain('failed_constraint /blocks');
  });

  it('a message of nothing', () => {
    expect(slackErrorOf(validateMessage({ text: ' ', blocks: [] }))).toBe('no_text');
  });

  it('text over 4,000 characters in an edit, not in a post', () => {
    const message = { text: 'x'.repeat(4_001) };
    expect(slackErrorOf(validateMessage(message, 'update'))).toBe('msg_too_long');
    expect(validateMessage(message, 'post')).toEqual([]);
  });

  it('101 attachments, and a table in an attachment beside one in the message', () => {
    const attachments = Array.from({ length: 101 }, () => ({ text: 'x' }));
    expect(slackErrorOf(validateMessage({ attachments }))).toBe('too_many_attachments');
    const two = { text: 'x', blocks: [table(1, 1)], attachments: [{ blocks: [table(1, 1)] }] };
    expect(slackErrorOf(validateMessage(two))).toBe('invalid_attachments');
  });

  it('blocks in an attachment like any others', () => {
    const [problem] = validateMessage({ attachments: [{ color: 'red', blocks: [section('')] }] });
    expect(problem).toMatchObject({ pointer: '/attachments/0/blocks/0/text/text' });
  });

  it('metadata without a type', () => {
    const message = { text: 'x', metadata: { event_payload: {} } };
    expect(slackErrorOf(validateMessage(message))).toBe('invalid_metadata_format');
  });
});

describe('the validator words problems as Slack does', () => {
  it.each([
    [[section('')], 'must be more than 0 characters [json-pointer:/blocks/0/text/text]'],
    [[section('x'.repeat(3_001))], 'must be less than 3001 characters [json-pointer:/blocks/0/text/text]'],
    [Array.from({ length: 51 }, () => ({ type: 'divider' })), 'no more than 50 items allowed [json-pointer:/blocks]'],
    [[{ type: 'card' }], 'unsupported type: card [json-pointer:/blocks/0/type]'],
    [[{ type: 'header' }], 'missing required field: text [json-pointer:/blocks/0]'],
    [[{ type: 'section' }], 'must define either `text` or `fields` [json-pointer:/blocks/0]'],
  ])('%#', (blocks, words) => {
    expect(validateMessage({ text: 'x', blocks }).map(wordsOf)).toContain(words);
  });
});

describe('mrkdwn that somebody forgot to escape', () => {
  it.each([
    'a < b',
    'a & b',
    'AT&T',
    '<script>',
    '<!unknown>',
    '<@nobody>',
    '<javascript:alert(1)|x>',
    '<!date^1^no token|then>',
    '<!date^1^{date}>',
    '<https://unfinished',
  ])('is a problem: %s', (text) => {
    expect(problems([section(text)])).toEqual(['unescaped /blocks/0/text/text']);
    expect(validateMessage({ text })).toMatchObject([{ code: 'unescaped', pointer: '/text' }]);
  });

  it('does not make Slack refuse the message', () => {
    expect(slackErrorOf(validateMessage({ text: 'a < b' }))).toBeUndefined();
  });

  it.each([
    'a &lt; b &amp;&amp; c &gt; d',
    '<https://example.com/?a=1&amp;b=2|label>',
    '<mailto:a@example.com|mail>',
    '<@U0123>, <#C0123|general>, <!subteam^S0123>, <!here>',
    '<!date^1795228860^{date_short_pretty} {time}^https://example.com|2026-11-21>',
    '> a quote',
  ])('is not seen where Slack has a form for it: %s', (text) => {
    expect(problems([section(text)])).toEqual([]);
  });
});
