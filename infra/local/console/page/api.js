/** @typedef {{ ok: boolean, error?: string } & Record<string, any>} Answer */

/** Who is at this page, for as long as its tab is open: two tabs can be two people. Empty: whoever is first. */
const actor = { id: sessionStorage.getItem('acting') ?? '' };

/**
 * Asks the server to do something. A server that cannot be reached is an answer too.
 * @param {'message' | 'command' | 'click' | 'submit' | 'close' | 'dismiss' | 'drill'} action
 * @param {Record<string, unknown>} body
 * @returns {Promise<Answer>}
 */
export async function perform(action, body) {
  return ask(`/console/${action}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(actor.id ? { as: actor.id, ...body } : body),
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
 * The channel's live events, as one person sees them. The browser reconnects by itself, and each connection starts with
 * a snapshot.
 * @param {{ snapshot: (data: any) => void, message: (data: any) => void, removed: (data: any) => void,
 *   view: (data: any) => void, connected: (connected: boolean) => void }} handlers
 */
export function listen(handlers) {
  let source = connect();

  function connect() {
    const opened = new EventSource(actor.id ? `/console/events?as=${actor.id}` : '/console/events');
    for (const event of /** @type {const} */ (['snapshot', 'message', 'removed', 'view'])) {
      opened.addEventListener(event, ({ data }) => handlers[event](JSON.parse(data)));
    }
    opened.addEventListener('open', () => handlers.connected(true));
    opened.addEventListener('error', () => {
      handlers.connected(false);
      // Given up for good, for example after an error page: begin anew.
      if (opened.readyState === EventSource.CLOSED) setTimeout(() => opened === source && again(), 2000);
    });
    return opened;
  }

  function again() {
    source.close();
    source = connect();
  }

  return {
    /** Sees and acts as this person from now on. @param {string} id */
    become(id) {
      actor.id = id;
      sessionStorage.setItem('acting', id);
      again();
    },
  };
}
