import { matchRunbook } from '../../engine/match.ts';
import { resolveTarget } from '../../engine/resolve.ts';
import { parseWebhook } from '../../infra/alertmanager/webhook.ts';
import { reportPage } from '../../infra/local/terminal.ts';
import { catalog } from '../../runbooks/catalog.ts';
import { openClusters, type Settings, settingsOf } from '../compose.ts';
import { reportJson } from '../report-json.ts';
import { investigateHere } from './investigate.ts';
import { ExitCode, type GlobalOptions, print, printJson, terminal, UsageError } from './outcome.ts';

/** `nightshift drill`: in the running server if there is one; otherwise here, with the report on the terminal. */
export async function drill(
  world: string | undefined,
  options: GlobalOptions & { readonly json?: boolean },
): Promise<ExitCode> {
  const settings = await settingsOf(options);
  const running = await askServer(settings, world);
  if (running) return told(running);
  const { practice, clusters, close } = await openClusters({
    ...settings,
    config: { ...settings.config, clusters: [] },
  });
  try {
    const [cluster] = clusters;
    if (!practice || !cluster) throw new UsageError('the practice cluster did not start');
    const worlds = practice.worlds();
    if (world === undefined) {
      if (options.json) printJson(worlds);
      else print(worlds.map(({ id, title, description }) => `${id.padEnd(18)} ${title}: ${description}`).join('\n'));
      return ExitCode.ok;
    }
    practice.setWorld(world);
    const parsed = parseWebhook(JSON.stringify(practice.alertFor(world)));
    const [alert] = 'webhook' in parsed ? parsed.webhook.alerts : [];
    const matched = alert && matchRunbook(alert, catalog);
    if (!matched) throw new UsageError(`no runbook answers the alert of ${world}`);
    const { target } = await resolveTarget(alert, matched.match, { source: cluster.source, nodes: cluster.nodes });
    const report = await investigateHere(matched.runbook, target, cluster);
    if (options.json) printJson(reportJson(report));
    else print(reportPage(report, terminal()));
    return ExitCode.ok;
  } finally {
    await close();
  }
}

interface Answer {
  readonly ok: boolean;
  readonly text: string;
}

/** `undefined` when no server of ours listens there. */
async function askServer({ host, port }: Settings, world: string | undefined): Promise<Answer | undefined> {
  if (world === undefined) return undefined;
  const url = `http://${host}:${port}`;
  try {
    const response = await fetch(`${url}/drills/${encodeURIComponent(world)}`, { method: 'POST' });
    return { ok: response.ok, text: `${(await response.text()).trim()}${response.ok ? `: see ${url}` : ''}` };
  } catch {
    return undefined;
  }
}

function told({ ok, text }: Answer): ExitCode {
  if (!ok) throw new UsageError(text);
  print(text);
  return ExitCode.ok;
}
