import type { DatabaseSync } from 'node:sqlite';
import { TryLater } from '../../../engine/errors.ts';
import { tryLater } from './failure.ts';
import type { Presence } from './presence.ts';

/** A piece of work inside a transaction that others share. */
export interface Job {
  /** Changes the database and nothing else: a later failure takes it back. Throws only what SQLite throws. */
  run(): void;
  /** What `run` did is on the disk. */
  committed(): void;
  /** Nothing was done. */
  failed(error: TryLater): void;
}

export interface CommitStats {
  /** Transactions that are on the disk; each cost one fsync if it changed anything. */
  readonly commits: number;
  /** Jobs in them. */
  readonly jobs: number;
  /** Transactions that failed and were taken back. */
  readonly failures: number;
}

export interface GroupCommit {
  /** Joins the transaction of this turn of the event loop, or the one that is running just now. */
  enqueue(job: Job): void;
  /** Resolves with what `work` returned, once its changes are on the disk. */
  write<T>(work: () => T): Promise<T>;
  stats(): CommitStats;
  /** Commits what was asked for and takes no more. */
  close(): void;
}

/**
 * Many writes, one fsync: everything asked for in one turn of the event loop goes into one transaction. Under load the
 * requests that arrive while the disk works make up the next group, so the rate grows with the number of callers.
 */
export function createGroupCommit(
  db: DatabaseSync,
  directory: string,
  onError: (error: Error) => void = () => {},
  present: Presence = () => {},
): GroupCommit {
  const begin = db.prepare('BEGIN IMMEDIATE');
  const commit = db.prepare('COMMIT');
  const rollback = db.prepare('ROLLBACK');
  let group: Job[] = [];
  let scheduled = false;
  let closed = false;
  let commits = 0;
  let jobs = 0;
  let failures = 0;

  /** Runs the group in one transaction. Gives what went wrong, if something did. */
  function transact(): TryLater | undefined {
    try {
      present();
      begin.run();
      // The list grows while it runs: a send brings the receivers that wait for it into its own transaction.
      for (const job of group) job.run();
      commit.run();
      return undefined;
    } catch (error) {
      // SQLite has rolled back by itself after some errors, such as a full disk.
      if (db.isTransaction) rollback.run();
      return error instanceof TryLater ? error : tryLater(error, directory);
    }
  }

  function flush(): void {
    if (group.length === 0) return;
    const failure = transact();
    const settled = group;
    group = [];
    scheduled = false;
    if (failure) {
      failures += 1;
      for (const job of settled) job.failed(failure);
      onError(failure);
    } else {
      commits += 1;
      jobs += settled.length;
      for (const job of settled) job.committed();
    }
  }

  function enqueue(job: Job): void {
    if (closed) {
      job.failed(new TryLater('Nightshift is stopping: ask again when it has started.', 5_000));
      return;
    }
    group.push(job);
    if (scheduled) return;
    scheduled = true;
    setImmediate(flush);
  }

  return {
    enqueue,
    write: <T>(work: () => T) =>
      new Promise<T>((resolve, reject) => {
        let result: T;
        enqueue({
          run: () => {
            result = work();
          },
          committed: () => resolve(result),
          failed: reject,
        });
      }),
    stats: () => ({ commits, jobs, failures }),
    close() {
      flush();
      closed = true;
    },
  };
}
