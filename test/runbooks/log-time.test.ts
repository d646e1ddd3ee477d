import { describe, expect, it } from 'vitest';
import { isAhead, timeOf, wasWithin } from '../../runbooks/evidence/log-time.ts';

const klog = (date: string) => `E${date} 02:56:11.204417       1 main.go:330] words`;
const read = (at: string) => new Date(at);

describe('the time of a line', () => {
  it.each([
    ['of today', '1121', '2026-11-21T03:00:00Z', '2026-11-21T02:56:11.000Z'],
    ['of last year, where this year has not come so far', '1215', '2026-11-21T03:00:00Z', '2025-12-15T02:56:11.000Z'],
    ['of last year, read in January', '0228', '2027-01-03T10:00:00Z', '2026-02-28T02:56:11.000Z'],
    ['of New Year, read a moment later', '1231', '2027-01-01T00:00:05Z', '2026-12-31T02:56:11.000Z'],
    ['of a leap day, years ago', '0229', '2026-11-21T03:00:00Z', '2024-02-29T02:56:11.000Z'],
    ['of a machine east of us, not of last year', '1121', '2026-11-20T18:00:00Z', '2026-11-21T02:56:11.000Z'],
    ['of a machine east of us, in January already', '0101', '2026-12-31T19:00:00Z', '2027-01-01T02:56:11.000Z'],
  ])('%s', (_, date, at, expected) => {
    expect(timeOf(klog(date), read(at))).toBe(expected);
  });

  it('is that of its header, not one that it quotes', () => {
    const line = `${klog('1121')}: current time 2026-11-21T02:50:00Z is after 2026-11-20T00:00:00Z`;
    expect(timeOf(line, read('2026-11-21T03:00:00Z'))).toBe('2026-11-21T02:56:11.000Z');
  });

  it('is told in full by others, and by some not at all', () => {
    const at = read('2026-11-21T03:00:00Z');
    expect(timeOf('2026-11-21 02:58:00.123 [ERROR][61] felix', at)).toBe('2026-11-21T02:58:00.123Z');
    expect(timeOf('{"ts":"2026-11-21T02:56:11.5+01:00"}', at)).toBe('2026-11-21T01:56:11.500Z');
    expect(timeOf('E1399 02:56:11.204417       1 x.go:1] no day', at)).toBeUndefined();
    expect(timeOf('words', at)).toBeUndefined();
  });

  it('was lately only if it is not ahead: clocks in step differ by less than a minute', () => {
    const now = read('2026-11-21T03:00:00Z');
    expect(wasWithin(600, '2026-11-21T02:50:01Z', now)).toBe(true);
    expect(wasWithin(600, '2026-11-21T02:50:00Z', now)).toBe(false);
    expect(wasWithin(600, '2026-11-21T03:00:40Z', now)).toBe(true);
    expect(wasWithin(600, '2026-11-21T11:00:00Z', now)).toBe(false);
    expect([isAhead('2026-11-21T03:00:40Z', now), isAhead('2026-11-21T11:00:00Z', now)]).toEqual([false, true]);
  });
});
