import { investigate as runRunbook } from '../../engine/investigate.ts';
import { caseOf, keptBy, recorder } from '../../engine/record.ts';
import type { Report } from '../../engine/report.ts';
import type { AnyRunbook } from '../../engine/runbook.ts';
import { parseTarget, type Target } from '../../engine/target.ts';
import type { Cluster } from '../../engine/triage.ts';
import { counted } from '../../engine/words.ts';
import { didYouMean } from '../../infra/local/nearest.ts';
import { reportPage } from '../../infra/local/report-page.ts';
import { refuseRecording, writeCase } from '../case-record.ts';
import { systemClock } from '../clock.ts';
import { openClusters, settingsOf } from '../compose.ts';
import { reportJson } from '../report-json.ts';
import { knownTarget } from './known-target.ts';
import {
  ExitCode,
  type GlobalOptions,
  print,
  printJson,
  progressLine,
  remarkPractice,
  terminal,
  UsageError,
} from './outcome.ts';

export interface InvestigateOptions extends GlobalOptions {
  readonly target?: string;
  readonly cluster?: string;
  readonly json?: boolean;
  /** Where to write the run as a case. */
  readonly record?: string;
}

/** `nightshift investigate`: exit code 0 only when the target was seen to be well, so that a script can ask. */
export async function investigate(id: string, options: InvestigateOptions): Promise<ExitCode> {
  const settings = await settingsOf(options);
  const runbook = runbookNamed(id, settings.runbooks);
  if (options.target === undefined) throw new UsageError(`on what? Add --target ${examples(runbook).join(' or ')}`);
  const asked = targetFor(runbook, options.target);
  const { record } = options;
  if (record !== undefined) refuseRecording(record);
  remarkPractice(settings);
  const { clusters, close } = await openClusters(settings, { practiceFor: runbook.id });
  try {
    const cluster = pick(clusters, options.cluster);
    const target = await knownTarget(cluster, asked);
    const recording = recorder(cluster.source, keptBy(runbook));
    const report = await investigateHere(runbook, target, { ...cluster, source: recording.source });
    if (options.json) printJson(reportJson(report));
    else print(reportPage(report, terminal()));
    if (record !== undefined) await writeCase(record, runbook, caseOf(report, target, recording.reads()));
    return exitCodeOf(report);
  } finally {
    await close();
  }
}

/** As an argument or as an option: of two nobody knows which was meant. */
export function oneTarget(argument: string | undefined, option: string | undefined): { readonly target?: string } {
  if (argument !== undefined && option !== undefined)
    throw new UsageError(`on which? ${argument} and --target ${option} were both given: leave one out`);
  const target = argument ?? option;
  return target === undefined ? {} : { target };
}

/** Well only when the target was seen to be well, and no cause of trouble with it. */
export function exitCodeOf({ recovered, causes }: Report): ExitCode {
  const well = recovered.verdict === 'confirmed' && causes.every(({ verdict }) => verdict !== 'confirmed');
  return well ? ExitCode.ok : ExitCode.finding;
}

/** One run with its progress on the terminal. Ctrl-C ends it. */
export async function investigateHere(runbook: AnyRunbook, target: Target, cluster: Cluster): Promise<Report> {
  const total = Object.keys(runbook.evidence).length;
  let seen = 0;
  const all = counted(total, 'evidence item');
  progressLine(`looking: 0 of ${all}`);
  const report = await runRunbook(runbook, target, {
    source: cluster.source,
    clock: systemClock,
    cluster: cluster.name,
    onEvidence: ({ title }) => {
      seen += 1;
      progressLine(`looking: ${seen} of ${all} (${title})`);
    },
  });
  progressLine('');
  return report;
}

export function runbookNamed(id: string, runbooks: readonly AnyRunbook[]): AnyRunbook {
  const runbook = runbooks.find((candidate) => candidate.id === id);
  if (runbook) return runbook;
  const ids = runbooks.map((candidate) => candidate.id);
  throw new UsageError(`There is no runbook ${id}${didYouMean(id, ids)} (there are: ${ids.join(', ')})`);
}

/** As kubectl takes them, whatever the case. */
const kindWords: Readonly<Record<string, readonly string[]>> = {
  node: ['nodes', 'no'],
  pod: ['pods', 'po'],
  service: ['services', 'svc'],
  deployment: ['deployments', 'deploy'],
  statefulset: ['statefulsets', 'sts'],
  daemonset: ['daemonsets', 'ds'],
  replicaset: ['replicasets', 'rs'],
};

function withKind(text: string): string {
  const [word = '', ...rest] = text.split('/');
  const typed = word.toLowerCase();
  const kind = Object.keys(kindWords).find((known) => kindWords[known]?.includes(typed)) ?? typed;
  return [kind, ...rest].join('/');
}

/** What a person typed as a target, also just the name of a node or a component where the runbook is about these. */
export function targetFor(runbook: AnyRunbook, text: string): Target {
  const spellings = text.includes('/') ? [withKind(text)] : [text, `node/${text}`, `component/${text}`];
  for (const spelling of spellings) {
    const target = runbook.target.safeParse(parseTarget(spelling));
    if (target.success) return target.data;
  }
  throw new UsageError(`${runbook.id} cannot look at ${text}; give it ${examples(runbook).join(' or ')}`);
}

/** How its targets are spelled. */
export function examples(runbook: AnyRunbook): string[] {
  const components = new Set(runbook.alerts.flatMap(({ component = 'etcd' }) => `component/${component}`));
  const spellings = [
    'node/NAME',
    'pod/NAMESPACE/NAME',
    'service/NAMESPACE/NAME',
    'deployment/NAMESPACE/NAME',
    ...components,
    'cluster',
  ];
  return spellings.filter((spelling) => runbook.target.safeParse(parseTarget(spelling)).success);
}

function pick(clusters: readonly Cluster[], name: string | undefined): Cluster {
  const names = clusters.map((cluster) => cluster.name);
  const [only] = clusters;
  if (name === undefined && clusters.length === 1 && only) return only;
  const found = clusters.find((cluster) => cluster.name === name);
  if (found) return found;
  if (name === undefined)
    throw new UsageError(`several clusters are configured; add --cluster ${names.join(' or --cluster ')}`);
  throw new UsageError(`there is no cluster ${name}${didYouMean(name, names)} (there are: ${names.join(', ')})`);
}
