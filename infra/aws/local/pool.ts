import type { FunctionProcess } from './function.ts';

/** The processes of one function: each handles one event at a time, and there are more of them while it is busy. */
export interface FunctionPool extends AsyncDisposable {
  /** Hands over an event as soon as a process is free. Rejects with what the handler threw, or its cold start. */
  invoke<Result>(event: unknown): Promise<Result>;
  /** Events that are being handled, or wait for it. */
  busy(): number;
  processes(): readonly FunctionProcess[];
  /** What its processes have logged lately. */
  logged(): readonly Record<string, unknown>[];
  read(): PoolCounts;
  reset(): void;
}

export interface PoolCounts {
  readonly events: number;
  /** Events whose handling threw, ended its process or took too long. */
  readonly errors: number;
  readonly coldStarts: number;
  readonly coldStartMs: number;
  /** What Lambda bills, together with the memory: the time from event to answer, each rounded up to a millisecond. */
  readonly busyMs: number;
}

export interface PoolOptions {
  readonly start: () => Promise<FunctionProcess>;
  /** So many processes, at most. */
  readonly most: number;
}

const nothing: PoolCounts = { events: 0, errors: 0, coldStarts: 0, coldStartMs: 0, busyMs: 0 };

export function functionPool({ start, most }: PoolOptions): FunctionPool {
  const all = new Set<FunctionProcess>();
  const idle: FunctionProcess[] = [];
  const waiting: PromiseWithResolvers<void>[] = [];
  const starting = new Set<Promise<unknown>>();
  let taken = 0;
  let closed = false;
  let counts = nothing;

  async function turn(): Promise<void> {
    if (closed) throw new Error('the function is being stopped');
    if (taken < most) {
      taken += 1;
      return;
    }
    const mine = Promise.withResolvers<void>();
    waiting.push(mine);
    await mine.promise;
  }

  function nextTurn(): void {
    const next = waiting.shift();
    if (next) next.resolve();
    else taken -= 1;
  }

  /** One that died is not missed: Lambda starts another one as well. */
  async function process(): Promise<FunctionProcess> {
    for (let one = idle.pop(); one; one = idle.pop()) {
      if (one.isRunning()) return one;
      await letGo(one);
    }
    const beginning = coldStart();
    starting.add(beginning);
    return beginning.finally(() => starting.delete(beginning));
  }

  async function coldStart(): Promise<FunctionProcess> {
    const one = await start();
    all.add(one);
    const { coldStarts, coldStartMs } = counts;
    counts = { ...counts, coldStarts: coldStarts + 1, coldStartMs: coldStartMs + one.coldStartMs };
    return one;
  }

  async function letGo(one: FunctionProcess): Promise<void> {
    all.delete(one);
    await one[Symbol.asyncDispose]();
  }

  async function handle<Result>(one: FunctionProcess, event: unknown): Promise<Result> {
    const began = performance.now();
    try {
      return await one.invoke<Result>(event);
    } finally {
      counts = { ...counts, busyMs: counts.busyMs + Math.ceil(performance.now() - began) };
      if (one.isRunning()) idle.push(one);
      else await letGo(one);
    }
  }

  return {
    async invoke<Result>(event: unknown) {
      await turn();
      counts = { ...counts, events: counts.events + 1 };
      try {
        return await handle<Result>(await process(), event);
      } catch (failure) {
        counts = { ...counts, errors: counts.errors + 1 };
        throw failure;
      } finally {
        nextTurn();
      }
    },
    busy: () => taken + waiting.length,
    processes: () => [...all].filter((one) => one.isRunning()),
    logged: () => [...all].flatMap((one) => one.logged()),
    read: () => counts,
    reset: () => {
      counts = nothing;
    },
    async [Symbol.asyncDispose]() {
      closed = true;
      for (const { reject } of waiting.splice(0)) reject(new Error('the function is being stopped'));
      await Promise.allSettled(starting);
      await Promise.all([...all].map(letGo));
    },
  };
}
