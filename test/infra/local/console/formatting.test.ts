import { describe, expect, test } from 'vitest';

/** The page's own modules: plain JavaScript without a DOM, loaded as the browser loads them. */
const page = new URL('../../../../infra/local/console/page/', import.meta.url);
const { parseMrkdwn }: { parseMrkdwn: (text: string, options?: { verbatim: boolean }) => unknown } = await import(
  new URL('mrkdwn.js', page).href
);
const { parseMarkdown }: { parseMarkdown: (text: string) => unknown } = await import(new URL('markdown.js', page).href);
const {
  slackDate,
  ago,
}: { slackDate: (seconds: number, format: string, now: Date) => string; ago: (date: Date, now: Date) => string } =
  await import(new URL('time.js', page).href);

const text = (value: string) => ({ type: 'text', text: value });
const styled = (type: string, ...children: unknown[]) => ({ type, children });

describe('mrkdwn', () => {
  test('styles nest, and close only where a word ends', () => {
    expect(parseMrkdwn('*bold _and italic_* ~gone~')).toEqual([
      styled('bold', text('bold '), styled('italic', text('and italic'))),
      text(' '),
      styled('strike', text('gone')),
    ]);
    for (const plain of ['snake_case_name', '2 * 3 * 4', '*not closed', '* spaced *', 'a*b*c', '**'])
      expect(parseMrkdwn(plain), plain).toEqual([text(plain)]);
  });

  test('nothing is parsed inside code', () => {
    expect(parseMrkdwn('`*a* <@U1> &lt;b&gt;`')).toEqual([{ type: 'code', text: '*a* <@U1> <b>' }]);
    expect(parseMrkdwn('before\n```\n*a*\n  b\n```\nafter')).toEqual([
      text('before'),
      { type: 'preformatted', text: '*a*\n  b' },
      text('after'),
    ]);
  });

  test('links, mentions, broadcasts and dates are told apart', () => {
    expect(parseMrkdwn('<https://a.example/?x=1&amp;y=2|the &amp; label>')).toEqual([
      { type: 'link', url: 'https://a.example/?x=1&y=2', children: [text('the & label')] },
    ]);
    expect(parseMrkdwn('<@U0ONCALL01> <#C1|ops> <!subteam^S1|@sre> <!here>')).toEqual([
      { type: 'user', id: 'U0ONCALL01', label: undefined },
      text(' '),
      { type: 'channel', id: 'C1', label: 'ops' },
      text(' '),
      { type: 'group', id: 'S1', label: '@sre' },
      text(' '),
      { type: 'broadcast', name: 'here' },
    ]);
    expect(parseMrkdwn('<!date^1392734382^{date} at {time}|fallback>')).toMatchObject([
      { type: 'date', seconds: 1392734382, format: '{date} at {time}', fallback: 'fallback' },
    ]);
  });

  test('what is escaped stays text, whatever it looks like', () => {
    expect(parseMrkdwn('&lt;!channel&gt; &amp;lt; &lt;img src=x onerror=alert(1)&gt;')).toEqual([
      text('<!channel> &lt; <img src=x onerror=alert(1)>'),
    ]);
    expect(parseMrkdwn('<javascript:alert(1)|click>')).toEqual([text('<javascript:alert(1)|click>')]);
  });

  test('quotes take lines, three marks take the rest', () => {
    expect(parseMrkdwn('&gt; a\n&gt; b\nc')).toEqual([styled('quote', text('a\nb')), text('c')]);
    expect(parseMrkdwn('&gt;&gt;&gt; a\nb')).toEqual([styled('quote', text('a\nb'))]);
  });

  test('known emoji are drawn, times are not taken for them', () => {
    expect(parseMrkdwn('10:42:33 :warning: :no_such:')).toEqual([
      text('10:42:33 '),
      { type: 'emoji', name: 'warning' },
      text(' :no_such:'),
    ]);
  });

  test('a bare address becomes a link without the full stop after it, unless verbatim', () => {
    expect(parseMrkdwn('see https://a.example/x.')).toEqual([
      text('see '),
      { type: 'link', url: 'https://a.example/x', children: [text('https://a.example/x')] },
      text('.'),
    ]);
    expect(parseMrkdwn('https://a.example', { verbatim: true })).toEqual([text('https://a.example')]);
  });
});

describe('the markdown block', () => {
  test('has headings, lists, code, quotes, tables and rules', () => {
    const source =
      '# Head **bold**\n\npara\nline\n\n1. one\n2. two\n   - deep\n\n```sh\nls *\n```\n> quoted\n\n| a | b |\n|---|---|\n| 1 | `2` |\n\n---';
    expect(parseMarkdown(source)).toMatchObject([
      { type: 'heading', level: 1, children: [text('Head '), styled('bold', text('bold'))] },
      { type: 'paragraph', children: [text('para\nline')] },
      {
        type: 'list',
        ordered: true,
        items: [[{ type: 'paragraph' }], [{ type: 'paragraph' }, { type: 'list', ordered: false }]],
      },
      { type: 'preformatted', text: 'ls *' },
      { type: 'quote', blocks: [{ type: 'paragraph' }] },
      { type: 'table', header: [[text('a')], [text('b')]], rows: [[[text('1')], [{ type: 'code', text: '2' }]]] },
      { type: 'rule' },
    ]);
  });

  test('always comes to an end, whatever it is given', () => {
    for (const source of [
      '',
      '```',
      '#',
      '# ',
      '###### ',
      '>',
      '~~~',
      '    ',
      '1. ',
      '- ',
      '|',
      '> ',
      '**',
      '[a](',
      '\\',
      '1.',
      '--',
      '| a |\n|',
      '\t- x\n\t\t- y',
    ])
      expect(parseMarkdown(source), JSON.stringify(source)).toBeInstanceOf(Array);
  });
});

describe('time', () => {
  const now = new Date(2026, 10, 21, 10, 42);
  const seconds = (date: Date) => date.getTime() / 1000;

  test('pretty dates name today and yesterday', () => {
    expect(slackDate(seconds(now), '{date_short_pretty}', now)).toBe('today');
    expect(slackDate(seconds(new Date(2026, 10, 20, 23, 59)), '{date_pretty}', now)).toBe('yesterday');
    expect(slackDate(seconds(now), '{date_num} {unknown}', now)).toBe('2026-11-21 {unknown}');
  });

  test('recent things are minutes ago', () => {
    expect(ago(new Date(now.getTime() - 20_000), now)).toBe('just now');
    expect(ago(new Date(now.getTime() - 60_000), now)).toBe('1 minute ago');
    expect(ago(new Date(now.getTime() - 59 * 60_000), now)).toBe('59 minutes ago');
    expect(ago(new Date(now.getTime() - 61 * 60_000), now)).toMatch(/^today at /);
  });
});
