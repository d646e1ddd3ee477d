import * as z from 'zod';
import { slackErrorOf, validateMessage, wordsOf } from '../../../slack/validate.ts';
import type { Content } from '../message.ts';
import { type Args, json, SlackError, text } from './call.ts';

const objects = z.array(z.record(z.string(), z.unknown()));
const metadataSchema = z.object({ event_type: z.string().min(1), event_payload: z.record(z.string(), z.unknown()) });

/** chat.postMessage: "messages containing more than 40,000 characters are truncated". */
const truncateAt = 40_000;

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

/**
 * The whole message, or the error that Slack answers. Empty lists count as absent. Slack reports every breach twice:
 * bare in `errors`, and marked in `response_metadata.messages`.
 */
export function checkedContent(given: GivenContent, method: 'post' | 'update' = 'post'): Content {
  const content: Content = {
    text: given.text ?? '',
    ...(given.blocks?.length && { blocks: given.blocks }),
    ...(given.attachments?.length && { attachments: given.attachments }),
    ...(given.metadata && { metadata: given.metadata }),
  };
  const problems = validateMessage(content, method);
  const error = slackErrorOf(problems);
  if (error === undefined) return content;
  const errors = problems.map(wordsOf);
  const messages = errors.map((words) => `[ERROR] ${words}`);
  throw new SlackError(error, { errors, response_metadata: { messages } });
}
