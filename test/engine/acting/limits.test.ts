import { describe, expect, test } from 'vitest';
import { endOf, type FreezeWindow, frozenBy } from '../../../engine/acting/limits.ts';

const night: FreezeWindow = { name: 'nights', timeZone: 'Europe/Berlin', from: '22:00', to: '06:00' };
const friday: FreezeWindow = { ...night, name: 'Friday night', days: ['Fri'] };
const holidays: FreezeWindow = {
  name: 'end of the year',
  timeZone: 'America/New_York',
  from: '00:00',
  to: '00:00',
  firstDate: '2026-12-20',
  lastDate: '2027-01-02',
};
const frozen = (window: FreezeWindow, at: string) => frozenBy([window], new Date(at)) !== undefined;

describe('freeze windows', () => {
  test.each([
    ['just before it begins', night, '2026-11-21T20:59:00Z', false],
    ['when it begins, in local time', night, '2026-11-21T21:00:00Z', true],
    ['after midnight', night, '2026-11-22T04:59:00Z', true],
    ['when it ends', night, '2026-11-22T05:00:00Z', false],
    ['in summer, an hour earlier by UTC', night, '2026-07-01T20:00:00Z', true],
    ['on the day it begins', friday, '2026-11-20T21:30:00Z', true],
    ['past midnight it still belongs to Friday', friday, '2026-11-21T03:00:00Z', true],
    ['but the next evening is Saturday', friday, '2026-11-21T21:30:00Z', false],
    ['nor the night before', friday, '2026-11-20T03:00:00Z', false],
    ['a whole day from midnight of its first date', holidays, '2026-12-20T05:00:00Z', true],
    ['not yet, by that time zone', holidays, '2026-12-20T04:59:00Z', false],
    ['the last minute of its last date', holidays, '2027-01-03T04:59:00Z', true],
    ['over', holidays, '2027-01-03T05:00:00Z', false],
  ])('%s', (_when, window, at, expected) => {
    expect(frozen(window, at)).toBe(expected);
  });
});

describe('the end of a freeze', () => {
  const weekend: FreezeWindow = { name: 'weekend', timeZone: 'UTC', days: ['Sat', 'Sun'], from: '00:00', to: '00:00' };
  const always: FreezeWindow = { name: 'always', timeZone: 'UTC', from: '00:00', to: '00:00' };
  test.each([
    ['before midnight is tomorrow', night, '2026-11-21T21:00:00Z', 'until Sun 2026-11-22 06:00, Europe/Berlin'],
    ['after midnight is today', night, '2026-11-22T04:00:00Z', 'until Sun 2026-11-22 06:00, Europe/Berlin'],
    [
      'of a window that goes on the next day is the last',
      weekend,
      '2026-11-21T10:00:00Z',
      'until Mon 2026-11-23 00:00, UTC',
    ],
    [
      'of the holidays is their last date',
      holidays,
      '2026-12-24T12:00:00Z',
      'until Sun 2027-01-03 00:00, America/New_York',
    ],
    ['that never comes', always, '2026-11-21T10:00:00Z', 'for more than a year, UTC'],
  ])('%s', (_when, window, at, expected) => {
    expect(endOf(window, new Date(at))).toBe(expected);
  });
});
