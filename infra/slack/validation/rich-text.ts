import * as z from 'zod';
import { id, isDateFormat, text, webUrl } from './text.ts';

/** https://docs.slack.dev/reference/block-kit/blocks/rich-text-block: nothing in it is parsed, so nothing is escaped. */
const flag = z.boolean().optional();
const style = z.strictObject({ bold: flag, italic: flag, strike: flag, code: flag, underline: flag }).optional();
const border = z.literal([0, 1]).optional();

const textLeaf = z.strictObject({ type: z.literal('text'), text: z.string().min(1), style });
const linkLeaf = z.strictObject({
  type: z.literal('link'),
  url: webUrl(),
  text: z.string().min(1).optional(),
  unsafe: flag,
  style,
});

export const leaf = z.discriminatedUnion('type', [
  textLeaf,
  linkLeaf,
  z.strictObject({ type: z.literal('user'), user_id: z.string().regex(/^[UW][A-Z0-9]+$/), style }),
  z.strictObject({ type: z.literal('usergroup'), usergroup_id: z.string().regex(/^S[A-Z0-9]+$/), style }),
  z.strictObject({ type: z.literal('channel'), channel_id: z.string().regex(/^[CDG][A-Z0-9]+$/), style }),
  z.strictObject({ type: z.literal('team'), team_id: z.string().regex(/^[TE][A-Z0-9]+$/), style }),
  z.strictObject({
    type: z.literal('emoji'),
    name: text(100),
    unicode: z.string().optional(),
    url: webUrl().optional(),
    style,
  }),
  z.strictObject({ type: z.literal('broadcast'), range: z.enum(['here', 'channel', 'everyone']), style }),
  z.strictObject({ type: z.literal('color'), value: z.string().regex(/^#[0-9a-fA-F]{6}$/), style }),
  z.strictObject({
    type: z.literal('date'),
    timestamp: z.int(),
    format: z.string().refine(isDateFormat, 'invalid date format'),
    url: webUrl().optional(),
    fallback: text(3000).optional(),
    style,
  }),
]);

const section = z.strictObject({ type: z.literal('rich_text_section'), elements: z.array(leaf) });

const richTextElement = z.discriminatedUnion('type', [
  section,
  z.strictObject({
    type: z.literal('rich_text_list'),
    elements: z.array(section).min(1),
    style: z.enum(['bullet', 'ordered']),
    indent: z.int().min(0).max(8).optional(),
    border,
  }),
  z.strictObject({ type: z.literal('rich_text_quote'), elements: z.array(leaf), border }),
  z.strictObject({
    type: z.literal('rich_text_preformatted'),
    elements: z.array(z.discriminatedUnion('type', [textLeaf, linkLeaf])).min(1),
    border,
  }),
]);

export const richText = z.strictObject({
  type: z.literal('rich_text'),
  block_id: id.optional(),
  elements: z.array(richTextElement).min(1),
});
