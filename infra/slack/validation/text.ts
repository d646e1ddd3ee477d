import * as z from 'zod';

/**
 * Text, ids and URLs of Block Kit. Lengths are Slack's documented ones, counted in UTF-16 units: Slack may count an
 * emoji as one character, so this is never too generous.
 * https://docs.slack.dev/reference/block-kit/composition-objects/text-object
 */
export const text = (max: number) => z.string().min(1).max(max);

/** `block_id`, `action_id` and the like. */
export const id = text(255);

export const webUrl = (max = 3000) => text(max).regex(/^https?:\/\/[^\s]+$/, 'invalid url');

/** Whatever `mrkdwn` understands between angle brackets; anything else there is text somebody forgot to escape. */
const bracketForms = [
  /^(https?:\/\/|mailto:|tel:)[^|<>]+(\|[^<>]*)?$/,
  /^@[UW][A-Z0-9]+(\|[^<>]*)?$/,
  /^#[CDG][A-Z0-9]+(\|[^<>]*)?$/,
  /^!(here|channel|everyone)(\|[^<>]*)?$/,
  /^!subteam\^S[A-Z0-9]+(\|[^<>]*)?$/,
  /^!date\^-?\d+\^[^|^<>]+(\^https?:\/\/[^|<>]+)?\|[^<>]+$/,
];

const dateTokens =
  /^(date_num|date_slash|date_long|date_long_full|date_long_pretty|date|date_pretty|date_short|date_short_pretty|time|time_secs|ago|day_divider_pretty)$/;

/** https://docs.slack.dev/messaging/formatting-message-text#date-formatting: at least one token, and only known ones. */
export function isDateFormat(format: string): boolean {
  const tokens = [...format.matchAll(/\{([^{}]*)\}/g)].map(([, token]) => token ?? '');
  return tokens.length > 0 && tokens.every((token) => dateTokens.test(token));
}

/** The first piece of `mrkdwn` that is not one of Slack's forms, or `undefined` when all of it is well-formed. */
export function unescapedIn(mrkdwn: string): string | undefined {
  const ampersand = /&(?!amp;|lt;|gt;)[^\s]{0,12}/.exec(mrkdwn);
  if (ampersand) return ampersand[0];
  for (const [bracket, inner] of mrkdwn.matchAll(/<([^<>]*)>?/g)) {
    const known = bracket.endsWith('>') && bracketForms.some((form) => form.test(inner ?? ''));
    const format = /^!date\^-?\d+\^([^|^]+)/.exec(inner ?? '')?.[1];
    if (!known || (format !== undefined && !isDateFormat(format))) return bracket.slice(0, 60);
  }
  return undefined;
}

/** `params.code` is what a `Problem` of this kind carries: Slack itself shows such text, it does not refuse it. */
export const mrkdwnText = (max: number) =>
  text(max).superRefine((value, context) => {
    const found = unescapedIn(value);
    if (found === undefined) return;
    context.addIssue({ code: 'custom', message: `not escaped: ${found}`, params: { code: 'unescaped' } });
  });

export const plain = (max: number) =>
  z.strictObject({ type: z.literal('plain_text'), text: text(max), emoji: z.boolean().optional() });

export const mrkdwn = (max: number) =>
  z.strictObject({ type: z.literal('mrkdwn'), text: mrkdwnText(max), verbatim: z.boolean().optional() });

export const anyText = (max: number) => z.discriminatedUnion('type', [plain(max), mrkdwn(max)]);
