import { type Damaged, type Waiting, waitingOf } from './inbox.ts';
import { read, segmentsIn } from './segment.ts';

/** Everything the files of the inbox hold, also while a server reads them: some may be stored elsewhere by now. */
export async function* lettersIn(directory: string): AsyncGenerator<Waiting | Damaged> {
  for (const segment of await segmentsIn(directory)) {
    for (;;) {
      const chunk = await read(segment).catch((failure: NodeJS.ErrnoException) => {
        // The server has read all of it meanwhile.
        if (failure.code === 'ENOENT') return undefined;
        throw failure;
      });
      if (!chunk || chunk.entries.length === 0) break;
      yield* waitingOf(segment, chunk);
      segment.readAt = chunk.next;
    }
  }
}
