import { expect, it } from 'vitest';
import { grouped } from '../../engine/words.ts';

it.each([
  [0, '0'],
  [999.4, '999'],
  [999.5, '1,000'],
  [31_204, '31,204'],
  [1_234_567, '1,234,567'],
  [-4_200, '-4,200'],
])('a number is grouped as people read it: %s', (value, words) => {
  expect(grouped(value)).toBe(words);
  expect(grouped(value)).toBe(Math.round(value).toLocaleString('en-US'));
});
