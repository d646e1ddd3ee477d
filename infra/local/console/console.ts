import type { AddressInfo } from 'node:net';
import { createApiServer } from './api/server.ts';
import { createChannelLog } from './channel.ts';
import { createInteractions } from './interactions.ts';
import { createLiveStream } from './live.ts';
import { openMessages } from './messages.ts';
import type { ConsoleOptions, ConsoleServer } from './options.ts';
import { createOutbound } from './outbound.ts';
import { createPage } from './page.ts';
import { createRateLimiter } from './rate-limits.ts';
import { createResponseUrls } from './response-urls.ts';
import { createTimestamps } from './timestamps.ts';
import { createTriggers } from './triggers.ts';
import { createViewInteractions } from './view-interactions.ts';
import { createViews } from './views.ts';
import { createWorkspace } from './workspace.ts';

const systemClock = { now: () => new Date() };

/**
 * A stand-in for Slack: its Web API on a port of its own on loopback, and the channel as a page. The real Slack
 * libraries talk to it; what a person does on the page goes out as Slack's signed requests.
 */
export async function startConsole(options: ConsoleOptions): Promise<ConsoleServer> {
  const { clock = systemClock, log: report = () => {}, sendTo } = options;
  let faults = options.faults;
  let baseUrl = '';

  const workspace = createWorkspace(options);
  const messages = openMessages(options.file);
  const nextTs = createTimestamps(clock, messages.latestTs());
  const log = createChannelLog(messages, workspace, nextTs);
  const triggers = createTriggers(clock, workspace.team.id);
  const responseUrls = createResponseUrls({ clock, log, workspace, baseUrl: () => baseUrl });
  const outbound = createOutbound({ ...options, ackDeadlineMs: options.ackDeadlineMs ?? 3000, clock, log: report });
  const commands = options.commands ?? ['/nightshift'];
  const live = createLiveStream();
  const views = createViews({
    workspace,
    clock,
    changed: (user, view) => live.publish('view', { view: view ? views.show(view) : null }, user),
  });
  const acting = { workspace, log, outbound, triggers, views, responseUrls, commands, nextTs };
  const interactions = createInteractions(acting);
  const viewInteractions = createViewInteractions(acting);
  log.watch(({ kind, ...change }) => live.publish(kind, change, 'to' in change ? change.to : undefined));

  const api = createApiServer({
    context: { workspace, log, messages, triggers, views, pageOrigin: () => sendTo().origin },
    botToken: options.botToken,
    rateLimiter: createRateLimiter(clock, options.limits),
    responseUrls,
    faults: () => faults,
    log: report,
  });
  await new Promise<void>((resolve, reject) => {
    api.once('error', reject);
    api.listen(0, '127.0.0.1', resolve);
  });
  const { port } = api.address() as AddressInfo;
  baseUrl = `http://127.0.0.1:${port}/`;

  return {
    apiUrl: `${baseUrl}api/`,
    handlePage: createPage({
      workspace,
      messages,
      log,
      live,
      interactions,
      viewInteractions,
      views,
      options,
      report,
    }),
    injectFaults(plan) {
      faults = plan;
    },
    setUserGroup(id, members) {
      if (members) workspace.userGroups.set(id, members);
      else workspace.userGroups.delete(id);
    },
    deactivate: (user) => void workspace.deactivated.add(user),
    deliveries: outbound.deliveries,
    async close() {
      live.close();
      api.closeAllConnections();
      await new Promise((resolve) => api.close(resolve));
      messages.close();
    },
  };
}
