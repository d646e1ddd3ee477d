import type { App } from '@slack/bolt';
import type { PlanButton } from '../../engine/plan-card.ts';
import type { Chat } from '../../engine/ports.ts';
import { answersOf, within } from './answers.ts';
import { listenToClicks } from './clicks.ts';
import { type Identity, teamsOf } from './identity.ts';
import type { Log } from './log.ts';
import type { Modals } from './modals.ts';
import { sayingModal } from './render-modal.ts';
import { type Reply, renderReply } from './reply.ts';
import { turnedAwayOf } from './strangers.ts';
import { listenToSubmissions } from './submissions.ts';

/** Who asks, and where. */
export interface Caller {
  readonly userId: string;
  readonly channelId: string;
  readonly teamId: string;
}

/** For a handler that has its answer given later, by somebody else. */
export interface Asking {
  /** The same when Slack delivers the same thing again. */
  readonly id: string;
  /** `response_url`: takes up to five answers within 30 minutes, and no token. */
  readonly answerTo: string;
}

/**
 * What the bot does when it is asked. Slack repeats deliveries it believes lost: doing the same twice must be harmless.
 * Every request was acknowledged before, but for a command and a submission, which wait a little for their answer. A
 * reply is told to the person who asked and to nobody else; so is what a handler throws. References are opaque strings
 * of the right shape, nothing more: whether they name something is for the handler to say.
 */
export interface SlackHandlers {
  /** `text` is what follows `/nightshift`, as typed. Without a reply nothing is shown: the answer comes later. */
  command(command: Caller & { readonly text: string }, asking: Asking): Promise<Reply | undefined>;
  /** Somebody clicked "Run Again" on the card of this incident. Without a reply only the card answers. */
  runAgain(click: Caller & { readonly incident: string }, asking: Asking): Promise<Reply | undefined>;
  /**
   * Somebody pressed a fix and looks at a window that says "Reading the cluster…". `viewId` names it to
   * `Chat.showPlan`, which fills it; a reply takes the plan's place in it.
   */
  openPlan(
    click: {
      readonly incident: string;
      readonly remedy: string;
      readonly viewId: string;
      readonly caller: Caller;
    },
    asking?: Asking,
  ): Promise<Reply | undefined>;
  /** Somebody read the plan and asks for approval. Without a reply the window closes. */
  request(submission: { readonly plan: string; readonly caller: Caller }, asking?: Asking): Promise<Reply | undefined>;
  /** Somebody pressed a button under a plan. */
  decide(
    click: {
      readonly plan: string;
      readonly button: PlanButton;
      readonly caller: Caller;
    },
    asking?: Asking,
  ): Promise<Reply | undefined>;
  /** Somebody says that the steps of a manual fix are done: look whether it helped. */
  doneByHand(
    click: {
      readonly incident: string;
      readonly manual: string;
      readonly caller: Caller;
    },
    asking?: Asking,
  ): Promise<Reply | undefined>;
  /** Somebody of another workspace was sent away. They are told already; this is to remember it. */
  turnedAway(attempt: TurnedAway): Promise<undefined>;
}

/** What somebody of another workspace wanted, as far as it can be told. */
export interface TurnedAway {
  readonly what: string;
  readonly plan?: string;
  readonly incident?: string;
  /** With their workspace. */
  readonly caller: Caller;
}

export interface ListenOptions {
  readonly handlers: SlackHandlers;
  readonly ourselves: () => Promise<Identity>;
  readonly modals: Modals;
  readonly whisper: Chat['whisper'];
  readonly ackAfterMs: number;
  readonly log: Log;
}

const OTHER_WORKSPACE = 'Only members of the workspace this app belongs to may do that.';

/** What Bolt does with commands, clicks and windows. `receivedAtMs` in its context is when the request came in. */
export function listen(bolt: App, options: ListenOptions): void {
  const { handlers, ourselves, ackAfterMs, log } = options;
  const { tell, tried } = answersOf(log);

  bolt.use(async (args) => {
    const { teamId: team } = await ourselves();
    const teams = teamsOf(args.body);
    if (teams.every((one) => one === team)) return args.next();
    log.warn({ teams, team }, 'refused a request from another workspace');
    if ('view' in args) await args.ack({ response_action: 'update', view: sayingModal(OTHER_WORKSPACE) });
    else if ('ack' in args && args.ack) await args.ack();
    const attempt = turnedAwayOf(args.body, teams.find((one) => one !== team) ?? '');
    const noted = attempt && tried('noting who was sent away', () => handlers.turnedAway(attempt));
    if ('respond' in args && !('view' in args)) await tell(args.respond, { text: OTHER_WORKSPACE });
    await noted;
  });

  bolt.command(/.*/, async ({ command, ack, respond, context }) => {
    const { text, user_id: userId, channel_id: channelId, team_id: teamId } = command;
    const asking = { id: command.trigger_id, answerTo: command.response_url };
    const reply = tried('a command', () => handlers.command({ text, userId, channelId, teamId }, asking));
    const room = ackAfterMs - (performance.now() - Number(context.receivedAtMs));
    const quick = await within(reply, room);
    if (quick?.result) return ack(renderReply(quick.result));
    await ack();
    await tell(respond, await reply);
  });

  listenToClicks(bolt, options);
  listenToSubmissions(bolt, options);
}
