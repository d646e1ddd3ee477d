import { randomUUID } from 'node:crypto';
import type { Logger } from 'pino';
import type { Acting } from '../engine/acting/desk.ts';
import { offersOf } from '../engine/acting/offers.ts';
import type { Store } from '../engine/ports.ts';
import { decideRejectedAnew } from '../engine/rejected.ts';
import { openInbox } from '../infra/local/inbox/inbox.ts';
import { openDatabase } from '../infra/local/store/open.ts';
import { catalog } from '../runbooks/catalog.ts';
import { isLoopback } from './address.ts';
import { noteTooLarge, receiveAlerts, refuseAlerts } from './alerts.ts';
import { announceHandler } from './announce.ts';
import { type Channel, openChannel } from './channel.ts';
import { watchChat } from './chat-reach.ts';
import { systemClock } from './clock.ts';
import { watchClusters } from './clusters-watch.ts';
import { openClusters, type Settings } from './compose.ts';
import { ConfigError } from './config/error.ts';
import { drillsOf } from './drills.ts';
import { rushInbox } from './inbox.ts';
import { investigateHandler } from './investigate.ts';
import { createMetrics } from './metrics.ts';
import { remediateHandler } from './remediate.ts';
import { routesOf } from './routes.ts';
import { checkPolicy, rulesOf } from './rules.ts';
import { serverNote } from './running.ts';
import { frontDoorRush } from './rush.ts';
import { listen } from './server.ts';
import { slackHandlers } from './slack.ts';
import { storeTrouble } from './store-trouble.ts';
import { tick } from './tick.ts';
import { work } from './worker.ts';

const TICK_MS = 30_000;
/** A stop waits this long for what is in flight; the rest is handed back by its lease. */
const STOP_MS = 8_000;

export interface Running {
  readonly url: string;
  /** Nothing is configured: the practice cluster and the console. */
  readonly practice: boolean;
  close(): Promise<void>;
}

