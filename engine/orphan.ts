import { amend } from './documents.ts';
import { closed, type Incident, isOpen, slotOf } from './incident.ts';
import { announceMessage } from './messages.ts';
import type { Desk } from './triage.ts';

/** Closes what nobody can look at any more: the practice cluster of an earlier start, a runbook that was switched off. */
export async function closeOrphan(desk: Desk, orphan: Incident): Promise<void> {
  const because = orphanedBy(desk, orphan);
  if (because === undefined) return;
  const { id } = orphan;
  await amend<Incident, void>(desk.store, 'incidents', slotOf(id), (incident) => {
    if (incident?.id !== id || !isOpen(incident)) return { result: undefined };
    const value = closed(incident, because, desk.clock.now());
    return { result: undefined, value, send: [announceMessage(desk.channel, id)] };
  });
}

function orphanedBy({ clusters, runbooks }: Desk, { cluster, runbook }: Incident): string | undefined {
  if (!clusters.some(({ name }) => name === cluster)) return `cluster ${cluster} is no longer configured`;
  if (runbook === null || runbooks.some(({ id }) => id === runbook)) return undefined;
  return `its runbook ${runbook} is switched off, or no longer there`;
}
