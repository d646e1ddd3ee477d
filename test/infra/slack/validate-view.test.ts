import { describe, expect, it } from 'vitest';
import { validateView, viewErrorOf, wordsOf } from '../../../infra/slack/validate.ts';
import { actions, button, input, plain, section, table } from './refused-blocks.ts';

const modal = (more: object = {}) => ({ type: 'modal', title: plain('Plan'), blocks: [section('words')], ...more });
const problems = (view: unknown) => validateView(view).map(({ pointer, code }) => `${code} ${pointer}`);

describe('the validator takes a modal', () => {
  it('with every limit to the full', () => {
    const view = modal({
      title: plain('x'.repeat(24)),
      submit: plain('x'.repeat(24)),
      close: plain('x'.repeat(24)),
      private_metadata: 'x'.repeat(3_000),
      callback_id: 'x'.repeat(255),
      external_id: 'x'.repeat(255),
      clear_on_close: true,
      notify_on_close: false,
      blocks: Array.from({ length: 100 }, () => ({ type: 'divider' })),
    });
    expect(problems(view)).toEqual([]);
    expect(viewErrorOf(validateView(view))).toBeUndefined();
  });

  it('with an input and something to submit it', () => {
    const blocks = [input({ type: 'plain_text_input' }), actions(button())];
    expect(problems(modal({ blocks, submit: plain('Go') }))).toEqual([]);
  });
});

describe('the validator refuses a modal', () => {
  it.each([
    ['of nothing', null, 'failed_constraint /view'],
    ['without a title', { type: 'modal', blocks: [] }, 'missing_field /view'],
    ['that is a home tab', { ...modal(), type: 'home' }, 'failed_constraint /view/type'],
    ['with a title over 24 characters', modal({ title: plain('x'.repeat(25)) }), 'failed_constraint /view/title/text'],
    ['with an empty submit', modal({ submit: plain('') }), 'failed_constraint /view/submit/text'],
    ['with a close over 24 characters', modal({ close: plain('x'.repeat(25)) }), 'failed_constraint /view/close/text'],
    [
      'with too much metadata',
      modal({ private_metadata: 'x'.repeat(3_001) }),
      'failed_constraint /view/private_metadata',
    ],
    ['with a long callback_id', modal({ callback_id: 'x'.repeat(256) }), 'failed_constraint /view/callback_id'],
    ['with 101 blocks', modal({ blocks: Array(101).fill({ type: 'divider' }) }), 'failed_constraint /view/blocks'],
    ['with a table', modal({ blocks: [table(1, 1)] }), 'unsupported_type /view/blocks/0/type'],
    ['with markdown', modal({ blocks: [{ type: 'markdown', text: 'x' }] }), 'unsupported_type /view/blocks/0/type'],
    [
      'with an input and no submit',
      modal({ blocks: [input({ type: 'plain_text_input' })] }),
      'missing_field /view/submit',
    ],
    [
      'with one block_id twice',
      modal({ blocks: [1, 2].map(() => ({ type: 'divider', block_id: 'a' })) }),
      'duplicate_id /view/blocks/1/block_id',
    ],
    ['with text nobody escaped', modal({ blocks: [section('a <b>')] }), 'unescaped /view/blocks/0/text/text'],
    ['with a field of messages', modal({ text: 'x' }), 'unknown_field /view'],
  ])('%s', (_, view, problem) => {
    expect(problems(view)).toContain(problem);
  });

  it('of more than 250 kB, by a name of its own', () => {
    const view = modal({ blocks: Array.from({ length: 90 }, () => section('x'.repeat(2_999))) });
    expect(viewErrorOf(validateView(view))).toBe('view_too_large');
  });

  it('in the words of Slack', () => {
    const found = validateView(modal({ title: plain('x'.repeat(25)) }));
    expect(found.map(wordsOf)).toEqual(['must be less than 25 characters [json-pointer:/view/title/text]']);
    expect(viewErrorOf(found)).toBe('invalid_arguments');
  });
});