/** Starts the embedded server: one process with everything in it. Throws `ConfigError` or `Refused` with what to do. */
export async function serve(settings: Settings, log: Logger): Promise<Running> {
  checkPolicy(settings.config, catalog);
  const token = await alertsToken(settings);
  const {
    store,
    queue,
    present,
    close: closeStore,
  } = await openDatabase({
    directory: settings.directory,
    clock: systemClock,
    onError: storeTrouble(log, systemClock),
  });
  const stop = new AbortController();
  const note = serverNote(settings.directory);
  const opened: (() => Promise<unknown>)[] = [async () => closeStore(), note.remove];
  const closeAll = async () => {
    for (const close of opened.reverse())
      await close().catch((failure: unknown) => log.error({ failure }, 'while stopping'));
  };
  try {
    const unread = await openInbox({
      directory: settings.directory,
      present,
      onUnreadable: (file, bytes) =>
        log.warn({ file, bytes }, 'the end of an inbox file was never acknowledged, or is damaged'),
    });
    const metrics = createMetrics(queue, unread.waitingBytes);
    await note.remove();
    const cluster = await openClusters(settings, { drama: true });
    const { clusters, reach, writers, practice } = cluster;
    opened.push(cluster.close);
    const unwatch = watchClusters(settings.config, cluster.opened, log);
    opened.push(async () => unwatch());
    let url = '';
    const drills = drillsOf({ practice, url: () => url, token, store: () => store });
    const channel: Channel = await openChannel({
      settings,
      log,
      handlers: slackHandlers(() => desk, queue),
      url: () => url,
      drills,
    });
    opened.push(channel.close);
    const watched = watchChat(channel.console ? 'console' : 'Slack', channel.chat, systemClock);
    const desk: Acting = {
      store,
      clock: systemClock,
      runbooks: settings.runbooks,
      clusters,
      channel: channel.id,
      rules: rulesOf(settings, catalog),
      people: channel.people,
      chat: watched.chat,
      writers,
      newId: randomUUID,
      offers: (incident) => offersOf(desk, incident),
    };

    const rush = frontDoorRush();
    const inbox = rushInbox(unread, { store, clock: systemClock, metrics }, { rush, log });
    opened.push(inbox.close);
    const door = { store, clock: systemClock, metrics, inbox };
    const guard = token === undefined ? { metrics } : { metrics, token };
    const routes = routesOf({
      server: note.id,
      desk,
      queue,
      metrics,
      reach: [watched, ...reach],
      drills,
      app: channel.app,
      stopping: stop.signal,
      open: token === undefined,
      alerts: {
        refuse: (headers) => refuseAlerts(guard, headers),
        onTooLarge: () => noteTooLarge(door),
        handle: (request) => rush.during(() => receiveAlerts(door, request)),
      },
    });
    const fallback = channel.console?.handlePage;
    const listening = await listen({
      host: settings.host,
      port: settings.port,
      routes,
      log,
      ...(fallback ? { fallback } : {}),
    });
    url = listening.url;
    opened.push(() => closed(listening.server));
    await note.write(url);

    const failed = (name: string) => () => metrics.failures.inc({ queue: name });
    const workers = Promise.all([
      work(queue, 'investigate', investigateHandler(desk, metrics), stop.signal, {
        concurrency: 32,
        leaseMs: 90_000,
        log,
        onFailure: failed('investigate'),
        yieldTo: rush.over,
      }),
      work(queue, 'announce', announceHandler(desk, watched.chat, metrics), stop.signal, {
        concurrency: 4,
        leaseMs: 60_000,
        log,
        onFailure: failed('announce'),
        yieldTo: rush.over,
      }),
      work(queue, 'remediate', remediateHandler(desk, metrics, practice), stop.signal, {
        concurrency: 8,
        leaseMs: 300_000,
        log,
        onFailure: failed('remediate'),
      }),
    ]);
    const anew = await decideRejectedAnew(desk);
    if (anew > 0) log.info({ alerts: anew }, 'a configured cluster fits alerts now that none fitted before');
    const ticking = setInterval(() => {
      tick(desk, queue).then(
        ({ repaired }) => repaired.length > 0 && log.warn({ repaired }, 'asked again for what was long overdue'),
        (failure: unknown) => log.error({ failure }, 'the tick failed'),
      );
    }, TICK_MS);
    opened.push(async () => {
      clearInterval(ticking);
      stop.abort();
      await Promise.race([workers, new Promise((late) => setTimeout(late, STOP_MS).unref())]);
    });
    if (practice && (await isNew(store))) await drills.start(drills.first);
    else await drills.goOn();
    return { url, practice: practice !== undefined, close: closeAll };
  } catch (failure) {
    await closeAll();
    throw failure;
  }
}

/** Nothing has ever happened here. */
async function isNew(store: Pick<Store, 'list'>): Promise<boolean> {
  const [current, former] = await Promise.all([
    store.list('incidents', { limit: 1 }),
    store.list('slots', { limit: 1 }),
  ]);
  return current.length === 0 && former.length === 0;
}

/** Without a token only a server that nobody else can reach, and that can do nothing real, may run. */
async function alertsToken({ config, host, secret }: Settings): Promise<string | undefined> {
  const reference = config.alerts.token;
  if (reference) return secret(reference, 'alerts.token');
  const why = needsToken(config, host);
  if (why === undefined) return undefined;
  throw new ConfigError(
    `alerts.token is missing, and ${why}. Add to nightshift.yaml:\n  alerts:\n    token: { env: NIGHTSHIFT_ALERTS_TOKEN }\nand set that variable to a long random string (openssl rand -hex 32).`,
  );
}

function needsToken(config: Settings['config'], host: string): string | undefined {
  if (config.clusters.length > 0) return 'a real cluster is configured';
  if (config.slack) return 'a Slack workspace is configured';
  if (!isLoopback(host)) return `the server listens on ${host}, which others can reach`;
  return undefined;
}

function closed(server: {
  close(done: () => void): unknown;
  closeIdleConnections(): void;
  closeAllConnections(): void;
}): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeIdleConnections();
    setTimeout(() => server.closeAllConnections(), 1_000).unref();
  });
}
