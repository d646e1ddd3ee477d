import * as z from 'zod';
import { richText } from './rich-text.ts';
import { anyText, id, plain, text, webUrl } from './text.ts';

/** Block elements and composition objects. https://docs.slack.dev/reference/block-kit/block-elements */
const confirm = z.strictObject({
  title: plain(100).optional(),
  text: anyText(300),
  confirm: plain(30).optional(),
  deny: plain(30).optional(),
  style: z.enum(['primary', 'danger']).optional(),
});
const optionOf = <T extends z.ZodType>(label: T) =>
  z.strictObject({ text: label, value: text(75).optional(), description: plain(75).optional() });
const option = optionOf(plain(75));
const richOption = optionOf(anyText(75));
const overflowOption = option.extend({ url: webUrl().optional() });
const style = z.enum(['primary', 'danger']).optional();
const actionId = id.optional();
const placeholder = plain(150).optional();
const focus = z.boolean().optional();
const whenTyping = z
  .strictObject({
    trigger_actions_on: z
      .array(z.enum(['on_enter_pressed', 'on_character_entered']))
      .min(1)
      .optional(),
  })
  .optional();

const acting = { action_id: actionId, confirm: confirm.optional() };
const choosing = { ...acting, focus_on_load: focus, placeholder };
const typing = { action_id: actionId, dispatch_action_config: whenTyping, focus_on_load: focus, placeholder };
const many = { max_selected_items: z.int().min(1).optional() };

const groups = z
  .array(z.strictObject({ label: plain(75), options: z.array(option).min(1).max(100) }))
  .min(1)
  .max(100)
  .optional();
const staticOptions = { options: z.array(option).min(1).max(100).optional(), option_groups: groups };
const oneSource = ({ options, option_groups }: { options?: unknown; option_groups?: unknown }) =>
  (options === undefined) !== (option_groups === undefined);
const oneSourceMessage = 'must define either `options` or `option_groups`';
const filter = z
  .strictObject({
    include: z
      .array(z.enum(['im', 'mpim', 'private', 'public']))
      .min(1)
      .optional(),
    exclude_external_shared_channels: z.boolean().optional(),
    exclude_bot_users: z.boolean().optional(),
  })
  .optional();
const conversation = { default_to_current_conversation: z.boolean().optional(), filter };
const answering = { response_url_enabled: z.boolean().optional() };
const query = { min_query_length: z.int().min(0).optional() };
const type = <const Name extends string>(name: Name) => z.literal(name);

const slackFile = z
  .strictObject({ id: id.optional(), url: webUrl().optional() })
  .refine(({ id: fileId, url }) => (fileId === undefined) !== (url === undefined), 'must define either `id` or `url`');
export const imageSource = { image_url: webUrl().optional(), slack_file: slackFile.optional() };
export const oneImage = ({ image_url, slack_file }: { image_url?: unknown; slack_file?: unknown }) =>
  (image_url === undefined) !== (slack_file === undefined);
export const oneImageMessage = 'must define either `image_url` or `slack_file`';

export const image = z
  .strictObject({ type: type('image'), alt_text: text(2000), ...imageSource })
  .refine(oneImage, oneImageMessage);

const button = z.strictObject({
  type: type('button'),
  ...acting,
  text: plain(75),
  value: text(2000).optional(),
  url: webUrl().optional(),
  style,
  accessibility_label: text(75).optional(),
});
const workflowButton = z.strictObject({
  type: type('workflow_button'),
  ...acting,
  text: plain(75),
  workflow: z.strictObject({
    trigger: z.strictObject({
      url: webUrl(),
      customizable_input_parameters: z.array(z.strictObject({ name: z.string(), value: z.string() })).optional(),
    }),
  }),
  style,
  accessibility_label: text(75).optional(),
});
const overflow = z.strictObject({ type: type('overflow'), ...acting, options: z.array(overflowOption).min(1).max(5) });

