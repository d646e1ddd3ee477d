import type { App, RespondFn } from '@slack/bolt';
import * as z from 'zod';
import { messageOf } from '../../engine/errors.ts';
import { teamsOf } from './identity.ts';
import type { Log } from './log.ts';
import { LINK, RUN_AGAIN } from './render-actions.ts';
import { type Reply, renderReply } from './reply.ts';

/** Who asks, and where. */
export interface Caller {
  readonly userId: string;
  readonly channelId: string;
  readonly teamId: string;
}

/**
 * What the bot does when it is asked. Slack repeats deliveries it believes lost: doing the same twice must be harmless.
 * What a handler throws is told to the person who asked.
 */
export interface SlackHandlers {
  /** `text` is what follows `/nightshift`, as typed. */
  command(command: Caller & { readonly text: string }): Promise<Reply>;
  /** Somebody clicked "Run Again" on the card of this incident. Without a reply only the card answers. */
  runAgain(click: Caller & { readonly incident: string }): Promise<Reply | undefined>;
}

export interface ListenOptions {
  readonly handlers: SlackHandlers;
  readonly ourTeam: () => Promise<string>;
  readonly ackAfterMs: number;
  readonly log: Log;
}

const click = z.object({
  user: z.object({ id: z.string() }),
  channel: z.object({ id: z.string() }).optional(),
  actions: z.tuple([z.object({ value: z.string().default('') })]).rest(z.unknown()),
});

/** What Bolt does with commands and clicks. `receivedAtMs` in its context is when the request came in. */
export function listen(bolt: App, { handlers, ourTeam, ackAfterMs, log }: ListenOptions): void {
  const tell = async (respond: RespondFn | undefined, reply: Reply): Promise<void> => {
    try {
      await respond?.({ ...renderReply(reply), replace_original: false });
    } catch (failure) {
      // The address has expired (30 minutes, 5 answers) or Slack is away: what was asked for is done all the same.
      log.warn({ reason: messageOf(failure) }, 'could not answer a command or a click');
    }
  };
  const tried = async <T>(what: string, work: () => Promise<T>): Promise<T | Reply> => {
    try {
      return await work();
    } catch (failure) {
      log.error({ reason: messageOf(failure) }, `${what} failed`);
      return { text: `That did not work: ${messageOf(failure)}` };
    }
  };

  bolt.use(async (args) => {
    const team = await ourTeam();
    if (teamsOf(args.body).every((one) => one === team)) return args.next();
    log.warn({ teams: teamsOf(args.body), team }, 'refused a request from another workspace');
    if ('ack' in args && args.ack) await args.ack();
    if ('respond' in args)
      await tell(args.respond, { text: 'Only members of the workspace this app belongs to may do that.' });
  });

  bolt.command(/.*/, async ({ command, ack, respond, context }) => {
    const { text, user_id: userId, channel_id: channelId, team_id: teamId } = command;
    const reply = tried('a command', () => handlers.command({ text, userId, channelId, teamId }));
    const room = ackAfterMs - (performance.now() - Number(context.receivedAtMs));
    const quick = await within(reply, room);
    if (quick) return ack(renderReply(quick));
    await ack();
    await tell(respond, await reply);
  });

  bolt.action(RUN_AGAIN, async ({ body, ack, respond }) => {
    await ack();
    const { user, channel, actions } = click.parse(body);
    const caller = { userId: user.id, channelId: channel?.id ?? '', teamId: await ourTeam() };
    const reply = await tried('"Run Again"', () => handlers.runAgain({ ...caller, incident: actions[0].value }));
    if (reply) await tell(respond, reply);
  });

  bolt.action(LINK, async ({ ack }) => ack());

  bolt.action(/^(?!link-|run-again$)/, async ({ ack, respond }) => {
    await ack();
    await tell(respond, { text: 'This button belongs to another version of Nightshift: nothing was done.' });
  });
}

/** The result if it is there within `ms`. */
async function within<T>(work: Promise<T>, ms: number): Promise<T | undefined> {
  const late = Promise.withResolvers<undefined>();
  const timer = setTimeout(() => late.resolve(undefined), Math.max(0, ms));
  try {
    return await Promise.race([work, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}
