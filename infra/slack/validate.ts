import * as z from 'zod';
import { block } from './validation/blocks.ts';
import { text, webUrl } from './validation/text.ts';
import { MAX_VIEW_BYTES, view } from './validation/view.ts';
import { wholeMessage } from './validation/whole.ts';

/** One thing Slack would not take. `pointer` is a JSON pointer into the message, as in Slack's own answers. */
export interface Problem {
  readonly pointer: string;
  readonly code: string;
  readonly message: string;
}

/** The parts of a `chat.postMessage` or `chat.update` call that have rules; JSON from anywhere. */
export interface MessageDraft {
  readonly text?: unknown;
  readonly blocks?: unknown;
  readonly attachments?: unknown;
  readonly metadata?: unknown;
}

const blocks = z.array(block).max(50);
const attachment = z.strictObject({
  blocks: blocks.optional(),
  fallback: z.string().optional(),
  color: z
    .string()
    .regex(/^(good|warning|danger|#?[0-9a-fA-F]{6})$/, 'invalid color')
    .optional(),
  pretext: z.string().optional(),
  title: z.string().optional(),
  title_link: webUrl().optional(),
  text: z.string().optional(),
  fields: z.array(z.strictObject({ title: z.string(), value: z.string(), short: z.boolean().optional() })).optional(),
  footer: z.string().max(300).optional(),
  ts: z.union([z.string(), z.number()]).optional(),
  mrkdwn_in: z.array(z.enum(['pretext', 'text', 'fields'])).optional(),
});
const message = z.object({
  text: z.string().optional(),
  blocks: blocks.optional(),
  attachments: z.array(attachment).max(100).optional(),
  metadata: z.strictObject({ event_type: text(255), event_payload: z.record(z.string(), z.json()) }).optional(),
});

/**
 * Every rule of a message that Slack documents and that can be checked without Slack. Stricter than Slack in one point:
 * text that somebody forgot to escape (`unescaped`), which Slack shows, is a problem here.
 */
export function validateMessage(draft: MessageDraft, method: 'post' | 'update' = 'post'): readonly Problem[] {
  const parsed = message.safeParse(draft, { reportInput: true });
  const found = parsed.success ? [] : parsed.error.issues.flatMap((issue) => problemsOf(issue));
  return [...found, ...wholeMessage(draft, method)];
}

/** The same for a modal (`views.open`, `views.update`); pointers begin with `/view`. */
export function validateView(draft: unknown): readonly Problem[] {
  const parsed = view.safeParse(draft, { reportInput: true });
  const found = parsed.success ? [] : parsed.error.issues.flatMap((issue) => problemsOf(issue, '/view'));
  const bytes = Buffer.byteLength(JSON.stringify(draft) ?? '');
  if (bytes <= MAX_VIEW_BYTES) return found;
  return [...found, { pointer: '/view', code: 'view_too_large', message: `${bytes} bytes, at most ${MAX_VIEW_BYTES}` }];
}

/** The `error` Slack would answer to a view. */
export function viewErrorOf(problems: readonly Problem[]): string | undefined {
  const refused = problems.filter(({ code }) => code !== 'unescaped');
  if (refused.some(({ code }) => code === 'view_too_large')) return 'view_too_large';
  return refused.length > 0 ? 'invalid_arguments' : undefined;
}

/** The `error` Slack would answer: the first that applies in the order it checks. `undefined`: it would take it. */
export function slackErrorOf(problems: readonly Problem[]): string | undefined {
  const refused = problems.filter(({ code }) => code !== 'unescaped');
  const first = refused[0];
  if (first === undefined) return undefined;
  const named = refused.find(({ code }) => wholeCodes.has(code));
  if (named) return named.code === 'only_one_table_allowed' ? 'invalid_attachments' : named.code;
  if (first.pointer.startsWith('/metadata')) return 'invalid_metadata_format';
  if (first.pointer === '/text') return 'invalid_arguments';
  return /^\/attachments(?!\/\d+\/blocks)/.test(first.pointer) ? 'invalid_attachments' : 'invalid_blocks';
}

const wholeCodes = new Set([
  'no_text',
  'msg_too_long',
  'msg_blocks_too_long',
  'too_many_attachments',
  'only_one_table_allowed',
]);

/** `must be more than 0 characters [json-pointer:/blocks/0/text/text]`: how Slack words it in `errors`. */
export function wordsOf({ message: words, pointer }: Problem): string {
  return `${words} [json-pointer:${pointer}]`;
}

function problemsOf(issue: z.core.$ZodIssue, root = ''): readonly Problem[] {
  const at = (path: readonly PropertyKey[]) => (path.length === 0 && root ? root : `${root}/${path.join('/')}`);
  const pointer = at(issue.path);
  const problem = (code: string, words: string, place = pointer): Problem => ({ pointer: place, code, message: words });
  const parent = at(issue.path.slice(0, -1));
  const name = String(issue.path.at(-1));
  switch (issue.code) {
    case 'too_small':
      return [
        problem(
          'failed_constraint',
          issue.origin === 'string'
            ? `must be more than ${Number(issue.minimum) - 1} characters`
            : `no less than ${issue.minimum} allowed`,
        ),
      ];
    case 'too_big':
      if (issue.origin === 'string')
        return [problem('failed_constraint', `must be less than ${Number(issue.maximum) + 1} characters`)];
      if (pointer === '/attachments') return [problem('too_many_attachments', 'no more than 100 items allowed')];
      return [problem('failed_constraint', `no more than ${issue.maximum} items allowed`)];
    case 'unrecognized_keys':
      return issue.keys.map((key) => problem('unknown_field', `invalid additional property: ${key}`));
    case 'invalid_union': {
      if (!('discriminator' in issue)) return [problem('failed_constraint', issue.message)];
      const given = typeOf(issue.input);
      if (given === undefined) return [problem('missing_field', 'missing required field: type', parent)];
      return [problem('unsupported_type', `unsupported type: ${given}`)];
    }
    case 'invalid_type':
    case 'invalid_value':
      if (issue.input === undefined) return [problem('missing_field', `missing required field: ${name}`, parent)];
      return [problem('failed_constraint', issue.message)];
    case 'custom': {
      const code: unknown = issue.params?.code;
      return [problem(typeof code === 'string' ? code : 'failed_constraint', issue.message)];
    }
    default:
      return [problem('failed_constraint', issue.message)];
  }
}

function typeOf(input: unknown): string | undefined {
  if (input === null || typeof input !== 'object' || !('type' in input)) return undefined;
  return String(input.type);
}
