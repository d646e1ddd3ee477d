import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { groupIdOf } from '../../../../infra/aws/queue/letter.ts';
import { keyOf } from '../../../../infra/aws/store/key.ts';
import { hostileNames } from '../../../contract/place.ts';

/** Any sequence of UTF-16 units, the last code point and long ones among them. */
const anyId = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.array(fc.integer({ min: 0, max: 0xffff })).map((units) => String.fromCharCode(...units)),
  fc.string({ unit: 'binary', minLength: 900, maxLength: 1_500 }),
  fc.string({ unit: fc.constantFrom('\u{10FFFF}', 'a', '\uD800'), maxLength: 5 }),
  fc.constantFrom(...hostileNames),
);
const bytes = (text: string) => Buffer.from(text);

const holds = (always: (a: string, b: string) => void) => {
  fc.assert(
    fc.property(anyId, anyId, (a, b) => {
      always(a, b);
    }),
  );
};

describe('the key of an id', () => {
  it('is always one that DynamoDB can hold', () => {
    holds((id) => {
      const key = keyOf(id);
      expect(key).not.toBe('');
      expect(key.isWellFormed()).toBe(true);
      expect(bytes(key).length).toBeLessThanOrEqual(1_024);
    });
  });

  it('is another one for every other id, also for one that looks like a key', () => {
    holds((a, b) => expect(keyOf(a) === keyOf(b)).toBe(a === b));
    holds((id) => expect(keyOf(id) === id || keyOf(keyOf(id)) !== keyOf(id)).toBe(true));
    expect(new Set(hostileNames.map(keyOf)).size).toBe(hostileNames.length);
  });

  it('keeps the order of long ones as far as half a kilobyte tells them apart', () => {
    const long = (letter: string) => `${'x'.repeat(500)}${letter}${'y'.repeat(2_000)}`;
    const keys = ['a', long('a'), long('b'), long('é'), 'y'].map(keyOf);
    expect(keys.toSorted((a, b) => bytes(a).compare(bytes(b)))).toEqual(keys);
  });
});

describe("SQS's name of a group", () => {
  it('is always one that SQS takes, and another one for every other group', () => {
    holds((group) => expect(groupIdOf(group)).toMatch(/^[!-~]{1,128}$/));
    holds((a, b) => expect(groupIdOf(a) === groupIdOf(b)).toBe(a === b));
    holds((group) => expect(groupIdOf(group) === group || groupIdOf(groupIdOf(group)) !== groupIdOf(group)).toBe(true));
  });

  it('is the group itself where it can be', () => {
    expect(groupIdOf('look/0a1b2c3d4e5f-1/later')).toBe('look/0a1b2c3d4e5f-1/later');
    expect(groupIdOf('two words')).toMatch(/^sha256\/[0-9a-f]{64}$/);
  });
});
