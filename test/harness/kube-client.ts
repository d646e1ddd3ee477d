import { readFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { Pool } from 'undici';
import type { Credentials } from './pki.ts';

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

export interface Answer {
  readonly status: number;
  /** Parsed JSON, or the text when it is none (as /readyz answers). */
  readonly body: unknown;
  readonly elapsedMs: number;
}

export interface CallOptions {
  /** Default 30 s. */
  readonly deadlineMs?: number;
  /** Default application/json; a PATCH needs one of the patch types. */
  readonly contentType?: string;
}

/** The API server spoken to directly over a few kept-alive connections, for arranging tests and looking at results. */
export interface KubeClient extends AsyncDisposable {
  /** Any status is an answer; only a missing answer throws. */
  call(method: Method, path: string, body?: unknown, options?: CallOptions): Promise<Answer>;
  /** The body of a 2xx; everything else throws with what the server said. */
  must(method: Method, path: string, body?: unknown, options?: CallOptions): Promise<unknown>;
  /** The events of a watch, until the server ends it or `signal` is aborted. */
  watch(path: string, signal: AbortSignal): AsyncIterable<unknown>;
}

export const mergePatch = { contentType: 'application/merge-patch+json' } as const;
export const strategicPatch = { contentType: 'application/strategic-merge-patch+json' } as const;

/** `user`: a client certificate, or the token of a ServiceAccount. */
export async function kubeClient(
  url: string,
  caFile: string,
  user: Credentials | { readonly token: string },
): Promise<KubeClient> {
  const certificate = 'token' in user ? {} : { cert: await readFile(user.cert), key: await readFile(user.key) };
  const authorization = 'token' in user ? { authorization: `Bearer ${user.token}` } : {};
  const pool = new Pool(url, {
    connections: 8,
    allowH2: false,
    headersTimeout: 0, // deadlines are the callers'
    bodyTimeout: 0,
    connect: { ca: await readFile(caFile), ...certificate },
  });

  const call: KubeClient['call'] = async (method, path, body, options = {}) => {
    const begun = performance.now();
    const answer = await pool.request({
      method,
      path,
      headers: { ...authorization, 'content-type': options.contentType ?? 'application/json' },
      body: body === undefined ? null : JSON.stringify(body),
      signal: AbortSignal.timeout(options.deadlineMs ?? 30_000),
    });
    const text = await answer.body.text();
    const elapsedMs = performance.now() - begun;
    return { status: answer.statusCode, body: parsed(text), elapsedMs };
  };
  return {
    call,
    must: async (method, path, body, options) => {
      // A young cluster asks for patience while it makes a namespace's service account.
      const answer = await patiently(() => call(method, path, body, options));
      if (answer.status < 300) return answer.body;
      throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
    },
    async *watch(path, signal) {
      const answer = await pool.request({ method: 'GET', path, headers: authorization, signal });
      for await (const line of createInterface({ input: answer.body })) yield JSON.parse(line);
    },
    [Symbol.asyncDispose]: () => pool.destroy(),
  };
}

async function patiently<T extends { readonly body: unknown }>(ask: () => Promise<T>): Promise<T> {
  const untilMs = performance.now() + 15_000;
  for (;;) {
    const answer = await ask();
    const wait = (answer.body as { readonly reason?: unknown } | undefined)?.reason === 'ServerTimeout';
    if (!wait || performance.now() > untilMs) return answer;
    await new Promise((again) => setTimeout(again, 500));
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
