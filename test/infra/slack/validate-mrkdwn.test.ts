import { describe, expect, it } from 'vitest';
import { slackErrorOf, validateMessage } from '../../../infra/slack/validate.ts';

const problems = (text: string) =>
  validateMessage({ text: 'x', blocks: [{ type: 'section', text: { type: 'mrkdwn', text } }] }).map(
    ({ code, pointer }) => `${code} ${pointer}`,
  );

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
    expect(problems(text)).toEqual(['unescaped /blocks/0/text/text']);
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
    expect(problems(text)).toEqual([]);
  });
});
