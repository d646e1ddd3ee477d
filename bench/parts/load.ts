import { type OwnProcess, startProcess } from './own-process.ts';

export interface LoadInput {
  readonly url: string;
  readonly token: string;
  readonly connections: number;
  readonly seconds: number;
}

export interface Load {
  /** Answered 200. */
  readonly requestsPerSecond: number;
  readonly p99Ms: number;
  /** Other answers, and none. */
  readonly refused: number;
}

/** autocannon in a process of its own, posting webhooks no two of which are the same. `ready` is the size of one in bytes. */
export function startLoad(): Promise<OwnProcess<number>> {
  return startProcess<number>('load-process.ts', {});
}
