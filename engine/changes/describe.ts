import type { Change, FlowSubject, Taint, Workload } from '../change.ts';
import { flowName } from './flow-objects.ts';

/** The change in the words an on-call engineer would use, with the field it touches. */
export function describeChange(change: Change): string {
  switch (change.verb) {
    case 'cordon':
      return `cordon node ${change.node} (spec.unschedulable: true)`;
    case 'uncordon':
      return `uncordon node ${change.node} (spec.unschedulable: false)`;
    case 'drain':
      return `drain node ${change.node}: cordon it, then evict its pods one by one, respecting disruption budgets${allowed(change.allow)}`;
    case 'taint':
      return `taint node ${change.node} with ${taintOf(change.taint)}${allowed(change.allow)}`;
    case 'untaint':
      return `remove taint ${taintOf(change.taint)} from node ${change.node}`;
    case 'evict':
      return `evict pod ${change.namespace}/${change.pod} (respects its disruption budget)`;
    case 'delete-pod':
      return `delete pod ${change.namespace}/${change.pod} (its disruption budget is not asked)`;
    case 'restart':
      return `restart ${workloadOf(change.workload)}, as kubectl rollout restart does`;
    case 'undo':
      return `roll ${workloadOf(change.workload)} back${change.from === undefined ? '' : ` from revision ${change.from}`} to ${change.toRevision === undefined ? 'its previous revision' : `revision ${change.toRevision}`}`;
    case 'pause':
      return `pause the rollout of ${workloadOf(change.workload)}`;
    case 'resume':
      return `resume the rollout of ${workloadOf(change.workload)}`;
    case 'scale':
      return `scale ${workloadOf(change.workload)} to ${change.replicas} ${change.replicas === 1 ? 'replica' : 'replicas'}${change.allow?.includes('none-left') ? ', on purpose' : ''}`;
    case 'set-resources':
      return `set ${resourcesOf(change.requests, 'requests')}${change.requests && change.limits ? ' and ' : ''}${resourcesOf(change.limits, 'limits')} of container ${change.container} in ${workloadOf(change.workload)}`;
    case 'isolate-flow':
      return `give ${subjectOf(change.subject)} a priority level of its own (${flowName(change.flow)}, ${change.shares} ${change.shares === 1 ? 'share' : 'shares'})`;
    case 'restore-flow':
      return `remove flow schema and priority level ${flowName(change.flow)}`;
    case 'annotate':
      return `${change.value === null ? 'remove annotation' : 'annotate'} ${change.object.kind} ${change.object.namespace ? `${change.object.namespace}/` : ''}${change.object.name}: ${change.key}${change.value === null ? '' : `=${change.value}`}`;
  }
}

function allowed(allow: readonly string[] = []): string {
  return allow.length === 0 ? '' : ` (${allow.map((what) => what.replace('-', ' ')).join(' and ')} too)`;
}

function taintOf({ key, value, effect }: Taint): string {
  return `${key}${value === undefined ? '' : `=${value}`}:${effect}`;
}

function workloadOf({ kind, namespace, name }: Workload): string {
  return `${kind} ${namespace}/${name}`;
}

function subjectOf(subject: FlowSubject): string {
  return subject.kind === 'User' ? `user ${subject.name}` : `service account ${subject.namespace}/${subject.name}`;
}

function resourcesOf(quantities: Readonly<Record<string, string | null>> | undefined, word: string): string {
  if (quantities === undefined) return '';
  const named = Object.entries(quantities).map(([name, amount]) => `${name} ${amount ?? 'none'}`);
  return `${word} (${named.join(', ')})`;
}
