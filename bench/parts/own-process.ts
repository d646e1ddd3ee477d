import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

/** A part of the bench in a process of its own, so that its work is not on the clock of the process that measures. */
export interface OwnProcess<Ready> extends AsyncDisposable {
  readonly ready: Ready;
  readonly pid: number;
  /** The types are those of the file that was started: both ends are ours. */
  ask<Answer>(question: unknown): Promise<Answer>;
}

export interface ProcessWork {
  readonly ready: unknown;
  readonly answer?: (question: unknown) => unknown;
  readonly close?: () => Promise<void>;
}

type FromProcess =
  | { readonly ready: unknown }
  | { readonly id: number; readonly answer: unknown }
  | { readonly id: number; readonly failed: string };

/** Starts `parts/<file>` with its input; resolves when it says that it is ready. It ends with this process. */
export async function startProcess<Ready>(file: string, input: unknown): Promise<OwnProcess<Ready>> {
  const child = fork(join(import.meta.dirname, file), { stdio: ['ignore', 2, 2, 'ipc'] });
  const waiting = new Map<number, PromiseWithResolvers<unknown>>();
  const ready = Promise.withResolvers<Ready>();
  let asked = 0;
  child.on('message', (message: FromProcess) => {
    if ('ready' in message) return ready.resolve(message.ready as Ready);
    const one = waiting.get(message.id);
    waiting.delete(message.id);
    if ('failed' in message) one?.reject(new Error(`${file}: ${message.failed}`));
    else one?.resolve(message.answer);
  });
  const gone = once(child, 'exit').then(([code, signal]) => {
    const ended = new Error(`${file} ended (${signal ?? `code ${code}`})`);
    ready.reject(ended);
    for (const one of waiting.values()) one.reject(ended);
  });
  child.send({ input });
  return {
    ready: await ready.promise,
    pid: child.pid ?? 0,
    ask: <Answer>(question: unknown) => {
      asked += 1;
      const one = Promise.withResolvers<unknown>();
      waiting.set(asked, one);
      child.send({ id: asked, question });
      return one.promise as Promise<Answer>;
    },
    [Symbol.asyncDispose]: async () => {
      if (child.connected) child.disconnect();
      await gone;
    },
  };
}

/** The other end: called once by the file that was started. */
export function workFor<Input>(work: (input: Input) => Promise<ProcessWork>): void {
  let working: Promise<ProcessWork> | undefined;
  const send = (message: FromProcess) => process.connected && process.send?.(message);
  process.on('message', async (message: { input: Input } | { id: number; question: unknown }) => {
    if ('input' in message) {
      working = work(message.input);
      send({ ready: (await working).ready });
      return;
    }
    try {
      send({ id: message.id, answer: await (await working)?.answer?.(message.question) });
    } catch (failure) {
      send({ id: message.id, failed: String(failure) });
    }
  });
  process.once('disconnect', async () => {
    await working?.then(({ close }) => close?.()).catch(() => undefined);
    process.exit();
  });
  process.on('SIGINT', () => undefined); // the terminal's Ctrl-C reaches everybody; the bench tells us when to stop
}
