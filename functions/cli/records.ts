import { Refused } from '../../engine/errors.ts';
import type { DeadLetter, Store } from '../../engine/ports.ts';
import { openReadOnly } from '../../infra/local/store/open.ts';
import { systemClock } from '../clock.ts';
import { settingsOf } from '../compose.ts';
import { deployedRegion } from '../config/deployed-region.ts';
import { type GlobalOptions, UsageError } from './outcome.ts';

/** What is read: the data directory, or what the stack on AWS keeps, under the credentials that the AWS SDK finds. */
export interface RecordsOptions extends GlobalOptions {
  readonly table?: string;
  readonly bucket?: string;
  readonly region?: string;
}

/** What is stored, to be looked at: nothing is written. */
export interface Records {
  readonly store: Pick<Store, 'get' | 'list'>;
  /** Of the data directory. */
  readonly directory?: string;
  deadLetters?(): Promise<readonly DeadLetter[]>;
  close(): void;
}

/** Throws `UsageError` for options that do not fit, and `Refused` where there is nothing. */
export async function openRecords(options: RecordsOptions): Promise<Records> {
  const { table, bucket, region = deployedRegion } = options;
  if (table !== undefined || bucket !== undefined) {
    if (!table || !bucket || !region) {
      throw new UsageError(
        '--table NAME and --bucket NAME belong together: `npx osls info --verbose` prints both names',
      );
    }
    // https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.NamingRulesDataTypes.html
    if (!/^[\w.-]{3,255}$/.test(table)) throw new UsageError(`--table ${table}: no table can be called that`);
    return onAws(table, bucket, region);
  }
  const { directory } = await settingsOf(options);
  const { store, queue, close } = openReadOnly({ directory, clock: systemClock });
  return { store, directory, deadLetters: queue.deadLetters, close };
}

/** The SDK is loaded for whoever asks for it. */
async function onAws(table: string, bucket: string, region: string): Promise<Records> {
  const [{ dynamodbClient }, { createBlobs }, { createStore }] = await Promise.all([
    import('../../infra/aws/clients.ts'),
    import('../../infra/aws/blobs/blobs.ts'),
    import('../../infra/aws/store/store.ts'),
  ]);
  const client = dynamodbClient({ region });
  const { get, list } = createStore({
    client,
    table,
    clock: systemClock,
    sender: { send: nothingIsSent },
    blobs: createBlobs({ region }, bucket),
  });
  return { store: { get, list }, close: () => client.destroy() };
}

async function nothingIsSent(): Promise<never> {
  throw new Refused('READ_ONLY', 'who looks at what is stored sends nothing');
}
