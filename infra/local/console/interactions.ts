import { SlackError } from './api/call.ts';
import type { ChannelLog } from './channel.ts';
import { escapeText, type Message, objects } from './message.ts';
import type { Acknowledgement, Outbound } from './outbound.ts';
import { actionOf, type Blocks, type Click, envelope, pressedElement } from './payloads.ts';
import type { Person } from './practice-users.ts';
import { type ResponseUrls, respond } from './response-urls.ts';
import type { Triggers } from './triggers.ts';
import type { Views } from './views.ts';
import type { Workspace } from './workspace.ts';

/** What the page shows about it: nothing, when all went well. */
export interface InteractionResult {
  readonly ok: boolean;
  readonly error?: string;
}

export interface Interactions {
  click(who: Person, ts: string, click: Click): Promise<InteractionResult>;
  /** Runs a line that starts with a slash. */
  command(who: Person, line: string): Promise<InteractionResult>;
}

export interface InteractionDependencies {
  readonly workspace: Workspace;
  readonly log: ChannelLog;
  readonly outbound: Outbound;
  readonly triggers: Triggers;
  readonly views: Views;
  readonly responseUrls: ResponseUrls;
  readonly commands: readonly string[];
  readonly nextTs: () => string;
}

/** Turns what a person does on the page into the requests that Slack would send. */
export function createInteractions(dependencies: InteractionDependencies): Interactions {
  const { workspace, log, outbound, triggers, responseUrls, commands, nextTs } = dependencies;
  const { channel, team, appId, slackbot } = workspace;

  const tell = (who: Person, text: string): void => {
    log.postEphemeral({ channel: channel.id, user: slackbot.id, content: { text } }, who.id);
  };

  return {
    async click(who, ts, click) {
      const message = log.find(channel.id, ts);
      const pressed = message && isSeenBy(who, message) && pressedElement(blocksOf(message), click);
      if (!message || !pressed) return { ok: false, error: 'stale' };
      const { element, attachmentId } = pressed;
      const ephemeral = message.ephemeralTo !== undefined;
      const payload = {
        ...envelope('block_actions', who, workspace),
        container: {
          type: attachmentId === undefined ? 'message' : 'message_attachment',
          message_ts: message.ts,
          ...(attachmentId !== undefined && { attachment_id: attachmentId, is_app_unfurl: false }),
          channel_id: channel.id,
          is_ephemeral: ephemeral,
          ...(message.threadTs && { thread_ts: message.threadTs }),
        },
        trigger_id: triggers.issue(who.id),
        channel: { id: channel.id, name: channel.name },
        ...(!ephemeral && { message: log.show(message, true) }),
        state: { values: {} },
        response_url: responseUrls.issue({ channel: channel.id, user: who.id, message }),
        actions: [actionOf(element, click, nextTs())],
      };
      const { outcome } = await outbound.send('block_actions', { payload: JSON.stringify(payload) });
      return outcome === 'acknowledged' ? { ok: true } : { ok: false, error: outcome };
    },

    async command(who, line) {
      const [, command = '', text = ''] = /^(\/\S*)\s*([\s\S]*)$/.exec(line.trim()) ?? [];
      if (!commands.includes(command)) {
        tell(who, `\`${escapeText(command)}\` is not a valid command. Try \`${commands[0] ?? '/nightshift'} help\`.`);
        return { ok: false, error: 'unknown_command' };
      }
      const origin = { channel: channel.id, user: who.id };
      const ack = await outbound.send('command', {
        team_id: who.teamId ?? team.id,
        team_domain: team.domain,
        channel_id: channel.id,
        channel_name: channel.name,
        user_id: who.id,
        user_name: who.name,
        command,
        text,
        api_app_id: appId,
        is_enterprise_install: 'false',
        response_url: responseUrls.issue(origin),
        trigger_id: triggers.issue(who.id),
      });
      const error = ack.outcome === 'acknowledged' ? showAnswer(ack) : ack.outcome;
      if (error) tell(who, `${escapeText(command)} failed with the error “${error}”.`);
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

function isSeenBy({ id }: Person, { ephemeralTo }: Message): boolean {
  return ephemeralTo === undefined || ephemeralTo === id;
}

function blocksOf({ content: { blocks = [], attachments = [] } }: Message): readonly Blocks[] {
  return [
    { blocks },
    ...attachments.map((attachment, index) => ({ blocks: objects(attachment.blocks), attachmentId: index + 1 })),
  ];
}