const boxes = { ...acting, focus_on_load: focus, options: z.array(richOption).min(1).max(10) };
const checkboxes = z.strictObject({
  type: type('checkboxes'),
  ...boxes,
  initial_options: z.array(richOption).min(1).optional(),
});
const radioButtons = z.strictObject({ type: type('radio_buttons'), ...boxes, initial_option: richOption.optional() });

const day = z.string().regex(/^\d{4}-\d\d-\d\d$/, 'invalid date: YYYY-MM-DD');
const time = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'invalid time: HH:mm');
const pickers = [
  z.strictObject({ type: type('datepicker'), ...choosing, initial_date: day.optional() }),
  z.strictObject({
    type: type('datetimepicker'),
    ...acting,
    focus_on_load: focus,
    initial_date_time: z.int().min(1_000_000_000).max(9_999_999_999).optional(),
  }),
  z.strictObject({
    type: type('timepicker'),
    ...choosing,
    initial_time: time.optional(),
    timezone: z.string().optional(),
  }),
] as const;

const selects = [
  z
    .strictObject({ type: type('static_select'), ...choosing, ...staticOptions, initial_option: option.optional() })
    .refine(oneSource, oneSourceMessage),
  z.strictObject({ type: type('external_select'), ...choosing, ...query, initial_option: option.optional() }),
  z.strictObject({ type: type('users_select'), ...choosing, initial_user: id.optional() }),
  z.strictObject({
    type: type('conversations_select'),
    ...choosing,
    ...answering,
    ...conversation,
    initial_conversation: id.optional(),
  }),
  z.strictObject({ type: type('channels_select'), ...choosing, ...answering, initial_channel: id.optional() }),
] as const;

const ids = z.array(id).min(1).optional();
const initialOptions = z.array(option).min(1).optional();
const multiSelects = [
  z
    .strictObject({
      type: type('multi_static_select'),
      ...choosing,
      ...many,
      ...staticOptions,
      initial_options: initialOptions,
    })
    .refine(oneSource, oneSourceMessage),
  z.strictObject({
    type: type('multi_external_select'),
    ...choosing,
    ...many,
    ...query,
    initial_options: initialOptions,
  }),
  z.strictObject({ type: type('multi_users_select'), ...choosing, ...many, initial_users: ids }),
  z.strictObject({
    type: type('multi_conversations_select'),
    ...choosing,
    ...many,
    ...conversation,
    initial_conversations: ids,
  }),
  z.strictObject({ type: type('multi_channels_select'), ...choosing, ...many, initial_channels: ids }),
] as const;

const richTextInput = z.strictObject({
  type: type('rich_text_input'),
  ...typing,
  initial_value: richText.optional(),
  min_lines: z.int().min(1).optional(),
  max_lines: z.int().min(1).optional(),
});
const initialText = { initial_value: z.string().optional() };
/** `file_input` is missing on purpose: modals only. */
const typedInputs = [
  z.strictObject({
    type: type('plain_text_input'),
    ...typing,
    ...initialText,
    multiline: z.boolean().optional(),
    min_length: z.int().min(0).max(3000).optional(),
    max_length: z.int().min(1).max(3000).optional(),
  }),
  z.strictObject({
    type: type('number_input'),
    ...typing,
    ...initialText,
    is_decimal_allowed: z.boolean(),
    min_value: z.string().optional(),
    max_value: z.string().optional(),
  }),
  z.strictObject({ type: type('email_text_input'), ...typing, ...initialText }),
  z.strictObject({ type: type('url_text_input'), ...typing, ...initialText }),
] as const;

const chosen = [checkboxes, radioButtons, ...pickers, ...selects, ...multiSelects] as const;

export const actionElement = z.discriminatedUnion('type', [button, workflowButton, overflow, ...chosen, richTextInput]);
export const accessory = z.discriminatedUnion('type', [image, button, workflowButton, overflow, ...chosen]);
export const inputElement = z.discriminatedUnion('type', [...chosen, richTextInput, ...typedInputs]);
