import { setTimeout as pause } from 'node:timers/promises';
import type { APIGatewayProxyStructuredResultV2, SQSBatchResponse, SQSRecord } from 'aws-lambda';
import { RemediateMessage } from '../../../engine/acting/messages.ts';
import { mayLook } from '../../../engine/acting/policy.ts';
import { messageOf } from '../../../engine/errors.ts';
import { type QueueName, queueNames } from '../../../engine/ports.ts';
import { sqsClient } from '../../../infra/aws/clients.ts';
import { patient } from '../../../infra/aws/local/place.ts';
import { type Poller, pollQueue } from '../../../infra/aws/local/poller.ts';
import { contentOf } from '../../../infra/aws/queue/letter.ts';
import { slackPeople } from '../../../infra/slack/people.ts';
import { systemClock } from '../../clock.ts';
import { type FunctionName, functionNames } from '../needs.ts';
import { countsOf, type LocalCounts } from './counts.ts';
import { checkFree, startGateway } from './gateway.ts';
import { type LocalPlace, type LocalPlaceOptions, openLocalPlace } from './place.ts';

export interface LambdaLocalOptions extends Omit<LocalPlaceOptions, 'url'> {
  /** Of gateway and page. Default: a free one. */
  readonly port?: number;
  /** Starts the first drill by itself. */
  readonly drill?: boolean;
}

/** The functions at work, without AWS. Disposing of it ends every process. */
export interface LambdaLocal extends AsyncDisposable {
  /** `POST /alerts` and `POST /slack/events` behind it, and the console's page at `/`. */
  readonly url: string;
  /** Bearer of `POST /alerts`. */
  readonly token: string;
  readonly drills: LocalPlace['drills'];
  readonly practice: LocalPlace['practice'];
  readonly console: LocalPlace['console'];
  /** Store and queues, as a process of ours has them; what is asked of them is not counted. */
  readonly place: Pick<LocalPlace['place'], 'store' | 'queue' | 'sqs' | 'dynamodb'>;
  /** The processes of one function, and events by hand: `function('tick').invoke({ due: 'repair' })`. */
  function(name: FunctionName): LocalPlace['pools'][FunctionName];
  /** Resolves when nobody works and nothing is due within `quietMs` (default 3 s). Throws after `withinMs` (60 s). */
  settled(options?: { readonly withinMs?: number; readonly quietMs?: number }): Promise<void>;
  /** Since the start, or the last `resetCounts`. */
  counts(): LocalCounts;
  resetCounts(): void;
}

