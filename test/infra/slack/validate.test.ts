import type { KnownBlock } from '@slack/types';
import { describe, expect, it } from 'vitest';
import { slackErrorOf, validateMessage, wordsOf } from '../../../infra/slack/validate.ts';
import { actions, button, plain, refusedBlocks, section, select, table } from './refused-blocks.ts';

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
  it.each(refusedBlocks)('%s', (_, blocks, problem) => {
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
