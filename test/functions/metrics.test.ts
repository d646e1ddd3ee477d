import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { createMetrics } from '../../functions/metrics.ts';
import { openDatabase } from '../../infra/local/store/open.ts';
import { needs, pathOf } from '../harness/programs.ts';
import { tempDir } from '../harness/temp.ts';

describe.skipIf(needs('promtool'))('/metrics', () => {
  it('names everything as Prometheus does', async () => {
    await using place = await tempDir('metrics');
    const { queue, close } = await openDatabase({ directory: place.path, clock: { now: () => new Date() } });

    const page = await createMetrics(queue, () => 0).registry.metrics();
    await close();

    expect(page).toContain('nightshift_queue_messages{queue="investigate"} 0');
    // Its exit code is 3 when it would have something else.
    expect(execFileSync(pathOf('promtool'), ['check', 'metrics'], { input: page, encoding: 'utf8' })).toBe('');
  });
});
