import { randomBytes } from 'node:crypto';
import type { Clock } from '../../../engine/ports.ts';
import { identified, type JsonObject, objects } from './message.ts';
import type { Workspace } from './workspace.ts';

/** One open modal. */
export interface View {
  readonly id: string;
  readonly user: string;
  /** Changes with every version, so that an app can say which one it means to replace. */
  readonly hash: string;
  /** As the app gave it, with the ids that Slack makes up. */
  readonly content: JsonObject;
}

export interface Views {
  /** Takes the place of what that person has open. */
  open(user: string, content: JsonObject): View;
  update(view: View, content: JsonObject): View;
  close(view: View): void;
  find(by: { readonly id?: string | undefined; readonly externalId?: string | undefined }): View | undefined;
  /** What this person has open. */
  openFor(user: string): View | undefined;
  show(view: View): JsonObject;
}

const randomId = (bytes: number) => randomBytes(bytes).toString('hex');

/** The modals of everybody, one for each: nothing of ours pushes a second one on top. Forgotten by a restart. */
export function createViews(options: {
  readonly workspace: Workspace;
  readonly clock: Clock;
  readonly changed: (user: string, view: View | undefined) => void;
}): Views {
  const views = new Map<string, View>();
  const put = (view: View): View => {
    views.set(view.id, view);
    options.changed(view.user, view);
    return view;
  };
  const openFor = (user: string) => [...views.values()].find((view) => view.user === user);
  return {
    open(user, content) {
      const before = openFor(user);
      if (before) views.delete(before.id);
      return put({ id: `V0${randomId(5).toUpperCase()}`, user, hash: hash(), content: withIds(content) });
    },
    update: (view, content) => put({ ...view, hash: hash(), content: withIds(content) }),
    close(view) {
      if (!views.delete(view.id)) return;
      options.changed(view.user, undefined);
    },
    find: ({ id, externalId }) =>
      [...views.values()].find((view) => view.id === id || (externalId && view.content.external_id === externalId)),
    openFor,
    show: (view) => toSlack(view, options.workspace),
  };

  function hash(): string {
    return `${Math.floor(options.clock.now().getTime() / 1000)}.${randomId(4)}`;
  }
}

function withIds(content: JsonObject): JsonObject {
  return { ...content, blocks: identified(objects(content.blocks)) };
}

/** https://docs.slack.dev/reference/methods/views.open: the view in an answer and in a payload. */
function toSlack({ id, hash, content }: View, { team, appId, botId }: Workspace): JsonObject {
  return {
    id,
    team_id: team.id,
    private_metadata: '',
    callback_id: '',
    external_id: '',
    clear_on_close: false,
    notify_on_close: false,
    close: null,
    submit: null,
    ...content,
    state: { values: {} },
    hash,
    previous_view_id: null,
    root_view_id: id,
    app_id: appId,
    app_installed_team_id: team.id,
    bot_id: botId,
  };
}
