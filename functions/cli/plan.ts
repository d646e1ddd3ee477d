import { randomUUID } from 'node:crypto';
import type { Acting } from '../../engine/acting/desk.ts';
import { planCardOf } from '../../engine/acting/plan-card.ts';
import { incidentById } from '../../engine/acting/stored.ts';
import { Refused } from '../../engine/errors.ts';
import type { People } from '../../engine/people.ts';
import type { Plan } from '../../engine/plan.ts';
import type { Store } from '../../engine/ports.ts';
import { planPage } from '../../infra/local/plan-page.ts';
import { openReadOnly } from '../../infra/local/store/open.ts';
import { catalog } from '../../runbooks/catalog.ts';
import { systemClock } from '../clock.ts';
import { openClusters, type Settings, settingsOf } from '../compose.ts';
import { type Preview, previewPlan } from '../plans.ts';
import { rulesOf } from '../rules.ts';
import { runningServer } from '../running.ts';
import { ExitCode, print, printJson, terminal, UsageError } from './outcome.ts';
import { openRecords, type RecordsOptions } from './records.ts';

/**
 * `nightshift plan INCIDENT FIX`: what a fix would change now; asks for nothing and stores nothing. `nightshift plan
 * PLAN`: a plan as it was shown to people, whole, however long it is.
 */
export async function plan(
  incident: string,
  remedy: string | undefined,
  options: RecordsOptions & { readonly json?: boolean },
): Promise<ExitCode> {
  if (remedy !== undefined && options.table !== undefined) {
    throw new UsageError(
      'with --table a plan is shown as it was stored (nightshift plan PLAN); what a fix would change now, the card in Slack tells',
    );
  }
  const settings = await settingsOf(options);
  const preview =
    remedy === undefined
      ? await storedPlan(settings, incident, options)
      : settings.config.clusters.length === 0
        ? await askServer(settings, incident, remedy)
        : await previewHere(settings, incident, remedy);
  if ('problem' in preview) throw new Refused('NO_PLAN', preview.problem);
  if (options.json) printJson(preview.card);
  else print(planPage(preview.card, terminal()));
  return ExitCode.ok;
}

async function storedPlan(settings: Settings, id: string, options: RecordsOptions): Promise<Preview> {
  const { store, close } = await openRecords(options);
  try {
    const found = (await store.get<Plan>('plans', id))?.value;
    if (!found) throw new UsageError(await noPlan(store, id));
    const desk = { store, rules: rulesOf(settings, catalog), people: asTheySaid(found) };
    return { card: await planCardOf(desk, found) };
  } finally {
    close();
  }
}

async function noPlan(store: Pick<Store, 'get'>, id: string): Promise<string> {
  const fixes = (await incidentById(store, id))?.report?.remedies.map((remedy) => remedy.id) ?? [];
  const which = fixes.length > 0 ? `, with one of ${fixes.join(', ')}` : '';
  return `there is no plan ${id}; a fix is named with its incident: nightshift plan ${id} FIX${which}`;
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
      runbooks: settings.runbooks,
      clusters,
      channel: slack?.channel ?? '',
      rules: rulesOf(settings, catalog),
      people: nobodyToAsk,
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

/** Who they are is asked when something is decided; here everybody is taken for what they were when they spoke. */
function asTheySaid({ request, approvals }: Plan): People {
  const spoke = [request, ...approvals].flatMap((said) => (said ? [said.by] : []));
  return { person: async (id) => ({ id, name: id, standing: 'member' }), groupMembers: async () => spoke };
}

const nobodyToAsk = { person: nobodyHere, groupMembers: nobodyHere };

async function nobodyHere(): Promise<never> {
  throw new Error('a preview writes nothing and asks nobody');
}
