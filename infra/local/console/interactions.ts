import { SlackError } from './api/call.ts';
import type { ChannelLog } from './channel.ts';
import { escapeText, type JsonObject, type Message, objects } from './message.ts';
import type { Acknowledgement, Outbound } from './outbound.ts';
import { type ResponseUrls, respond } from './response-urls.ts';
import type { Triggers } from './triggers.ts';
import type { Workspace } from './workspace.ts';

/** What the person pressed: which element of which message, and which option of a menu. */
export interface Click {
  readonly ts: string;
  readonly blockId: string;
  readonly actionId: string;
  readonly option?: string | undefined;
}

/** What the page shows about it: nothing, when all went well. */
export interface InteractionResult {
  readonly ok: boolean;
  readonly error?: string;
}

export interface Interactions {
  click(click: Click): Promise<InteractionResult>;
  /** Runs a line that starts with a slash. */
  command(line: string): Promise<InteractionResult>;
}

export interface InteractionDependencies {
  readonly workspace: Workspace;
  readonly log: ChannelLog;
  readonly outbound: Outbound;
  readonly triggers: Triggers;
  readonly responseUrls: ResponseUrls;
  readonly commands: readonly string[];
  readonly nextTs: () => string;
}

/** Turns what a person does on the page into the requests that Slack would send. */
export function createInteractions(dependencies: InteractionDependencies): Interactions {
  const { workspace, log, outbound, triggers, responseUrls, commands, nextTs } = dependencies;
  const { you, channel, team, appId, slackbot } = workspace;
  const person = { id: you.id, username: you.name, name: you.name, team_id: team.id };

  const tell = (text: string): void => {
    log.postEphemeral({ channel: channel.id, user: slackbot.id, content: { text } }, you.id);
  };

  return {
    async click(click) {
      const message = log.find(channel.id, click.ts);
      const pressed = message && pressedElement(message, click);
      if (!message || !pressed) return { ok: false, error: 'stale' };
      const { element, attachmentId } = pressed;
      const ephemeral = message.ephemeralTo !== undefined;
      const payload = {
        type: 'block_actions',
        user: person,
        api_app_id: appId,
        container: {
          type: attachmentId === undefined ? 'message' : 'message_attachment',
          message_ts: message.ts,
          ...(attachmentId !== undefined && { attachment_id: attachmentId, is_app_unfurl: false }),
          channel_id: channel.id,
          is_ephemeral: ephemeral,
          ...(message.threadTs && { thread_ts: message.threadTs }),
        },
        trigger_id: triggers.issue(),
        team: { id: team.id, domain: team.domain },
        enterprise: null,
        is_enterprise_install: false,
        channel: { id: channel.id, name: channel.name },
        ...(!ephemeral && { message: log.show(message, true) }),
        state: { values: {} },
        response_url: responseUrls.issue({ channel: channel.id, user: you.id, message }),
        actions: [{ ...actionOf(element, click), block_id: click.blockId, action_ts: nextTs() }],
      };
      const { outcome } = await outbound.send('block_actions', { payload: JSON.stringify(payload) });
      return outcome === 'acknowledged' ? { ok: true } : { ok: false, error: outcome };
    },

    async command(line) {
      const [, command = '', text = ''] = /^(\/\S*)\s*([\s\S]*)$/.exec(line.trim()) ?? [];
      if (!commands.includes(command)) {
        tell(`\`${escapeText(command)}\` is not a valid command. Try \`${commands[0] ?? '/nightshift'} help\`.`);
        return { ok: false, error: 'unknown_command' };
      }
      const origin = { channel: channel.id, user: you.id };
      const ack = await outbound.send('command', {
        team_id: team.id,
        team_domain: team.domain,
        channel_id: channel.id,
        channel_name: channel.name,
        user_id: you.id,
        user_name: you.name,
        command,
        text,
        api_app_id: appId,
        is_enterprise_install: 'false',
        response_url: responseUrls.issue(origin),
        trigger_id: triggers.issue(),
      });
      const error = ack.outcome === 'acknowledged' ? showAnswer(ack) : ack.outcome;
      if (error) tell(`${escapeText(command)} failed with the error “${error}”.`);
      return error ? { ok: false, error } : { ok: true };

      /** The body of an acknowledgement is itself an answer. Returns what is wrong with it. */
      function showAnswer({ body, contentType }: Acknowledgement): string | undefined {
        if (body.trim() === '') return undefined;
        try {
          const answer: unknown = contentType.includes('application/json') ? JSON.parse(body) : { text: body };
          respond({ log, workspace }, origin, answer);
          return undefined;
        } catch (thrown) {
          if (thrown instanceof SlackError || thrown instanceof SyntaxError) return 'invalid_command_response';
          throw thrown;
        }
      }
    },
  };
}

interface Pressed {
  readonly element: JsonObject;
  readonly attachmentId: number | undefined;
}

/** Looks the element up in the message as it is now: the page is not believed, and an old version may be gone. */
function pressedElement({ content }: Message, { blockId, actionId }: Click): Pressed | undefined {
  const places = [
    { blocks: content.blocks ?? [], attachmentId: undefined },
    ...(content.attachments ?? []).map(({ blocks }, index) => ({ blocks: objects(blocks), attachmentId: index + 1 })),
  ];
  for (const { blocks, attachmentId } of places) {
    const block = blocks.find(({ block_id }) => block_id === blockId);
    const elements = block ? [...objects(block.elements), ...objects([block.accessory])] : [];
    const element = elements.find(({ action_id }) => action_id === actionId);
    if (element) return { element, attachmentId };
  }
  return undefined;
}

function actionOf(element: JsonObject, { option }: Click): JsonObject {
  const { type, action_id, text, value, style, options } = element;
  if (type === 'button')
    return { type, action_id, text, ...(value !== undefined && { value }), ...(style !== undefined && { style }) };
  return { type, action_id, selected_option: objects(options).find((candidate) => candidate.value === option) };
}