/** The functions as `npm run package` makes them, with events as AWS shapes them: gateway, pollers and schedules. */
export async function startLambdaLocal(options: LambdaLocalOptions = {}): Promise<LambdaLocal> {
  const { say = () => {}, port = 0, drill = false } = options;
  const where = { host: '127.0.0.1', port };
  // Packaging takes a while, and whoever waits for it should not hear of a taken port afterwards.
  await checkFree(where);
  await using opening = new AsyncDisposableStack();
  let url = '';
  const local = opening.use(await openLocalPlace({ ...options, url: () => url }));
  const { stack, pools, meters, place } = local;
  const trouble = (name: FunctionName) => (reason: string) => say(`${name}  ${reason}`);

  const gateway = opening.use(
    await startGateway({
      ...where,
      functions: stack.functions,
      invoke: (name, event) => local.invoke<APIGatewayProxyStructuredResultV2>(name, event),
      page: local.console.handlePage,
      onTrouble: (name, reason) => trouble(name)(reason),
    }),
  );
  url = gateway.url;

  const client = sqsClient({ ...local.emulators.sqs, endpoint: meters.polling.url }, patient);
  opening.defer(async () => client.destroy());
  const note = noting(local);
  const pollers = functionNames.flatMap((name): [QueueName, Poller][] => {
    const { source } = stack.functions[name];
    if (!source) return [];
    const { queue, batchSize, atOnce } = source;
    const handle = async (Records: readonly SQSRecord[]) => {
      await note(queue, Records);
      return local.invoke<SQSBatchResponse>(name, { Records });
    };
    const most = Math.min(atOnce, options.processes ?? 2);
    const poller = { client, url: local.urlOf(queue), batchSize, atOnce: most, handle, onTrouble: trouble(name) };
    return [[queue, pollQueue(poller)]];
  });
  const byQueue = new Map(pollers);

  const schedules = functionNames.flatMap((name) =>
    stack.functions[name].schedules.map(({ everyMs, input }) =>
      setInterval(() => void local.invoke(name, input).catch((failure) => trouble(name)(messageOf(failure))), everyMs),
    ),
  );
  // Nothing new is begun; then whoever works is stopped, and only then is waited for those who wait for it.
  opening.defer(async () => {
    schedules.forEach(clearInterval);
    const stopping = [...byQueue.values()].map((poller) => poller[Symbol.asyncDispose]());
    await Promise.all(functionNames.map((name) => pools[name][Symbol.asyncDispose]()));
    await Promise.all(stopping);
  });
  if (drill) await local.drills.start(local.drills.first);

  const opened = opening.move();
  return {
    url,
    token: local.secrets.token,
    ...{ drills: local.drills, practice: local.practice, console: local.console, place },
    function: (name) => pools[name],
    settled: (patience) => settled(local, byQueue, patience),
    counts: () => countsOf(local, byQueue),
    resetCounts() {
      for (const one of [...Object.values(meters), ...Object.values(pools), ...byQueue.values()]) one.reset();
    },
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}

/**
 * The functions know nothing of practice. That somebody has mended something by hand in the practice cluster it has to be
 * told by whoever sees the message pass, if they are somebody who may say so.
 */
function noting({ console, secrets, practice }: LocalPlace) {
  const people = slackPeople({ botToken: secrets.botToken, apiUrl: console.apiUrl, clock: systemClock });
  return async (queue: QueueName, records: readonly SQSRecord[]): Promise<void> => {
    if (queue !== 'remediate') return;
    for (const { body } of records) {
      const { data } = RemediateMessage.safeParse(contentOf(body)?.body);
      if (data?.type !== 'done-by-hand') continue;
      const { allowed } = await mayLook(people, { user: data.by });
      if (allowed) practice.doneByHand(data.manual);
    }
  };
}

const EVERY_MS = 25;
/** Between a queue and a poller a message is with nobody, for a moment. */
const QUIET_LOOKS = 8;

async function settled(
  local: LocalPlace,
  pollers: ReadonlyMap<QueueName, Poller>,
  { withinMs = 60_000, quietMs = 3_000 }: { readonly withinMs?: number; readonly quietMs?: number } = {},
): Promise<void> {
  const deadline = performance.now() + withinMs;
  for (let quiet = 0; quiet < QUIET_LOOKS; ) {
    const busy = whatIsBusy(local, pollers, quietMs);
    quiet = busy === undefined ? quiet + 1 : 0;
    if (performance.now() > deadline) throw new Error(`after ${withinMs} ms there is still work: ${busy}`);
    await pause(EVERY_MS);
  }
}

function whatIsBusy(
  { pools, emulators, resources }: LocalPlace,
  pollers: ReadonlyMap<QueueName, Poller>,
  quietMs: number,
): string | undefined {
  const working = functionNames.find((name) => pools[name].busy() > 0);
  if (working) return `the function ${working}`;
  return queueNames.find((queue) => {
    if ((pollers.get(queue)?.busy() ?? 0) > 0) return true;
    const messages = emulators.fauxqs.inspectQueue(resources.urls[queue]?.split('/').at(-1) ?? '')?.messages;
    const dueSoon = messages?.inflight.some(({ visibilityDeadline }) => visibilityDeadline < Date.now() + quietMs);
    return (messages?.ready.length ?? 0) > 0 || dueSoon === true;
  });
}
