import { writeSync } from 'node:fs';
import { openDatabase } from '../../../../infra/local/store/open.ts';
import { systemClock } from '../../../contract/place.ts';
import { checked } from './checked.ts';

/**
 * A process of its own for the tests that kill it. `hold`: opens the directory and waits. `write`: writes without end,
 * and prints each id once it is acknowledged. `lease`: receives everything, prints how much, and waits.
 */
const [job, directory, name] = process.argv.slice(2);
if (!directory) throw new Error('usage: child.ts hold|write|lease DIRECTORY [NAME]');

try {
  const { store, queue } = await openDatabase({ directory, clock: systemClock });
  if (job === 'write') {
    await Promise.all(Array.from({ length: 8 }, (_, writer) => writeForEver(`${name}-${writer}`)));
  } else {
    const received =
      job === 'lease' ? await queue.receive('investigate', { max: 100, leaseMs: 3_600_000, waitMs: 0 }) : [];
    say(`open ${received.length}`);
    setInterval(() => {}, 60_000);
  }

  async function writeForEver(writer: string): Promise<never> {
    for (let n = 0; ; n += 1) {
      const id = `${writer}-${n}`;
      const send = [{ queue: 'investigate', group: writer, body: { id } }] as const;
      await store.put({ collection: 'webhooks', id, value: checked(id), expect: 'absent', send });
      say(id);
    }
  }
} catch (error) {
  say(`refused ${error instanceof Error && 'code' in error ? error.code : ''} ${String(error)}`);
  process.exit(1);
}

/** Out of this process before it goes on, so that a kill cannot swallow it. */
function say(line: string): void {
  writeSync(1, `${line}\n`);
}
