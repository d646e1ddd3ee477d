import { Refused } from '../../engine/errors.ts';
import { matchRunbook } from '../../engine/match.ts';
import { resolveTarget } from '../../engine/resolve.ts';
import type { AnyRunbook } from '../../engine/runbook.ts';
import type { Cluster } from '../../engine/triage.ts';
import { parseWebhook } from '../../infra/alertmanager/webhook.ts';
import type { PracticeCluster } from '../../infra/local/practice/practice.ts';
import { reportPage } from '../../infra/local/report-page.ts';
import { wrap } from '../../infra/local/terminal.ts';
import { openClusters, settingsOf } from '../compose.ts';
import { introOf } from '../drills.ts';
import { reportJson } from '../report-json.ts';
import { type RunningServer, runningServer } from '../running.ts';
import { exitCodeOf, investigateHere } from './investigate.ts';
import { ExitCode, type GlobalOptions, print, printJson, terminal, UsageError } from './outcome.ts';

interface DrillOptions extends GlobalOptions {
  readonly json?: boolean;
}

interface Here extends DrillOptions {
  readonly runbooks: readonly AnyRunbook[];
}

/** `nightshift drill`: in the running server if there is one; otherwise here, with the report on the terminal. */
export async function drill(world: string | undefined, options: DrillOptions): Promise<ExitCode> {
  const settings = await settingsOf(options);
  const server = world === undefined ? undefined : await runningServer(settings.directory);
  if (world !== undefined && server && server.drills.length > 0) return drillThere(server, world, options);

  const { practice, clusters, close } = await openClusters({
    ...settings,
    config: { ...settings.config, clusters: [] },
  });
  try {
    const [cluster] = clusters;
    if (!practice || !cluster) throw new Error('the practice cluster did not start');
    if (world === undefined && options.json) printJson(practice.worlds());
    else if (world === undefined) print(worldsPage(practice));
    else return await drillHere(practice, cluster, world, { ...options, runbooks: settings.runbooks });
    return ExitCode.ok;
  } finally {
    await close();
  }
}

function worldsPage(practice: PracticeCluster): string {
  const worlds = practice.worlds();
  const { columns } = terminal();
  const widest = Math.max(...worlds.map(({ id }) => id.length));
  const lines = worlds.flatMap(({ id, title, ...world }) =>
    wrap(`${title}: ${introOf(world)}`, { columns, indent: widest + 2 }).map((line, index) =>
      index === 0 ? `${id.padEnd(widest + 2)}${line.trimStart()}` : line,
    ),
  );
  return lines.join('\n');
}

async function drillHere(
  practice: PracticeCluster,
  cluster: Cluster,
  world: string,
  { json, runbooks }: Here,
): Promise<ExitCode> {
  practice.setWorld(world);
  const parsed = parseWebhook(JSON.stringify(practice.alertFor(world)));
  const [alert] = 'webhook' in parsed ? parsed.webhook.alerts : [];
  const matched = alert && matchRunbook(alert, runbooks);
  if (!matched) throw new UsageError(`no runbook answers the alert of ${world}`);
  const { target } = await resolveTarget(alert, matched.match, { source: cluster.source, nodes: cluster.nodes });
  const report = await investigateHere(matched.runbook, target, cluster);
  if (json) printJson(reportJson(report));
  else print(reportPage(report, terminal()));
  return exitCodeOf(report);
}

async function drillThere({ url }: RunningServer, world: string, { json }: DrillOptions): Promise<ExitCode> {
  const response = await fetch(new URL(`/drills/${encodeURIComponent(world)}`, url), { method: 'POST' });
  const answer = (await response.text()).trim();
  if (response.status === 404) throw new UsageError(answer);
  if (!response.ok) throw new Refused('NOT_STARTED', `${url} did not start the drill (${response.status}): ${answer}`);
  if (json) printJson({ drill: world, server: url });
  else print(`${answer}: see ${url}`);
  return ExitCode.ok;
}
