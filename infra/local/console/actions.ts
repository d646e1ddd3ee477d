import type { IncomingMessage, ServerResponse } from 'node:http';
import * as z from 'zod';
import { messageOf } from '../../../engine/errors.ts';
import { readBody, sendJson } from './http.ts';
import { escapeText } from './message.ts';
import type { PageDependencies } from './page.ts';

const maxBodyBytes = 64_000;

interface Result {
  readonly ok: boolean;
  readonly error?: string;
  /** HTTP status of a refusal; 200 when the request was fine and what it asked for failed. */
  readonly status?: number;
}
type Action = (body: unknown, dependencies: PageDependencies) => Result | Promise<Result>;

const said = z.object({ text: z.string().trim().min(1).max(12_000), threadTs: z.string().optional() });
const typed = z.object({ text: z.string().startsWith('/').max(4000) });
const pressed = z.object({
  ts: z.string(),
  blockId: z.string(),
  actionId: z.string(),
  option: z.string().optional(),
});
const chosenMessage = z.object({ ts: z.string() });
const chosenDrill = z.object({ id: z.string() });

/** What a person can do on the page, by the last part of the path. */
const actions: Readonly<Record<string, Action>> = {
  message(body, { log, messages, workspace: { channel, you } }) {
    const { text, threadTs } = said.parse(body);
    if (threadTs && !messages.get(channel.id, threadTs)) return { ok: false, error: 'thread_not_found', status: 404 };
    log.post({ channel: channel.id, user: you.id, content: { text: escapeText(text) }, threadTs });
    return { ok: true };
  },
  command: (body, { interactions }) => interactions.command(typed.parse(body).text),
  click: (body, { interactions }) => interactions.click(pressed.parse(body)),
  dismiss(body, { log, workspace: { channel } }) {
    const message = log.find(channel.id, chosenMessage.parse(body).ts);
    if (message?.ephemeralTo) log.remove(message);
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
    const { status = 200, ...result } = await action(JSON.parse(text), dependencies);
    sendJson(response, status, result);
  } catch (error) {
    if (!(error instanceof z.ZodError || error instanceof SyntaxError)) throw error;
    sendJson(response, 400, { ok: false, error: 'invalid_request' });
  }
}
