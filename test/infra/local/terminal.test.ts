import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { harmlessJson, oneLine, painter, wrap } from '../../../infra/local/terminal.ts';

describe('a paragraph on the terminal', () => {
  it('breaks at spaces, with its margins', () => {
    expect(wrap('one two three four', { columns: 12, indent: 2, hanging: 4 })).toEqual([
      '  one two',
      '    three',
      '    four',
    ]);
  });

  it('keeps every word and never passes the last column, whatever comes in', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 300 }), fc.integer({ min: 20, max: 100 }), (text, columns) => {
        const lines = wrap(text, { columns, indent: 2, hanging: 6 });
        expect(lines.every((line) => line.length <= columns)).toBe(true);
        expect(lines.join('').replace(/\s/g, '').length).toBe(text.replace(/\s/g, '').length);
      }),
    );
  });

  it('leaves a web address, and with keepWords every word, whole on a line of its own', () => {
    const address = `https://example.com/${'a'.repeat(40)}`;
    expect(wrap(`see ${address} there`, { columns: 20 })).toEqual(['see', address, 'there']);
    expect(wrap(`run ${'b'.repeat(30)} now`, { columns: 20, keepWords: true })).toEqual(['run', 'b'.repeat(30), 'now']);
    expect(wrap('c'.repeat(30), { columns: 20 })).toEqual(['c'.repeat(20), 'c'.repeat(10)]);
  });

  it('lets no control character and no invisible one steer the terminal', () => {
    expect(wrap('a\x1b[2Jb \u202eevil', { columns: 80 })).toEqual(['a�[2Jb �evil']);
    expect(oneLine('a\nb', 10)).toBe('a�b');
    expect(oneLine('abcdef', 4)).toBe('abc…');
  });

  it('has colours only when asked for', () => {
    expect(painter(false)('red', 'x')).toBe('x');
    expect(painter(true)('red', 'x')).toContain('\x1b[31m');
  });
});

it('JSON for a terminal is the same value, and steers it nowhere', () => {
  const value = { reason: 'a\u202Eb\u200B\u009b\u{E0041}', text: 'two\nlines\t😀', list: ['\u0007'] };
  const json = harmlessJson(value, 2);

  expect(JSON.parse(json)).toEqual(value);
  expect(json.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}]/u);
  expect(json).toContain('a\\u202eb\\u200b\\u009b\\udb40\\udc41');
});
