import { describe, expect, it } from 'vitest';
import { movementWords } from '../../engine/measure.ts';
import { catalog } from '../../runbooks/catalog.ts';
import { readCase, replay } from './case-files.ts';

async function figureOf(id: string, cause: string, file: string) {
  const runbook = catalog.find((one) => one.id === id);
  if (!runbook) throw new Error(`there is no runbook ${id}`);
  const { report } = await replay(runbook, readCase(runbook, file));
  return report.causes.find((one) => one.id === cause)?.measure;
}

describe('how bad it is', () => {
  const disk = (file: string) => figureOf('etcd-heartbeat', 'slowDisk', file);

  it('with a slow disk: how long fsyncs of that member take now, confirmed or not', async () => {
    const [slow, quick] = [await disk('slow-disk-noisy-neighbour.json'), await disk('healthy.json')];

    expect(slow).toMatchObject({ unit: 'seconds', worseWhen: 'higher', clearlyWorse: 4 });
    expect(movementWords(slow, quick)).toBe('WAL fsync p99 of etcd-cp-1 250 ms → 3 ms');
  });

  it('with a real slow disk, recorded', async () => {
    expect(await disk('recorded-slow-disk.json')).toMatchObject({ value: expect.closeTo(0.329, 3) });
  });

  it('is not known where fsyncs are not scraped', async () => {
    expect(await disk('pressure-without-etcd-metrics.json')).toBeUndefined();
    expect(await disk('prometheus-down.json')).toBeUndefined();
  });

  it('under disk pressure: how much room is left', async () => {
    expect(await figureOf('node-not-ready', 'pressure', 'disk-pressure-long-after-a-boot.json')).toMatchObject({
      of: 'room on the fullest disk',
      unit: 'share',
      worseWhen: 'lower',
      value: 0.4,
    });
    expect(await figureOf('node-not-ready', 'pressure', 'no-prometheus-disk-pressure.json')).toBeUndefined();
  });

  it('where many nodes fell: how many', async () => {
    expect(await figureOf('node-not-ready', 'manyNodes', 'many-nodes.json')).toMatchObject({
      unit: 'count',
      value: 31,
    });
  });
});
