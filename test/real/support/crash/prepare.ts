import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { blueprintOf } from '../../../../engine/acting/compile.ts';
import { remediateMessage } from '../../../../engine/acting/messages.ts';
import type { Change } from '../../../../engine/change.ts';
import { incidentKey, openIncident } from '../../../../engine/incident.ts';
import type { Plan } from '../../../../engine/plan.ts';
import type { PracticeCluster } from '../../../../infra/local/practice/practice.ts';
import { openDatabase } from '../../../../infra/local/store/open.ts';
import { stamped } from '../../../harness/stamped.ts';
import { actingWith, CLUSTER, type Files, hands, NODE, wishes, workOff } from './stage.ts';

/** A data directory with one open incident, to be copied. */
export async function dataWithIncident(directory: string): Promise<string> {
  const { store, close } = await openDatabase({ directory, clock: { now: () => new Date() } });
  const target = { kind: 'Node', name: NODE } as const;
  const opening = { cluster: CLUSTER, runbook: 'sample', target, targetNote: '' };
  const incident = openIncident(incidentKey(CLUSTER, 'sample', target), 1, opening, new Date());
  await store.put({ collection: 'incidents', id: incident.id.slice(0, 12), value: incident, expect: 'absent' });
  await close();
  return incident.id;
}

/** Makes the cluster as the remedy finds it. Past the proxy: it does not count. */
export async function prepare(practice: PracticeCluster, folder: string, before: readonly Change[]): Promise<Files> {
  const files = { kubeconfig: join(folder, 'direct-reader'), fixerKubeconfig: join(folder, 'direct-fixer') };
  await writeFile(files.kubeconfig, practice.kubeconfig);
  await writeFile(files.fixerKubeconfig, practice.fixerKubeconfig);
  await changeDirectly(files, before);
  return files;
}

/** A fix that was carried out in peace, past the proxy. */
export async function applied(files: Files, directory: string, incident: string, changes: readonly Change[]) {
  const clock = { now: () => new Date() };
  const { store, queue, close } = await openDatabase({ directory, clock });
  const { close: disconnect, ...means } = await hands(files);
  const acting = actingWith(store, clock, means, changes);
  const plan = async () => (await store.list<Plan>('plans'))[0]?.value;
  for (const wish of [
    () => wishes.open(incident),
    (id: string) => wishes.request(id),
    (id: string) => wishes.approve(id),
  ]) {
    await queue.send([remediateMessage(stamped(wish((await plan())?.id ?? ''), clock), CLUSTER)]);
    await workOff(queue, acting);
  }
  const state = (await plan())?.state;
  await disconnect();
  await close();
  if (state !== 'applied') throw new Error('the fix whose undo is to be killed was not applied');
}

/** What somebody else changes. */
export async function changeDirectly(files: Files, changes: readonly Change[]): Promise<void> {
  if (changes.length === 0) return;
  const { cluster, writer, close } = await hands(files);
  const at = new Date().toISOString();
  for (const change of changes) {
    const basis = { incident: '', remedy: '', restsOn: '', changes: [change], at, plan: 'before' };
    const { actions, blocked } = await blueprintOf(cluster, basis);
    if (actions.length === 0) throw new Error(`${change.verb} comes to nothing: ${blocked.join('; ')}`);
    for (const action of actions) await writer.apply(action, { deadlineMs: 5_000 });
  }
  await close();
}
