import { clockTime, plural } from '../evidence/node-words.ts';
import type { Logs } from './logs.ts';
import { type ContainerView, type Pods, type PodView, presentIn } from './pods.ts';
import type { VersionView, WorkloadView } from './workload.ts';

const SHOWN = 4;

export function showPods(found: Pods): string {
  if (!found.named) return 'its target names no pods';
  if (found.gone) return 'it does not exist any more';
  const present = presentIn(found);
  const ill = present.filter(({ ready, phase }) => !ready && phase !== 'Succeeded');
  const failed = found.pods.length - present.length;
  const shown = (ill.length > 0 ? ill : found.pods).slice(0, SHOWN).map(podWords);
  const all = `${plural(present.length, 'pod')}${found.more ? ' of more' : ''}`;
  return `${all}, ${ill.length} not ready${failed > 0 ? `, ${failed} that failed before` : ''}${shown.length > 0 ? `: ${shown.join('; ')}` : ''}`;
}

function podWords({ name, phase, ready, why, node, containers }: PodView): string {
  const where = node === undefined ? 'on no node' : `on ${node}`;
  const parts = [`${phase}${ready ? '' : ', not ready'} ${where}`, why, ...containers.map(containerWords)].filter(
    Boolean,
  );
  return `${name} (${parts.join('; ')})`;
}

function containerWords({ name, restarts, waiting, ended }: ContainerView): string {
  if (restarts === 0 && !waiting && !ended) return '';
  return [
    `${name}: ${plural(restarts, 'restart')}`,
    ...(waiting ? [waiting.reason] : []),
    ...(ended ? [endWords(ended)] : []),
  ].join(', ');
}

/** `ended 07:01:12 with exit code 137 (OOMKilled)` */
export function endWords({ exitCode, reason, finishedAt }: NonNullable<ContainerView['ended']>): string {
  const at = finishedAt ? ` ${clockTime(finishedAt)}` : '';
  return `ended${at} with exit code ${exitCode}${reason && reason !== 'Error' ? ` (${reason})` : ''}`;
}

export function showWorkload(workload: WorkloadView | null): string {
  if (workload === null) return 'it belongs to no workload';
  const { kind, name, wanted, ready, refused, changed } = workload;
  const last = changed ? `; last changed ${changed.at} by ${changed.by}` : '';
  const why = refused ? `; no more pods are made: ${refused}` : '';
  return `${kind} ${name}: ${ready} of ${wanted} ready${why}${last}`;
}

export function showVersions(versions: readonly VersionView[] | null): string {
  if (versions === null) return 'it is no Deployment';
  const words = versions
    .filter(({ wanted }, index) => index === 0 || wanted > 0)
    .map(
      ({ revision, createdAt, ready, wanted }) => `version ${revision} of ${createdAt}: ${ready} of ${wanted} ready`,
    );
  return words.join('; ') || 'it has none';
}

const LAST_LINES = 3;

export function showLogs(logs: Logs): string {
  if (logs.length === 0) return 'no container of it has ended';
  return logs
    .map(({ pod, container, lines }) => {
      const last = lines?.slice(-LAST_LINES).join(' | ');
      return `${pod} ${container}: ${last === undefined ? 'its log is gone' : last === '' ? 'it wrote nothing' : last}`;
    })
    .join('; ');
}
