import { describe, expect, test } from 'vitest';
import { ReadFailure } from '../../engine/errors.ts';
import { investigate } from '../../engine/investigate.ts';
import { anyRunbook } from '../../engine/runbook.ts';
import { sourceOf } from '../../infra/kubernetes/source.ts';
import { prometheusFrom } from '../../infra/prometheus/client.ts';
import { runbook } from '../../runbooks/etcd-heartbeat/index.ts';
import { startEtcd } from '../harness/etcd.ts';
import { needs } from '../harness/programs.ts';
import { startPrometheus } from '../harness/prometheus.ts';
import { until } from '../harness/until.ts';
import { limitMemory, needsMemoryGroups } from './support/memory-limit.ts';
import { verdictsOf } from './support/nightshift.ts';

const confirmed = expect.stringMatching(/^confirmed/);
const ruledOut = expect.stringMatching(/^ruled-out/);
const noKubernetes = {
  read: async () => {
    throw new ReadFailure('not-configured', 'etcd alone, without a Kubernetes API');
  },
};

describe.skipIf(needs('etcd', 'prometheus') ?? needsMemoryGroups())(
  'an etcd held at its memory limit without being killed',
  () => {
    test('accepts connections and answers none: stuck, not down, with the memory it held', async () => {
      await using etcd = await startEtcd({ members: 3 });
      await using prometheus = await startPrometheus({ scrapeConfigs: [etcd.scrapeConfig()] });
      await using client = closing(prometheusFrom({ url: prometheus.url, version: 'test' }));
      const [member] = await etcd.followers();
      const leader = await etcd.leader();
      if (member === undefined) throw new Error('no follower');
      const address = new URL(member.clientUrl).host;
      const up = async () => (await prometheus.query(`up{instance="${address}"}`))[0]?.value;
      await until('the member to be scraped', async () => (await up()) === 1);

      await using limit = limitMemory(member.pid, 32 * 1024 * 1024);
      let puts = 0;
      await until(
        'the member to wait for memory',
        async () => {
          await leader.put(`big/${puts++}`, 270_000);
          return limit.isExhausted();
        },
        { deadlineMs: 60_000, everyMs: 20 },
      );
      await until('its scrapes to hang', async () => (await up()) === 0);
      const look = async () => {
        const source = sourceOf({ kubernetes: noKubernetes, prometheus: client.source });
        const target = { kind: 'Component', name: 'etcd' } as const;
        const clock = { now: () => new Date() };
        return investigate(anyRunbook(runbook), target, { source, clock, cluster: 'lab' });
      };
      // The peers notice a silent member within seconds, when the read deadlines of their streams have passed.
      const report = await until(
        'its peers to miss it',
        async () => {
          const seen = await look();
          return verdictsOf(seen).memberStuck?.startsWith('confirmed') ? seen : undefined;
        },
        { deadlineMs: 60_000, everyMs: 1_000 },
      );

      expect(limit.kills()).toBe(0);
      expect(verdictsOf(report)).toMatchObject({ memberStuck: confirmed, memberDown: ruledOut, quorumLost: ruledOut });
      expect(verdictsOf(report).memberStuck).toContain(`${address} accepts a scrape and does not answer it`);
      expect(verdictsOf(report).memberStuck).toMatch(/when last heard it held \d+ MiB of memory/);
      expect(report.manualSteps.map(({ id }) => id)).toContain('reviveMember');
    });
  },
);

function closing<Client extends { readonly close: () => Promise<void> }>(client: Client): Client & AsyncDisposable {
  return { ...client, [Symbol.asyncDispose]: client.close };
}
