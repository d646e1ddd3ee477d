import * as z from 'zod';
import { Refused, TryLater } from '../../engine/errors.ts';
import type { People, Person } from '../../engine/people.ts';
import type { Clock } from '../../engine/ports.ts';
import { failureOf } from './failures.ts';
import { type Identity, identity } from './identity.ts';
import { type Log, silent } from './log.ts';
import { remembering } from './remembering.ts';
import { calling, webClient } from './web.ts';

export interface SlackPeopleOptions {
  readonly botToken: string;
  /** Base of the Web API. Default: https://slack.com/api/ */
  readonly apiUrl?: string;
  /** The workspace the app is installed in. Without it Slack is asked once (`auth.test`). */
  readonly teamId?: string;
  /** Milliseconds for one call. Default 3,000. */
  readonly timeoutMs?: number;
  readonly clock?: Clock;
  readonly log?: Log;
}

/**
 * How long an answer will do for what is only shown. `usergroups.users.list` allows 20 calls a minute, and cards are
 * drawn often; whoever decides is looked up at that moment.
 */
export const KEEP_MS = 60_000;
const ASK_AGAIN_MS = 5_000;

const flag = z.boolean().default(false);
const found = z.object({
  user: z.object({
    id: z.string(),
    name: z.string().optional(),
    real_name: z.string().optional(),
    team_id: z.string().optional(),
    enterprise_user: z.object({ enterprise_id: z.string().optional() }).optional(),
    deleted: flag,
    is_bot: flag,
    is_workflow_bot: flag,
    is_connector_bot: flag,
    is_restricted: flag,
    is_ultra_restricted: flag,
    is_stranger: flag,
  }),
});
type User = z.infer<typeof found>['user'];
const members = z.object({ users: z.array(z.string()) });

/**
 * The workspace's directory over `users.info` and `usergroups.users.list`. Fails closed: `TryLater` while Slack does not
 * answer or answers what cannot be read, `Refused` with the sentence that mends it when the token may not ask.
 */
export function slackPeople(options: SlackPeopleOptions): People {
  const { botToken, apiUrl, teamId, timeoutMs = 3_000, clock = { now: () => new Date() }, log = silent } = options;
  const api = { botToken, log, ...(apiUrl === undefined ? {} : { apiUrl }) };
  const client = webClient({ ...api, timeoutMs });
  const whoWeAre = identity({ ...api, ...(teamId === undefined ? {} : { teamId }) });
  const asked = teamId === undefined ? whoWeAre : identity(api);
  const answered = (who: () => Promise<Identity>) =>
    who().catch((thrown: unknown) => {
      throw failureOf(thrown, { kind: 'read', method: 'auth.test' });
    });
  /** Of which organisation we are only Slack tells: asked where somebody is of another workspace of one. */
  const usBeside = async ({ team_id, enterprise_user }: User): Promise<Identity> => {
    const us = await answered(whoWeAre);
    if (team_id === us.teamId || !enterprise_user?.enterprise_id) return us;
    const seen = await answered(asked);
    return seen.teamId === us.teamId ? seen : us;
  };

  const person = async (id: string): Promise<Person> => {
    const answer = await unless(unknownUser, () =>
      calling({ kind: 'read', method: 'users.info' }, () => client.users.info({ user: id })),
    );
    if (answer === undefined) return { id, name: id, standing: 'unknown' };
    const { user } = understood(found, answer, 'users.info');
    if (user.id !== id) throw new TryLater('Slack answered users.info about somebody else', ASK_AGAIN_MS);
    return { id, name: user.real_name ?? user.name ?? id, standing: standingOf(user, await usBeside(user)) };
  };

  const groupMembers = async (usergroup: string): Promise<readonly string[]> => {
    const answer = await unless(unknownGroup, () =>
      calling({ kind: 'read', method: 'usergroups.users.list' }, () =>
        client.usergroups.users.list({ usergroup, include_disabled: false }),
      ),
    );
    if (answer === undefined)
      log.warn({ usergroup }, 'Slack knows no such user group, or it is disabled: nobody is in it');
    return answer === undefined ? [] : understood(members, answer, 'usergroups.users.list').users;
  };

  return { person: remembering(person, KEEP_MS, clock), groupMembers: remembering(groupMembers, KEEP_MS, clock) };
}

/** https://docs.slack.dev/reference/methods/users.info */
const unknownUser = new Set(['user_not_found', 'users_not_found', 'user_not_visible']);
/** https://docs.slack.dev/reference/methods/usergroups.users.list; without a paid plan there are no groups at all. */
const unknownGroup = new Set(['no_such_subteam', 'subteam_disabled', 'plan_upgrade_required']);

/**
 * `is_stranger` alone does not tell who comes from elsewhere: it is false for somebody who shares a channel with us.
 * https://docs.slack.dev/reference/objects/user-object
 */
function standingOf(user: User, us: Identity): Person['standing'] {
  if (user.deleted) return 'deactivated';
  // The built-in Slackbot does not say that it is one.
  if (user.is_bot || user.is_workflow_bot || user.is_connector_bot || user.id === 'USLACKBOT') return 'bot';
  const enterprise = user.enterprise_user?.enterprise_id;
  const ours = user.team_id === us.teamId || (enterprise !== undefined && enterprise === us.enterpriseId);
  if (user.is_stranger || !ours) return 'outsider';
  return user.is_restricted || user.is_ultra_restricted ? 'guest' : 'member';
}

/** `undefined` when Slack says that there is no such thing. */
async function unless<T>(absent: ReadonlySet<string>, ask: () => Promise<T>): Promise<T | undefined> {
  try {
    return await ask();
  } catch (failure) {
    if (failure instanceof Refused && absent.has(failure.code)) return undefined;
    throw failure;
  }
}

function understood<T>(schema: z.ZodType<T>, answer: unknown, method: string): T {
  const read = schema.safeParse(answer);
  if (!read.success) throw new TryLater(`Slack answered ${method} in a way nobody can read`, ASK_AGAIN_MS, read.error);
  return read.data;
}
