import type { IncomingMessage, ServerResponse } from 'node:http';
import * as z from 'zod';
import { messageOf } from '../../../engine/errors.ts';
import { readBody, sendJson } from './http.ts';
import { escapeText } from './message.ts';
import type { PageDependencies } from './page.ts';
import type { Person } from './practice-users.ts';
import { userOf } from './workspace.ts';

const maxBodyBytes = 64_000;

interface Result {
  readonly ok: boolean;
  readonly error?: string;
  /** HTTP status of a refusal; 200 when the request was fine and what it asked for failed. */
  readonly status?: number;
}
type Action = (body: unknown, dependencies: PageDependencies, who: Person) => Result | Promise<Result>;

/** Who does it; by default the first of the practice users. */
const actor = z.object({ as: z.string().optional() });
const said = z.object({ text: z.string().trim().min(1).max(12_000), threadTs: z.string().optional() });
const typed = z.object({ text: z.string().startsWith('/').max(4000) });
const click = { blockId: z.string(), actionId: z.string(), option: z.string().optional() };
const pressed = z.union([z.object({ ts: z.string(), ...click }), z.object({ view: z.string(), ...click })]);
const chosenView = z.object({ view: z.string() });
const chosenMessage = z.object({ ts: z.string() });
const chosenDrill = z.object({ id: z.string() });

/** What a person can do on the page, by the last part of the path. */
const actions: Readonly<Record<string, Action>> = {
  message(body, { log, messages, workspace: { channel } }, who) {
    const { text, threadTs } = said.parse(body);
    if (threadTs && !messages.get(channel.id, threadTs)) return { ok: false, error: 'thread_not_found', status: 404 };
    log.post({ channel: channel.id, user: who.id, content: { text: escapeText(text) }, threadTs });
    return { ok: true };
  },
  command: (body, { interactions }, who) => interactions.command(who, typed.parse(body).text),
  click(body, { interactions, viewInteractions }, who) {
    const press = pressed.parse(body);
    return 'ts' in press ? interactions.click(who, press.ts, press) : viewInteractions.press(who, press.view, press);
  },
  submit: (body, { viewInteractions }, who) => viewInteractions.submit(who, chosenView.parse(body).view),
  close: (body, { viewInteractions }, who) => viewInteractions.close(who, chosenView.parse(body).view),
  dismiss(body, { log, workspace: { channel } }, who) {
    const message = log.find(channel.id, chosenMessage.parse(body).ts);
    if (message?.ephemeralTo === who.id) log.remove(message);
    return { ok: true };
  },
  async drill(body, { options, report }) {
    const { id } = chosenDrill.parse(body);
    const known = options.drills?.().some((drill) => drill.id === id);
    if (!known || !options.startDrill) return { ok: false, error: 'unknown_drill', status: 404 };
    try {
      await options.startDrill(id);
      return { ok: true };
    } catch (error) {
      report('console_drill_failed', { drill: id, error });
      return { ok: false, error: messageOf(error) };
    }
  },
};

/** Answers one POST of the page. */
export async function act(
  path: string,
  request: IncomingMessage,
  response: ServerResponse,
  dependencies: PageDependencies,
): Promise<void> {
  const name = path.replace(/^\/console\//, '');
  const action = Object.hasOwn(actions, name) ? actions[name] : undefined;
  if (!action) return sendJson(response, 404, { ok: false, error: 'not_found' });
  if (!request.headers['content-type']?.startsWith('application/json'))
    return sendJson(response, 415, { ok: false, error: 'json_expected' });
  const text = await readBody(request, maxBodyBytes);
  try {
    const body: unknown = JSON.parse(text);
    const who = userOf(dependencies.workspace, actor.parse(body).as);
    if (!who) return sendJson(response, 400, { ok: false, error: 'unknown_user' });
    const { status = 200, ...result } = await action(body, dependencies, who);
    sendJson(response, status, result);
  } catch (error) {
    if (!(error instanceof z.ZodError || error instanceof SyntaxError)) throw error;
    sendJson(response, 400, { ok: false, error: 'invalid_request' });
  }
}
