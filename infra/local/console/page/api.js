/** @typedef {{ ok: boolean, error?: string } & Record<string, any>} Answer */

/**
 * Asks the server to do something. A server that cannot be reached is an answer too.
 * @param {'message' | 'command' | 'click' | 'dismiss' | 'drill'} action
 * @param {Record<string, unknown>} body
 * @returns {Promise<Answer>}
 */
export async function perform(action, body) {
  return ask(`/console/${action}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
}

/**
 * @param {string} path
 * @returns {Promise<Answer>}
 */
export async function load(path) {
  return ask(path, {});
}

/**
 * @param {string} path
 * @param {RequestInit} options
 * @returns {Promise<Answer>}
 */
async function ask(path, options) {
  try {
    const response = await fetch(path, options);
    const body = await response.json();
    return { ...body, ok: response.ok && body.ok !== false };
  } catch {
    return { ok: false, error: 'The console’s server does not answer.' };
  }
}

/**
 * The channel's live events. The browser reconnects by itself, and each connection starts with a snapshot.
 * @param {{ snapshot: (data: any) => void, message: (data: any) => void, removed: (data: any) => void,
 *   connected: (connected: boolean) => void }} handlers
 */
export function listen(handlers) {
  const source = new EventSource('/console/events');
  for (const event of /** @type {const} */ (['snapshot', 'message', 'removed'])) {
    source.addEventListener(event, ({ data }) => handlers[event](JSON.parse(data)));
  }
  source.addEventListener('open', () => handlers.connected(true));
  source.addEventListener('error', () => {
    handlers.connected(false);
    // Given up for good, for example after an error page: begin anew.
    if (source.readyState === EventSource.CLOSED) setTimeout(() => listen(handlers), 2000);
  });
}
