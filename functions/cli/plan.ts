import { randomUUID } from 'node:crypto';
import type { Acting } from '../../engine/acting/desk.ts';
import { Refused } from '../../engine/errors.ts';
import type { Store } from '../../engine/ports.ts';
import { planPage } from '../../infra/local/plan-page.ts';
import { openReadOnly } from '../../infra/local/store/open.ts';
import { catalog } from '../../runbooks/catalog.ts';
import { systemClock } from '../clock.ts';
import { openClusters, type Settings, settingsOf } from '../compose.ts';
import { type Preview, previewPlan } from '../plans.ts';
import { rulesOf } from '../rules.ts';
import { runningServer } from '../running.ts';
import { ExitCode, type GlobalOptions, print, printJson, terminal, UsageError } from './outcome.ts';

/** `nightshift plan`: what a fix would change now. Asks for nothing and stores nothing. */
export async function plan(
  incident: string,
  remedy: string,
  options: GlobalOptions & { readonly json?: boolean },
): Promise<ExitCode> {
  const settings = await settingsOf(options);
  const preview =
    settings.config.clusters.length === 0
      ? await askServer(settings, incident, remedy)
      : await previewHere(settings, incident, remedy);
  if ('problem' in preview) throw new Refused('NO_PLAN', preview.problem);
  if (options.json) printJson(preview.card);
  else print(planPage(preview.card, terminal()));
  return ExitCode.ok;
}

/** The practice cluster lives in the server's process: only that can look at it. */
async function askServer({ directory }: Settings, incident: string, remedy: string): Promise<Preview> {
  const server = await runningServer(directory);
  if (!server)
    throw new UsageError('no server uses this data directory: start `nightshift serve`, or configure a cluster');
  const path = `/plans/${encodeURIComponent(incident)}/${encodeURIComponent(remedy)}`;
  const response = await fetch(new URL(path, server.url));
  if (!response.ok) throw new Refused('NO_PLAN', `the server answered ${response.status}: ${await response.text()}`);
  // Our own server, told by its id: the same program.
  return (await response.json()) as Preview;
}

async function previewHere(settings: Settings, incident: string, remedy: string): Promise<Preview> {
  const database = openReadOnly({ directory: settings.directory, clock: systemClock });
  const { clusters, writers, close } = await openClusters(settings);
  try {
    const { slack } = settings.config;
    const acting: Acting = {
      store: readOnly(database.store),
      clock: systemClock,
      runbooks: catalog,
      clusters,
      channel: slack?.channel ?? '',
      rules: rulesOf(settings, catalog),
      people: { person: nobodyHere, groupMembers: nobodyHere },
      chat: { showPlan: nobodyHere, whisper: nobodyHere },
      writers,
      newId: randomUUID,
    };
    return await previewPlan(acting, incident, remedy);
  } finally {
    await close();
    database.close();
  }
}

function readOnly(store: Pick<Store, 'get' | 'list'>): Store {
  return { ...store, put: nobodyHere, putAll: nobodyHere, delete: nobodyHere, prune: nobodyHere };
}

async function nobodyHere(): Promise<never> {
  throw new Error('a preview writes nothing and asks nobody');
}
