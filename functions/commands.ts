import type { Acting } from '../engine/acting/desk.ts';
import { stateWords } from '../engine/card.ts';
import type { Incident } from '../engine/incident.ts';
import { isOpen, shownSince } from '../engine/incident.ts';
import { causeTitles } from '../engine/last-found.ts';
import { openOrJoin } from '../engine/open.ts';
import { cardStateOf, titleOf } from '../engine/present.ts';
import { redact } from '../engine/redact.ts';
import type { AnyRunbook } from '../engine/runbook.ts';
import { wordsOf } from '../engine/target.ts';
import type { Desk } from '../engine/triage.ts';
import { counted, minuteOf } from '../engine/words.ts';
import { didYouMean, nearest } from '../infra/local/nearest.ts';
import type { Reply } from '../infra/slack/reply.ts';
import { examples, runbookNamed, targetFor } from './cli/investigate.ts';
import { knownTarget } from './cli/known-target.ts';
import { UsageError } from './cli/outcome.ts';

const words = ['help', 'investigate', 'runbooks', 'incidents', 'break-glass'] as const;
const MAX_LISTED = 30;

/** Without rules nothing can be changed. */
export type Commanded = Desk & Partial<Pick<Acting, 'rules'>>;

/** `/nightshift …` as typed in the channel, without the command itself. Wrong words get the nearest right ones. */
export async function answerCommand(desk: Commanded, text: string, userId: string): Promise<Reply> {
  const [word = 'help', ...rest] = text.trim().split(/\s+/).filter(Boolean);
  try {
    switch (word.toLowerCase()) {
      case 'help':
        return await helpOn(desk);
      case 'runbooks':
        return runbooks(desk, rest);
      case 'incidents':
        return await incidents(desk);
      case 'investigate':
        return await investigate(desk, rest, userId);
      default:
        return { ...(await helpOn(desk)), text: unknownWord(word) };
    }
  } catch (failure) {
    if (failure instanceof UsageError) return { text: failure.message };
    throw failure;
  }
}

function unknownWord(word: string): string {
  const meant = nearest(word, words);
  return `There is no "${word}".${meant ? ` Did you mean "/nightshift ${meant}"?` : ` ${help.text}`}`;
}

const help: Reply = {
  text: 'What I can do:',
  items: [
    {
      name: '/nightshift investigate <runbook> <target>',
      text: 'look now, for example: investigate node-not-ready worker-3',
    },
    { name: '/nightshift runbooks [name]', text: 'the causes I can tell apart, and the fixes I know' },
    { name: '/nightshift incidents', text: 'what stands open' },
    { name: '/nightshift help', text: 'this' },
  ],
};

const glass = {
  name: '/nightshift break-glass <plan> <reason>',
  text: 'go on although a freeze, a cool-down, the actions per hour, a storm or the last ready replica of a workload says no; told to the whole channel',
};

/** The glass is named only where the policy names somebody who may break it. */
async function helpOn({ rules }: Commanded): Promise<Reply> {
  const { policy } = (await rules?.().catch(() => undefined)) ?? { policy: [] };
  const [all = [], last = []] = [help.items?.slice(0, -1), help.items?.slice(-1)];
  return policy.some(({ breakGlass }) => breakGlass) ? { ...help, items: [...all, glass, ...last] } : help;
}

async function investigate(
  desk: Desk,
  [id, target, clusterName, extra]: readonly string[],
  userId: string,
): Promise<Reply> {
  if (!id || extra) throw new UsageError('Usage: /nightshift investigate <runbook> <target> [cluster]');
  if (!target) refuseTargetAlone(id, desk);
  const runbook = runbookNamed(id, desk.runbooks);
  if (!target)
    throw new UsageError(
      `On what? ${examples(runbook)
        .map((spelling) => `/nightshift investigate ${id} ${spelling}`)
        .join(' or ')}`,
    );
  const clusters = desk.clusters.map(({ name }) => name);
  const cluster = clusterName ?? (clusters.length === 1 ? clusters[0] : undefined);
  if (cluster === undefined) throw new UsageError(`Which cluster? Add one of: ${clusters.join(', ')}`);
  if (!clusters.includes(cluster)) {
    throw new UsageError(
      `There is no cluster ${cluster}${didYouMean(cluster, clusters)} (there are: ${clusters.join(', ')})`,
    );
  }
  const asked = targetFor(runbook, target);
  const place = desk.clusters.find(({ name }) => name === cluster);
  const found = place ? await knownTarget(place, asked) : asked;
  const opening = {
    cluster,
    runbook: runbook.id,
    target: found,
    targetNote: 'named by the person who asked',
    openedBy: userId,
  };
  const fate = await openOrJoin(desk, opening, { voice: 'fires', stormy: false });
  const where =
    fate.outcome === 'joined' ? 'its card stands in the channel, I am looking again' : 'the card is on its way';
  return { text: `${wordsOf(found)}: ${where}` };
}

/** Who names only a target is told where it stands; a runbook that is only misspelt is not taken for one. */
function refuseTargetAlone(id: string, { runbooks: all }: Desk): void {
  const ids = all.map((runbook) => runbook.id);
  if (ids.includes(id) || nearest(id, ids)) return;
  throw new UsageError(
    `There is no runbook ${id} (there are: ${ids.join(', ')}). If that is a target, it comes after its runbook: /nightshift investigate <runbook> ${id}`,
  );
}

/** All runbooks in a line each, or one with its causes and fixes. */
function runbooks(desk: Desk, [id]: readonly string[]): Reply {
  if (id === undefined)
    return {
      text: 'I know these problems (/nightshift runbooks NAME tells more):',
      items: desk.runbooks.map(runbookItem),
    };
  const { title, causes, remedies, manual } = runbookNamed(id, desk.runbooks);
  const apart = Object.values(causes).map((cause) => ({ name: 'cause', text: cause.title }));
  const fixes = Object.values(remedies).map((fix) => ({ name: 'fix', text: `${fix.title} (risk: ${fix.risk})` }));
  const byHand = Object.values(manual).map((fix) => ({ name: 'by hand', text: `${fix.title} (risk: ${fix.risk})` }));
  return { text: `${id}: ${title}`, items: [...apart, ...fixes, ...byHand] };
}

function runbookItem({ id, title, causes, remedies, manual }: AnyRunbook) {
  const fixes = Object.keys(remedies).length + Object.keys(manual).length;
  const causeCount = counted(Object.keys(causes).length, 'cause');
  return { name: id, text: `${title}: ${causeCount}, ${counted(fixes, 'fix', 'fixes')}` };
}

async function incidents(desk: Desk): Promise<Reply> {
  const all = (await desk.store.list<Incident>('incidents')).map(({ value }) => value);
  const open = all
    .filter((incident) => isOpen(incident) && incident.state !== 'folded')
    .sort((a, b) => ((a.since ?? a.openedAt) < (b.since ?? b.openedAt) ? 1 : -1));
  if (open.length === 0) return { text: 'Nothing stands open.' };
  return { text: `${open.length} open:`, items: open.slice(0, MAX_LISTED).map(itemFor(desk)) };
}

/** By the headline of its card: one target may have several. */
function itemFor({ runbooks: all }: Desk) {
  return (incident: Incident) => {
    const since = shownSince(incident);
    const state = stateWords[cardStateOf(incident)];
    const began = since === undefined ? 'unknown' : minuteOf(since);
    return {
      name: redact(
        titleOf(
          incident,
          all.find(({ id }) => id === incident.runbook),
        ),
      ),
      text: `${state}, since ${began}: ${causeTitles(incident).join('; ') || 'no cause confirmed'}`,
    };
  };
}
