import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bold, clip, code, cost, date, escapeMrkdwn, link, visible, webUrl } from '../../../infra/slack/escape.ts';
import { unescapedIn } from '../../../infra/slack/validation/text.ts';
import { hostileText } from './hostile.ts';

describe('text in mrkdwn', () => {
  it.each([
    ['<!channel>', '&lt;!channel&gt;'],
    ['<@U0123> & <#C0123|general>', '&lt;@U0123&gt; &amp; &lt;#C0123|general&gt;'],
    ['&lt;!channel&gt;', '&amp;lt;!channel&amp;gt;'],
    ['*bold* _italic_ ~strike~', '∗bold∗ ˍitalicˍ ∼strike∼'],
    ['`code`', 'ˋcodeˋ'],
    ['> quote', '› quote'],
    ['two\nlines\tand  spaces ', 'two lines and spaces'],
    ['', '(empty)'],
  ])('does nothing: %j', (text, escaped) => {
    expect(escapeMrkdwn(text)).toBe(escaped);
  });

  it.each(['kube_node_status_condition', '2 * 3 = 6', 'a*b', 'rate(x[5m]) ~ 0.5', '10:42:07'])(
    'stays as it is where it would do nothing anyway: %s',
    (text) => {
      expect(escapeMrkdwn(text)).toBe(text);
    },
  );

  it('shows what cannot be seen', () => {
    expect(escapeMrkdwn('a\u202eb\u200bc\u0007d\ufeffe')).toBe('a\\u202eb\\u200bc\\u0007d\\ufeffe');
  });

  it('keeps emoji and right-to-left letters', () => {
    expect(escapeMrkdwn('👩🏽‍🚒 ❤️ 🇩🇪 עברית')).toBe('👩🏽‍🚒 ❤️ 🇩🇪 עברית');
  });

  it('is cut between characters, never inside one or inside an entity', () => {
    expect(escapeMrkdwn('<'.repeat(9), 12)).toBe('&lt;&lt;…');
    expect(escapeMrkdwn('👩🏽‍🚒👩🏽‍🚒', 20)).toBe('👩🏽‍🚒…');
    expect(escapeMrkdwn('e\u0301'.repeat(9), 9)).toBe('e\u0301e\u0301…');
  });

  it('never holds a form of Slack, never costs more than it may, whatever it was', () => {
    fc.assert(
      fc.property(hostileText, fc.integer({ min: 8, max: 500 }), (text, max) => {
        const escaped = escapeMrkdwn(text, max);
        expect(escaped).not.toMatch(/[<>`\n]/);
        expect(unescapedIn(escaped)).toBeUndefined();
        expect(cost(escaped)).toBeLessThanOrEqual(max);
        expect(escaped.isWellFormed()).toBe(true);
        expect(escaped).not.toBe('');
      }),
      { numRuns: 500 },
    );
  });

  it('cannot open bold, italics or strike-through', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('*', '_', '~', 'a', ' ', '.', '<') }), (text) => {
        expect(escapeMrkdwn(text, 1_000)).not.toMatch(/(^|[^\p{L}\p{N}])([*_~])[^\s].*\2($|[^\p{L}\p{N}])/u);
      }),
      { numRuns: 500 },
    );
  });
});

describe('text where Slack parses nothing', () => {
  it('stays as it is', () => {
    expect(visible('<!channel> & *bold* `x`', { max: 100 })).toBe('<!channel> & *bold* `x`');
  });

  it('keeps its lines where they matter', () => {
    expect(visible('a\r\nb\n\tc\n', { max: 100, lines: true })).toBe('a\nb\n  c');
  });

  it('is the same whether it is taken as one or character by character', () => {
    const unit = fc.constantFrom(...'aZ 09\n&<>"·…–—→≤≥×°µ‘’“”');
    fc.assert(
      fc.property(fc.string({ unit }), fc.boolean(), (text, lines) => {
        const limits = { max: 10_000, lines };
        const [asOne, oneByOne] = [visible(`${text}.`, limits), visible(`${text}é`, limits)];
        expect(asOne.slice(0, -1)).toBe(oneByOne.slice(0, -1));
      }),
    );
  });

  it('says whether all of it is there', () => {
    expect(clip('12345', { max: 5 })).toEqual({ text: '12345', whole: true });
    expect(clip('123456', { max: 5 })).toEqual({ text: '12…', whole: false });
    expect(clip('x'.repeat(10_000), { max: 5 })).toMatchObject({ whole: false });
  });

  it('costs at least as much as Slack counts', () => {
    fc.assert(
      fc.property(hostileText, (text) => {
        expect(cost(text.toWellFormed())).toBeGreaterThanOrEqual(text.length);
      }),
    );
  });
});

describe('pieces of mrkdwn', () => {
  it('code: a backtick cannot end it', () => {
    expect(code('a`b*c* <x>')).toBe('`aˋb*c* &lt;x&gt;`');
  });

  it('bold', () => {
    expect(bold('a & b')).toBe('*a &amp; b*');
  });

  it('links: only to web addresses, and nothing in them ends the link early', () => {
    expect(link('https://x.example/?a=1&b=<2>|3', 'a|b>c')).toBe('<https://x.example/?a=1&amp;b=%3C2%3E%7C3|a|b&gt;c>');
    expect(link('javascript:alert(1)', 'click')).toBe('click');
    expect(webUrl('ftp://x.example')).toBeUndefined();
    expect(webUrl('no address')).toBeUndefined();
    expect(unescapedIn(link('https://x.example/?a=1&b=<2>|3', 'a|b>c'))).toBeUndefined();
  });

  it('dates: in the reader’s time zone, with a fallback', () => {
    expect(date(new Date('2026-11-21T02:41:00.900Z'))).toBe(
      '<!date^1795228860^{date_short_pretty} {time_secs}|2026-11-21 02:41:00 UTC>',
    );
    expect(date(new Date(Number.NaN))).toBe('an unknown time');
  });
});
