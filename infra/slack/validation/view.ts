import * as z from 'zod';
import { viewBlock } from './blocks.ts';
import { id, plain } from './text.ts';

/** https://docs.slack.dev/reference/methods/views.open: `view_too_large`. */
export const MAX_VIEW_BYTES = 250_000;

/** A modal. Home tabs are not ours. https://docs.slack.dev/reference/views/modal-views */
export const view = z
  .strictObject({
    type: z.literal('modal'),
    title: plain(24),
    blocks: z.array(viewBlock).max(100),
    close: plain(24).optional(),
    submit: plain(24).optional(),
    private_metadata: z.string().max(3_000).optional(),
    callback_id: id.optional(),
    external_id: id.optional(),
    clear_on_close: z.boolean().optional(),
    notify_on_close: z.boolean().optional(),
    submit_disabled: z.boolean().optional(),
  })
  .superRefine(({ blocks, submit }, refinement) => {
    const complain = (path: (string | number)[], message: string, code: string) =>
      refinement.addIssue({ code: 'custom', path, message, params: { code } });
    if (submit === undefined && blocks.some(({ type }) => type === 'input'))
      complain(['submit'], 'a view with an input block needs `submit`', 'missing_field');
    const seen = new Set<string>();
    for (const [index, { block_id }] of blocks.entries()) {
      if (block_id === undefined) continue;
      if (seen.has(block_id))
        complain(['blocks', index, 'block_id'], `\`block_id\` "${block_id}" already exists`, 'duplicate_id');
      seen.add(block_id);
    }
  });
