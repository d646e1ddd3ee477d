import * as z from 'zod';
import { validateMessage } from '../../../slack/validate.ts';
import type { Content } from '../message.ts';
import { type Args, json, SlackError, text } from './call.ts';

const objects = z.array(z.record(z.string(), z.unknown()));
const metadataSchema = z.object({ event_type: z.string().min(1), event_payload: z.record(z.string(), z.unknown()) });

/** chat.postMessage: "messages containing more than 40,000 characters are truncated". */
const truncateAt = 40_000;
const maxAttachments = 100;

/** Errors that Slack names by themselves; any other breach is `invalid_blocks` with a pointer. */
const ownName = new Set(['msg_blocks_too_long', 'msg_too_long', 'too_many_attachments', 'invalid_attachments', 'no_text']);

/** What a call says about each part of a message; `undefined` where it says nothing. */
export interface GivenContent {
  readonly text?: Content['text'] | undefined;
  readonly blocks?: Content['blocks'] | undefined;
  readonly attachments?: Content['attachments'] | undefined;
  /** `null`: remove it. */
  readonly metadata?: Content['metadata'] | null | undefined;
}

/** Reads the parts of a message from a call's arguments. */
export function givenContent(args: Args): GivenContent {
  return {
    text: text(args, 'text')?.slice(0, truncateAt),
    blocks: list(json(args, 'blocks', 'invalid_blocks_format'), 'invalid_blocks_format'),
    attachments: list(json(args, 'attachments', 'invalid_attachments'), 'invalid_attachments'),
    metadata: metadata(json(args, 'metadata', 'invalid_metadata_format')),
  };
}

function list(value: unknown, error: string): Content['blocks'] {
  if (value === undefined) return undefined;
  const parsed = objects.safeParse(value);
  if (!parsed.success) throw new SlackError(error);
  return parsed.data;
}

function metadata(value: unknown): GivenContent['metadata'] {
  if (value === undefined) return undefined;
  if (typeof value === 'object' && value !== null && Object.keys(value).length === 0) return null;
  const parsed = metadataSchema.safeParse(value);
  if (!parsed.success) throw new SlackError('invalid_metadata_format');
  return parsed.data;
}

/** The whole message, or the error that Slack answers. Empty lists count as absent. */
export function checkedContent(given: GivenContent): Content {
  const content: Content = {
    text: given.text ?? '',
    ...(given.blocks?.length && { blocks: given.blocks }),
    ...(given.attachments?.length && { attachments: given.attachments }),
    ...(given.metadata && { metadata: given.metadata }),
  };
  if (!content.text && !content.blocks && !content.attachments) throw new SlackError('no_text');
  if ((content.attachments?.length ?? 0) > maxAttachments) throw new SlackError('too_many_attachments');
  refuse(validateMessage(content));
  return content;
}

/** Slack reports every breach twice: bare in `errors`, and marked in `response_metadata.messages`. */
function refuse(problems: ReturnType<typeof validateMessage>): void {
  const [first] = problems;
  if (!first) return;
  const errors = problems.map(({ message, pointer }) => `${message} [json-pointer:${pointer}]`);
  throw new SlackError(errorName(first), {
    errors,
    response_metadata: { messages: errors.map((error) => `[ERROR] ${error}`) },
  });
}

function errorName({ code, pointer }: { readonly code: string; readonly pointer: string }): string {
  if (ownName.has(code)) return code;
  if (code === 'only_one_table_allowed') return 'invalid_attachments';
  if (pointer.startsWith('/metadata')) return 'invalid_metadata_format';
  return 'invalid_blocks';
}
