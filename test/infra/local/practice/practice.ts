import { readFileSync } from 'node:fs';
import * as z from 'zod';
import type { Clock } from '../../../../engine/ports.ts';
import {
  type PracticeCluster,
  type PracticeOptions,
  startPracticeCluster,
} from '../../../../infra/local/practice/practice.ts';

/** A practice cluster whose time stands still until it is moved. */
export interface Stage extends AsyncDisposable {
  readonly practice: PracticeCluster;
  /** Lets seconds pass. */
  wait(seconds: number): void;
  now(): Date;
  /** As the kubeconfig's owner: status, headers and JSON (or text) of one path. */
  get(path: string, headers?: Readonly<Record<string, string>>): Promise<Reply>;
  /** The same for what changes something, as the fixer unless said otherwise. `content`: default application/json. */
  send(method: 'PATCH' | 'POST' | 'DELETE' | 'PUT', path: string, body?: unknown, how?: How): Promise<Reply>;
  /** An instant query: labels and value of each sample. */
  query(promql: string): Promise<readonly Sample[]>;
}

export interface How {
  readonly content?: string;
  readonly as?: 'reader' | 'fixer';
}

export const merge = { content: 'application/merge-patch+json' } as const;
export const strategic = { content: 'application/strategic-merge-patch+json' } as const;

export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;

  readonly body: Json;
}

const Vector = z.object({
  data: z.object({
    resultType: z.literal('vector'),
    result: z.array(
      z.object({ metric: z.record(z.string(), z.string()), value: z.tuple([z.number(), z.coerce.number()]) }),
    ),
  }),
});

export interface Sample {
  readonly metric: Readonly<Record<string, string>>;
  readonly value: number;
}

export async function stage(options: PracticeOptions = {}): Promise<Stage> {
  // Not on a full second and on no scrape: a coincidence of beats should not decide a test.
  let time = Date.parse('2026-11-21T07:00:03.217Z');
  const clock: Clock = { now: () => new Date(time) };
  const practice = await startPracticeCluster({ clock, ...options });
  const get: Stage['get'] = (path, headers = {}) =>
    fetchReply(practice.kubernetesUrl + path, { authorization: `Bearer ${tokenOf(practice)}`, ...headers });
  return {
    practice,
    now: () => new Date(time),
    wait: (seconds) => {
      time += seconds * 1000;
    },
    get,
    send: async (method, path, body, { content = 'application/json', as = 'fixer' } = {}) => {
      const token = tokenIn(as === 'fixer' ? practice.fixerKubeconfig : practice.kubeconfig);
      const response = await fetch(practice.kubernetesUrl + path, {
        method,
        headers: { authorization: `Bearer ${token}`, 'content-type': content, 'user-agent': 'someone/1.0' },
        ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      });
      return replyOf(response);
    },
    query: async (promql) => {
      const url = `${practice.prometheusUrl}/api/v1/query?${new URLSearchParams({ query: promql })}`;
      const { status, text } = await fetchReply(url);
      if (status !== 200) throw new Error(`${promql}: ${text}`);
      const { result } = Vector.parse(JSON.parse(text)).data;
      return result.map(({ metric, value }) => ({ metric, value: value[1] }));
    },
    [Symbol.asyncDispose]: () => practice.close(),
  };
}

export async function fetchReply(url: string, headers: Readonly<Record<string, string>> = {}): Promise<Reply> {
  return replyOf(await fetch(url, { headers, redirect: 'manual' }));
}

async function replyOf(response: Response): Promise<Reply> {
  const text = await response.text();
  return { status: response.status, headers: response.headers, text, body: jsonOf(text) };
}

function jsonOf(text: string): Json {
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
}

export function tokenOf({ kubeconfig }: PracticeCluster): string {
  return tokenIn(kubeconfig);
}

function tokenIn(kubeconfig: string): string {
  return /token: "([^"]+)"/.exec(kubeconfig)?.[1] ?? '';
}

export function recorded(path: string): Json {
  return JSON.parse(recordedText(path));
}

export function recordedText(path: string): string {
  return readFileSync(new URL(`../../../recorded/${path}`, import.meta.url), 'utf8');
}

/** JSON that tests reach into. What is not there is `undefined`, and an expectation fails. */
export interface Json {
  readonly [key: string]: Json;
}
