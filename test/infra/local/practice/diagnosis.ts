import { investigate } from '../../../../engine/investigate.ts';
import type { Report } from '../../../../engine/report.ts';
import { parseTarget } from '../../../../engine/target.ts';
import { sourceOf } from '../../../../infra/kubernetes/source.ts';
import { prometheusFrom } from '../../../../infra/prometheus/client.ts';
import { catalog } from '../../../../runbooks/catalog.ts';
import { clientsOf } from './clusters.ts';
import type { Stage } from './practice.ts';

/** The world's own runbook, through the real clients. */
export async function diagnosed(on: Stage, id: string): Promise<Report> {
  const world = on.practice.worlds().find((candidate) => candidate.id === id);
  const runbook = catalog.find((candidate) => candidate.id === world?.runbook);
  const target = parseTarget(world?.target ?? '');
  if (!runbook || !target) throw new Error(`world ${id} names a runbook or a target that is not there`);
  const clock = { now: on.now };
  await using clients = await clientsOf(on.practice, clock);
  const prometheus = prometheusFrom({ url: on.practice.prometheusUrl, version: 'test', clock });
  const source = sourceOf({ kubernetes: clients.reader.source, prometheus: prometheus.source });
  const report = await investigate(runbook, target, { source, clock, cluster: 'practice' });
  await prometheus.close();
  return report;
}

export function confirmedIn({ causes }: Report): string[] {
  return causes.filter(({ verdict }) => verdict === 'confirmed').map(({ id }) => id);
}
