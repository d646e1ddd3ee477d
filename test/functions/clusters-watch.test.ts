import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type PracticeCluster, startPracticeCluster } from '../../infra/local/practice/practice.ts';
import { server, until, workplace } from './process.ts';

let practice: PracticeCluster;
beforeAll(async () => {
  practice = await startPracticeCluster({});
});
afterAll(() => practice?.close());

/** A server with this cluster, and what it says by itself: no alert comes. */
async function started(place: { directory: string }, kubeconfig: string, prometheusUrl: string) {
  const { directory } = place;
  const files = {
    'reader.kubeconfig': kubeconfig,
    'fixer.kubeconfig': practice.fixerKubeconfig,
    'nightshift.yaml': `clusters:
  - name: prod-eu
    kubernetes: { kubeconfig: reader.kubeconfig }
    fixer: { kubeconfig: fixer.kubeconfig }
    prometheus: { url: '${prometheusUrl}' }
alerts: { token: { env: TOKEN } }`,
  };
  for (const [name, text] of Object.entries(files)) writeFileSync(join(directory, name), text);
  return server({ NIGHTSHIFT_DATA: join(directory, 'data'), TOKEN: 't' }, directory);
}

describe('nightshift serve, at its start', () => {
  it('tells a token that the API server does not accept, with the name of its setting', async () => {
    using place = workplace();
    const wrong = practice.kubeconfig.replace(/token: "[^"]+"/, 'token: "not-this-one"');
    await using running = await started(place, wrong, practice.prometheusUrl);
    const said = await until(() => /.*cannot be used as configured.*/.exec(running.output())?.[0], 'a word about it');
    expect(said).toContain('clusters.prod-eu cannot be reached with its credentials');
    expect(said).not.toContain('prometheus');
  });

  it('tells a Prometheus that is not there', async () => {
    using place = workplace();
    await using running = await started(place, practice.kubeconfig, 'http://127.0.0.1:1');
    const said = await until(() => /.*cannot be used as configured.*/.exec(running.output())?.[0], 'a word about it');
    expect(said).toContain('clusters.prod-eu.prometheus cannot be used: nothing listens on 127.0.0.1:1');
  });

  it('tells one identity for looking and for changing', async () => {
    using place = workplace();
    await using running = await started(place, practice.fixerKubeconfig, practice.prometheusUrl);
    const said = await until(() => /.*cannot be used as configured.*/.exec(running.output())?.[0], 'a word about it');
    expect(said).toContain('are the same identity');
  });

  it('says nothing where everything answers, and has asked', async () => {
    using place = workplace();
    await using running = await started(place, practice.kubeconfig, practice.prometheusUrl);
    const ready = async () => (await fetch(`${running.url}/readyz`)).text();
    const asked = await until(async () => {
      const text = await ready();
      return /cluster .* not asked/.test(text) ? undefined : text;
    }, 'both to be asked');
    expect(asked).toMatch(/Kubernetes: last answered at .*\n.*Prometheus: last answered at/);
    expect(running.output()).not.toContain('cannot be used');
  });
});
