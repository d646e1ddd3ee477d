import { expect, it } from 'vitest';
import { night, nodeAlert } from './night.ts';

it('a silence about a node outlives a restart of kube-state-metrics, which saw it', async () => {
  await using tonight = await night();
  const matchersFor = async (labels: Record<string, string>, name: string) => {
    await tonight.send({ ...nodeAlert('worker-3', { name, labels }), externalURL: 'http://alertmanager:9093' });
    await tonight.settle();
    const { url = '' } =
      tonight.channel
        .cards()
        .at(-1)
        ?.links?.find(({ label }) => label === 'Silence') ?? {};
    return decodeURIComponent(url).replace(/.*filter=/, '');
  };
  tonight.node('worker-3', true);
  const exporter = { job: 'kube-state-metrics', instance: '10.0.0.9:8080', uid: 'u1', severity: '', node: 'worker-3' };

  expect(await matchersFor(exporter, 'NodeUnwell')).toBe(
    '{alertname="NodeUnwell",node="worker-3",severity="",namespace="monitoring",job="kube-state-metrics"}',
  );
  // Of its own crash loop its pod is what says which.
  expect(await matchersFor({ ...exporter, node: '' }, 'KubePodCrashLooping')).toContain('pod="kube-state-metrics-0"');
});
