import { createHash } from 'node:crypto';

/** A value of some pages that shows whether it is whole. */
export function checked(id: string): { text: string; sha256: string } {
  const text = `${id} `.repeat(1_000);
  return { text, sha256: createHash('sha256').update(text).digest('hex') };
}
