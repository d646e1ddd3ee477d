import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ReadFailure, Refused } from '../../../engine/errors.ts';
import { parseConfig } from '../../../functions/config/load.ts';
import { withClusters } from '../../../functions/lambda/clusters.ts';
import type { House, Look } from '../../../functions/lambda/house.ts';
import { type PracticeCluster, startPracticeCluster } from '../../../infra/local/practice/practice.ts';

let practice: PracticeCluster;
beforeAll(async () => {
  practice = await startPracticeCluster({});
});
afterAll(() => practice?.close());

const arn = (name: string) => `arn:aws:secretsmanager:eu-west-1:111122223333:secret:${name}-a1B2c3`;
const kubeconfigOf = (name: string) => `{ kubeconfig: { secretsManager: '${arn(name)}' } }`;

/** Two clusters, a and b, and what stands in Secrets Manager for them. */
async function house(name: House['name'], withoutAny: 'wait' | 'tell', access = kubeconfigOf('a'), more = '') {
  const config = parseConfig(
    `clusters:
  - { name: a, match: { cluster: a }, kubernetes: ${access}, fixer: ${kubeconfigOf('a-fixer')}${more} }
  - { name: b, match: { cluster: b }, kubernetes: ${kubeconfigOf('b')}, fixer: ${kubeconfigOf('b-fixer')} }`,
    'nightshift.yaml',
  );
  const fixer = practice.fixerKubeconfig;
  const secrets: Record<string, string> = {
    a: practice.kubeconfig,
    b: practice.kubeconfig,
    'a-fixer': fixer,
    'b-fixer': fixer,
  };
  const logged: string[] = [];
  const note = (fields: object) => void logged.push(JSON.stringify(fields));
  const looks: Look[] = [];
  let misconfigured = 0;
  const made = {
    name,
    config,
    clock: { now: () => new Date() },
    log: { info: () => {}, warn: note, error: note },
    metrics: {
      misconfigured: {
        inc: () => {
          misconfigured += 1;
        },
      },
    },
    alsoCheck: (look: Look) => void looks.push(look),
    secret: async (reference: { readonly secretsManager: string }, where: string) => {
      const [, key = ''] = /secret:(.+)-\w{6}$/.exec(reference.secretsManager) ?? [];
      const text = secrets[key];
      if (text === undefined) throw new Refused('SECRET_UNUSABLE', `${where} is scheduled for deletion: restore it`);
      return text;
    },
  };
  const clusters = name === 'investigate' ? config.clusters.map(({ fixer: _, ...rest }) => rest) : config.clusters;
  const opened = withClusters(made as unknown as House, clusters, (open) => open, { withoutAny });
  const read = async (index: number) => {
    const one = (await opened())[index]?.cluster;
    const limits = { deadlineMs: 10_000, maxBytes: 1_000_000 };
    return one?.source.read({ verb: 'get', kind: 'Namespace', name: 'kube-system' }, limits).then(
      () => 'seen',
      (failure: unknown) => (failure instanceof ReadFailure ? failure.message : String(failure)),
    );
  };
  return {
    secrets,
    logged,
    opened,
    read,
    look: (when: 'start' | 'hourly') => looks[0]?.(when),
    misconfigured: () => misconfigured,
  };
}

describe('the clusters of a function', () => {
  it.each([
    ['was deleted', undefined, 'clusters.b.kubernetes.kubeconfig is scheduled for deletion: restore it'],
    ['was rotated to what is no kubeconfig', 'garbage', 'clusters.b'],
  ])('are there but for the one whose secret %s; asked, that one says why', async (_what, text, words) => {
    const it = await house('investigate', 'wait');
    expect([await it.read(0), await it.read(1)]).toEqual(['seen', 'seen']);
    if (text === undefined) delete it.secrets.b;
    else it.secrets.b = text;

    expect(await it.read(0)).toBe('seen');
    expect(await it.read(1)).toContain(words);
    expect([it.misconfigured(), it.logged.join()]).toEqual([1, expect.stringContaining('"cluster":"b"')]);
    await expect(it.look('hourly')).rejects.toThrow(words);
    await it.look('start');
    it.secrets.b = practice.kubeconfig;
    expect(await it.read(1)).toBe('seen');
  });

  it('are waited for where none of them can be had, by whoever can do nothing without', async () => {
    const it = await house('investigate', 'wait');
    delete it.secrets.a;
    delete it.secrets.b;
    await expect(it.opened()).rejects.toThrow('restore it');
    await expect(it.look('start')).rejects.toThrow('clusters.a.kubernetes.kubeconfig is scheduled for deletion');
    it.secrets.a = practice.kubeconfig;
    expect(await it.read(0)).toBe('seen');
  });

  it('can be looked at without a fixer, and say why they cannot be changed', async () => {
    const it = await house('remediate', 'tell');
    delete it.secrets['b-fixer'];
    const [a, b] = await it.opened();

    expect([a?.unusable, b?.unusable]).toEqual([
      undefined,
      expect.stringContaining('clusters.b.fixer.kubeconfig is scheduled'),
    ]);
    expect([await it.read(0), await it.read(1)]).toEqual(['seen', 'seen']);
    await expect(b?.writer?.rehearse({} as never, { deadlineMs: 1 })).rejects.toThrow('restore it');
  });

  it('are opened anew after an opening that failed: nothing of it is remembered', async () => {
    const it = await house('investigate', 'wait');
    const before = process.env.TMPDIR;
    process.env.TMPDIR = '/nonexistent';
    try {
      await expect(it.opened()).rejects.toThrow('ENOENT');
    } finally {
      if (before === undefined) delete process.env.TMPDIR;
      else process.env.TMPDIR = before;
    }
    expect([await it.read(0), await it.read(1)]).toEqual(['seen', 'seen']);
  });

  it('are well only with the Prometheus of each', async () => {
    const it = await house('investigate', 'wait', undefined, `, prometheus: { url: '${practice.prometheusUrl}' }`);
    await it.look('hourly');
    const without = await house('investigate', 'wait', undefined, ", prometheus: { url: 'http://127.0.0.1:1' }");
    await expect(without.look('hourly')).rejects.toThrow('clusters.a.prometheus cannot be used: nothing listens on');
    await without.look('start');
  });

  it('can be had with the token of a service account alone, and anew with another one', async () => {
    const [, token = ''] = /token: "?([^"\n]+)/.exec(practice.kubeconfig) ?? [];
    const access = `{ serviceAccount: { server: '${practice.kubernetesUrl}', token: { secretsManager: '${arn('a')}' } } }`;
    const it = await house('investigate', 'wait', access);
    it.secrets.a = token;
    expect(await it.read(0)).toBe('seen');
    await it.look('hourly');
    it.secrets.a = 'another';
    expect(await it.read(0)).toContain('does not accept');
    await expect(it.look('hourly')).rejects.toThrow('clusters.a cannot be reached with its credentials');
  });
});
