import { describe, expect, it, onTestFinished } from 'vitest';
import { openClusters, type Settings } from '../../functions/compose.ts';
import { parseConfig } from '../../functions/config/load.ts';
import { eksStage, fixerRole, fixers, ours } from '../infra/aws/eks/stage.ts';
import { limits, node } from '../infra/kubernetes/guarded.ts';

const stage = eksStage();

async function open(yaml: string) {
  const settings: Settings = {
    port: 0,
    host: '127.0.0.1',
    directory: '/nonexistent',
    logLevel: 'silent',
    config: parseConfig(yaml, 'nightshift.yaml'),
    runbooks: [],
    secret: async () => '',
  };
  const opened = await openClusters(settings);
  onTestFinished(opened.close);
  return opened;
}

describe('a configured EKS cluster', () => {
  it('is read as who the process is, and changed as another role, which nobody assumes before a change', async () => {
    const { clusters, writers, reach } = await open(`clusters:
  - name: prod
    kubernetes: { eks: { region: eu-west-1, clusterName: prod-eu } }
    fixer: { eks: { region: eu-west-1, clusterName: prod-eu, roleArn: ${fixerRole} } }
`);
    expect(stage.asked).toEqual([]);

    expect((await clusters[0]?.source.read(node, limits))?.body).toEqual({ kind: 'Node' });
    expect(stage.asked.filter((question) => !question.endsWith(ours.accessKeyId))).toEqual([]);
    expect(reach[0]?.lines()).toEqual([expect.stringContaining('cluster prod, Kubernetes: last answered at')]);

    const patch = { verb: 'patch', object: { kind: 'Node', name: 'worker-3' }, type: 'merge', body: {} } as const;
    await writers.get('prod')?.rehearse(patch, limits);
    expect(stage.asked).toContain(`eu-west-1/sts POST ${fixerRole} by ${ours.accessKeyId}`);
    const { token = '', refused } = stage.tokens.at(-1) ?? {};
    expect(refused).toBeUndefined();
    const signed = Buffer.from(token.replace('k8s-aws-v1.', ''), 'base64url').toString();
    expect(signed).toContain(fixers.accessKeyId);
  });

  it('without a fixer cannot be changed', async () => {
    const { writers } = await open(
      'clusters: [{ name: a, kubernetes: { eks: { region: eu-west-1, clusterName: prod-eu } } }]',
    );

    expect([...writers.keys()]).toEqual([]);
  });
});
