import { expect, test } from 'vitest';
import * as z from 'zod';
import { messageOf } from '../../engine/errors.ts';

test('what does not fit its schema is told as field and fault, not as JSON', () => {
  const wanted = z.object({ plan: z.string(), at: z.object({ ms: z.number() }) });
  const { error } = wanted.safeParse({ at: { ms: 'x' } });
  expect(messageOf(error)).toBe(
    'plan: Invalid input: expected string, received undefined; at.ms: Invalid input: expected number, received string',
  );
  expect(messageOf(z.string().safeParse(1).error)).toBe('Invalid input: expected string, received number');
  expect(messageOf(new Error('as it is'))).toBe('as it is');
  expect(messageOf('thrown')).toBe('thrown');
});
