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
const frozen = (window: FreezeWindow, at: string) => frozenBy([window], new Date(at)).length > 0;

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

/** Clocks go back at 01:00Z on 25 October 2026 and forward at 01:00Z on 28 March 2027. */
describe('a freeze in the night when the clocks change', () => {
  const late: FreezeWindow = { ...night, to: '02:30' };
  const short: FreezeWindow = { ...night, from: '02:15', to: '02:45' };
  test.each([
    ['before the hour that comes twice', late, '2026-10-25T00:20:00Z', true],
    ['has no hole where its end has come for the first time', late, '2026-10-25T00:50:00Z', true],
    ['ends when its end comes for the second time', late, '2026-10-25T01:29:00Z', true],
    ['and not later', late, '2026-10-25T01:30:00Z', false],
    ['begins when its beginning comes for the first time', short, '2026-10-25T00:15:00Z', true],
    ['not before', short, '2026-10-25T00:14:00Z', false],
    ['goes on through the hour that comes twice', short, '2026-10-25T01:05:00Z', true],
    ['is over after that', short, '2026-10-25T01:45:00Z', false],
    ['happens although its hour is left out', short, '2027-03-28T01:00:00Z', true],
    ['ends at the end that is left out, an hour later by the clock', late, '2027-03-28T01:29:00Z', true],
    ['on a day like any other ends once', late, '2026-10-26T01:30:00Z', false],
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
