import { expect, it } from 'vitest';
import { doubtSigningSecret, signingSecretIn } from '../../../functions/lambda/check-slack.ts';

function said(text: string): string {
  const words: string[] = [];
  doubtSigningSecret(text, { warn: (_about: unknown, line: string) => void words.push(line) });
  return words.join();
}

it.each(['xoxb-1-2-a', 'xoxe.xoxb-1-a', 'xapp-1-A1-2-a'])(
  'a token where the signing secret belongs is refused: %s',
  (text) => {
    expect(() => signingSecretIn(text)).toThrow(/slack\.signingSecret: what the secret holds is a token/);
  },
);

it.each([
  ['a verification token', 'aVerificationToken24char'],
  ['one that was cut off', '0123456789abcdef0123456789abcde'],
  ['what an example shows', '…'],
])('the check doubts %s, says so, and repeats no word of it; it is not refused', (_what, text) => {
  expect(signingSecretIn(text)).toBe(text);
  expect(said(text)).toMatch(/slack\.signingSecret.*32 of 0-9 and a-f/);
  expect(said(text)).not.toContain(text);
});

it('the check has no word about what looks like one', () => {
  expect(said('0123456789abcdef0123456789abcdef')).toBe('');
});
