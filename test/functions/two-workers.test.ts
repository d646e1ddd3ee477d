import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import { audit, entries } from '../../engine/acting/audit.ts';
import { type RemediateMessage, remediateMessage } from '../../engine/acting/messages.ts';
import type { Plan } from '../../engine/plan.ts';
import type { Outgoing } from '../../engine/ports.ts';
import { createMetrics } from '../../functions/metrics.ts';
import { remediateHandler } from '../../functions/remediate.ts';
import { work } from '../../functions/worker.ts';
import { startPracticeCluster } from '../../infra/local/practice/practice.ts';
import { openDatabase } from '../../infra/local/store/open.ts';
import { countingProxy } from '../harness/counting-proxy.ts';
import { stamped } from '../harness/stamped.ts';
import { tempDir } from '../harness/temp.ts';
import { clusterClasses, workloadClasses } from '../real/support/crash/classes.ts';
import { dataWithIncident } from '../real/support/crash/prepare.ts';
import { actingWith, CLUSTER, hands, wishes, workOff } from '../real/support/crash/stage.ts';
import { until } from './process.ts';

const log = pino({ level: 'silent' });

/** The same list in another order, always the same one for a seed. */
function shuffled<T>(all: readonly T[], seed: number): T[] {
  let state = seed;
  const order = all.map((one) => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
    return { one, at: state };
  });
  return order.sort((a, b) => a.at - b.at).map(({ one }) => one);
}

/** In a group of its own, so that nothing but the plan keeps two workers from it at the same moment. */
const inAnyOrder = (body: RemediateMessage, nth: number): Outgoing => ({
  ...remediateMessage(body, CLUSTER),
  group: `replayed-${nth}`,
});

describe('two workers on one queue', () => {
  it.for([
    ['drain', 1],
    ['drain', 2],
    ['restart', 3],
    ['isolate-flow', 4],
    ['evict', 5],
  ] as const)(
    '%s: fifty clicks, every message ten times and in disorder (seed %i): each request goes out once',
    async ([verb, seed]) => {
      await using folder = await tempDir('workers');
      const directory = join(folder.path, 'data');
      const incident = await dataWithIncident(directory);
      const practice = await startPracticeCluster({ nodes: 6, podsPerNode: 6 });
      await using proxy = await countingProxy(practice.kubernetesUrl);
      const files = { kubeconfig: join(folder.path, 'reader'), fixerKubeconfig: join(folder.path, 'fixer') };
      const through = (config: string) => config.replace(practice.kubernetesUrl, proxy.url);
      await writeFile(files.kubeconfig, through(practice.kubeconfig));
      await writeFile(files.fixerKubeconfig, through(practice.fixerKubeconfig));
      const later = { ms: 0 };
      const clock = { now: () => new Date(Date.now() + later.ms) };
      const { store, queue, close } = await openDatabase({ directory, clock });
      const { close: disconnect, ...means } = await hands(files);
      const { changes } = { ...clusterClasses, ...workloadClasses }[verb];
      const acting = actingWith(store, clock, means, changes);
      const plan = async () => (await store.list<Plan>('plans'))[0]?.value;
      await queue.send([remediateMessage(wishes.open(incident), CLUSTER)]);
      await workOff(queue, acting);
      const id = (await plan())?.id ?? '';
      await queue.send([remediateMessage(stamped(wishes.request(id), clock), CLUSTER)]);
      await workOff(queue, acting);

      const stop = new AbortController();
      // Each with a store of its own, as in two processes: what one process does in turn is no help between them.
      const running = [acting, actingWith({ ...store }, clock, means, changes)].map((own) =>
        work(queue, 'remediate', remediateHandler(own, createMetrics(queue)), stop.signal, {
          concurrency: 8,
          leaseMs: 300_000,
          log,
        }),
      );
      const ten = (body: RemediateMessage) => Array.from({ length: 10 }, () => body);
      const clicks = Array.from({ length: 50 }, () => wishes.approve(id));
      const all = [
        ...clicks.map((click) => stamped(click, clock)),
        ...ten(stamped(wishes.request(id), clock)),
        ...ten({ type: 'execute', plan: id }),
        ...ten({ type: 'expire', plan: id }),
      ];
      await queue.send(shuffled(all, seed).map(inAnyOrder));
      const done = await until(async () => {
        const now = await plan();
        return now?.state === 'applied' ? now : undefined;
      }, 'the plan to be applied');
      stop.abort();
      await Promise.all(running);
      const writes = [...proxy.writes];
      later.ms = 3_600_000;
      await queue.send(shuffled(all, seed + 100).map(inAnyOrder));
      await workOff(queue, acting);

      expect(new Set(writes).size).toBe(writes.length);
      expect(writes).toHaveLength(done.steps.length);
      expect(proxy.writes).toEqual(writes);
      expect(await plan()).toMatchObject({ state: 'applied', approvals: [{ by: 'U0LEAD' }] });
      expect(await queue.deadLetters()).toEqual([]);
      expect((await audit(store)).findings).toEqual([]);
      const kinds: string[] = [];
      for await (const { kind } of entries(store)) kinds.push(kind);
      expect(kinds.filter((kind) => kind === 'applied')).toHaveLength(done.steps.length);
      await disconnect();
      await close();
      await practice.close();
    },
  );
});
