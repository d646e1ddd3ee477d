import * as z from 'zod';
import { accessory, actionElement, image, imageSource, inputElement, oneImage, oneImageMessage } from './elements.ts';
import { richText } from './rich-text.ts';
import { anyText, id, mrkdwn, plain, text } from './text.ts';

/**
 * The blocks a message or a modal of ours may hold, with the limits of https://docs.slack.dev/reference/block-kit/blocks. Slack
 * knows more types (cards, carousels, plans, videos …); a type that is not in this table is refused.
 */
const block_id = id.optional();

const header = z.strictObject({ type: z.literal('header'), block_id, text: plain(150) });
const divider = z.strictObject({ type: z.literal('divider'), block_id });

const section = z
  .strictObject({
    type: z.literal('section'),
    block_id,
    text: anyText(3000).optional(),
    fields: z.array(anyText(2000)).min(1).max(10).optional(),
    accessory: accessory.optional(),
    expand: z.boolean().optional(),
  })
  .refine(
    ({ text: main, fields }) => main !== undefined || fields !== undefined,
    'must define either `text` or `fields`',
  );

const context = z.strictObject({
  type: z.literal('context'),
  block_id,
  elements: z
    .array(z.discriminatedUnion('type', [plain(3000), mrkdwn(3000), image]))
    .min(1)
    .max(10),
});

const actions = z.strictObject({
  type: z.literal('actions'),
  block_id,
  elements: z
    .array(actionElement)
    .min(1)
    .max(25)
    .superRefine((elements, refinement) => {
      const seen = new Set<string>();
      for (const [index, { action_id }] of elements.entries()) {
        if (action_id !== undefined && seen.has(action_id))
          refinement.addIssue({
            code: 'custom',
            path: [index, 'action_id'],
            message: `\`action_id\` "${action_id}" already exists in this block`,
            params: { code: 'duplicate_id' },
          });
        if (action_id !== undefined) seen.add(action_id);
      }
    }),
});

const imageBlock = z
  .strictObject({
    type: z.literal('image'),
    block_id,
    alt_text: text(2000),
    title: plain(2000).optional(),
    ...imageSource,
  })
  .refine(oneImage, oneImageMessage);

/** Slack does not keep the `block_id` of a markdown block. The 12,000 characters count over all of a message. */
const markdown = z.strictObject({ type: z.literal('markdown'), block_id, text: text(12_000) });

const input = z.strictObject({
  type: z.literal('input'),
  block_id,
  label: plain(2000),
  element: inputElement,
  hint: plain(2000).optional(),
  optional: z.boolean().optional(),
  dispatch_action: z.boolean().optional(),
});

const cell = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('raw_text'), text: z.string().min(1) }),
  z.strictObject({ type: z.literal('raw_number'), value: z.number(), text: z.string().min(1) }),
  richText,
]);
const table = z.strictObject({
  type: z.literal('table'),
  block_id,
  rows: z.array(z.array(cell).min(1).max(20)).min(1).max(100),
  column_settings: z
    .array(
      z.strictObject({
        align: z.enum(['left', 'center', 'right']).optional(),
        is_wrapped: z.boolean().optional(),
      }),
    )
    .max(20)
    .optional(),
});

const everywhere = [header, divider, section, context, actions, imageBlock, richText, input] as const;

export const block = z.discriminatedUnion('type', [...everywhere, table, markdown]);
/** Tables and markdown are for messages. https://docs.slack.dev/reference/block-kit/blocks */
export const viewBlock = z.discriminatedUnion('type', everywhere);
