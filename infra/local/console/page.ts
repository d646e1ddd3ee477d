import type { IncomingMessage, ServerResponse } from 'node:http';
import { act } from './actions.ts';
import { sendAsset } from './assets.ts';
import type { ChannelLog } from './channel.ts';
import { refusal } from './guard.ts';
import { BodyTooLarge, type RequestHandler, sendJson, urlOf } from './http.ts';
import type { Interactions } from './interactions.ts';
import type { LiveStream } from './live.ts';
import type { Messages } from './messages.ts';
import type { ConsoleLog, ConsoleOptions } from './options.ts';
import { type Person, practiceApprovers } from './practice-users.ts';
import type { ViewInteractions } from './view-interactions.ts';
import type { Views } from './views.ts';
import { userOf, type Workspace } from './workspace.ts';

const pageSize = 50;
const maxThread = 1000;

export interface PageDependencies {
  readonly workspace: Workspace;
  readonly messages: Messages;
  readonly log: ChannelLog;
  readonly live: LiveStream;
  readonly interactions: Interactions;
  readonly viewInteractions: ViewInteractions;
  readonly views: Views;
  readonly options: Pick<ConsoleOptions, 'drills' | 'startDrill' | 'hints' | 'allowedHosts'>;
  readonly report: ConsoleLog;
}

/** The page, its live events, and what a person does on it. */
export function createPage(dependencies: PageDependencies): RequestHandler {
  return (request, response) => {
    const url = urlOf(request);
    if (!url) return false;
    const { pathname, searchParams } = url;
    if (pathname !== '/' && pathname !== '/console' && !pathname.startsWith('/console/')) return false;
    const refused = refusal(request, dependencies.options.allowedHosts ?? []);
    if (refused) {
      sendJson(response, 403, { ok: false, error: 'forbidden', message: refused }, { connection: 'close' });
      return true;
    }
    serve(pathname, searchParams, request, response, dependencies).catch((error: unknown) => {
      if (error instanceof BodyTooLarge) {
        return sendJson(response, 413, { ok: false, error: 'too_large' }, { connection: 'close' });
      }
      dependencies.report('console_page_failed', { path: pathname, error });
      if (response.headersSent) response.destroy();
      else sendJson(response, 500, { ok: false, error: 'internal_error' });
    });
    return true;
  };
}

async function serve(
  path: string,
  query: URLSearchParams,
  request: IncomingMessage,
  response: ServerResponse,
  dependencies: PageDependencies,
): Promise<void> {
  const { messages, log, live, workspace } = dependencies;
  const channel = workspace.channel.id;
  if (request.method === 'POST') return act(path, request, response, dependencies);
  // Node leaves the body of an answer to HEAD away.
  if (request.method !== 'GET' && request.method !== 'HEAD')
    return sendJson(response, 405, { ok: false, error: 'method_not_allowed' }, { allow: 'GET, HEAD, POST' });

  if (path === '/console/events') {
    const who = userOf(workspace, query.get('as'));
    if (!who) return sendJson(response, 400, { ok: false, error: 'unknown_user' });
    return live.open(request, response, { user: who.id, snapshot: snapshot(dependencies, who) });
  }
  if (path === '/console/messages') {
    const before = query.get('before') ?? undefined;
    return sendJson(response, 200, pageOf(dependencies, before));
  }
  if (path === '/console/thread') {
    const ts = query.get('ts') ?? '';
    const parent = messages.get(channel, ts);
    if (!parent) return sendJson(response, 404, { ok: false, error: 'thread_not_found' });
    const thread = [parent, ...messages.replies(channel, ts, { limit: maxThread })];
    return sendJson(response, 200, { messages: thread.map((message) => log.show(message)) });
  }
  const isPage = path === '/' || path === '/console' || path === '/console/' || path.startsWith('/console/archives/');
  const asset = isPage ? 'index.html' : path.replace(/^\/console\/page\//, '');
  if (!(await sendAsset(response, asset))) sendJson(response, 404, { ok: false, error: 'not_found' });
}

/** Everything a page needs to show the channel to one person, sent anew whenever it (re)connects. */
function snapshot(dependencies: PageDependencies, who: Person) {
  const { workspace, log, views, options } = dependencies;
  const view = views.openFor(who.id);
  const people = workspace.people.map(({ id, name, realName, isBot }) => [id, { name, realName, isBot }]);
  return {
    workspace: workspace.team.name,
    channel: { id: workspace.channel.id, name: workspace.channel.name },
    you: who.id,
    users: workspace.users.map(({ id, realName, about }) => ({ id, realName, about })),
    people: Object.fromEntries(people),
    groups: { [practiceApprovers]: 'approvers' },
    hints: options.hints?.() ?? [],
    drills: options.drills?.() ?? [],
    ...pageOf(dependencies, undefined),
    ephemerals: log.ephemerals(who.id).map((message) => log.show(message)),
    view: view ? views.show(view) : null,
  };
}

/** One page of the channel, oldest message first. */
function pageOf({ messages, log, workspace }: PageDependencies, before: string | undefined) {
  const range = { limit: pageSize + 1, ...(before && { latest: before }) };
  const found = messages.history(workspace.channel.id, range);
  const shown = found.slice(0, pageSize).reverse();
  return { messages: shown.map((message) => log.show(message)), hasMore: found.length > pageSize };
}
