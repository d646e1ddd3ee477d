import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { server, until, workplace } from './process.ts';

const [firing] = JSON.parse(
  readFileSync(join(import.meta.dirname, '../recorded/alertmanager/webhooks-0.25.json'), 'utf8'),
) as [{ readonly body: string }];

describe('nightshift serve, for a cluster that is down', () => {
  it('stays ready, and /readyz says since when and why the cluster does not answer, before any alert asks it', async () => {
    using place = workplace();
    const { directory } = place;
    writeFileSync(
      join(directory, 'down.kubeconfig'),
      `clusters: [{ name: c, cluster: { server: "https://127.0.0.1:1" } }]
users: [{ name: u, user: { token: t } }]
contexts: [{ name: c, context: { cluster: c, user: u } }]
current-context: c`,
    );
    writeFileSync(
      join(directory, 'nightshift.yaml'),
      'clusters: [{ name: prod-eu, kubernetes: { kubeconfig: down.kubeconfig } }]\nalerts: { token: { env: TOKEN } }',
    );
    await using running = await server({ NIGHTSHIFT_DATA: join(directory, 'data'), TOKEN: 't' }, directory);
    const ready = async () => {
      const response = await fetch(`${running.url}/readyz`);
      return { status: response.status, text: await response.text() };
    };
    const { status, text } = await until(async () => {
      const answer = await ready();
      return answer.text.includes('failed at') ? answer : undefined;
    }, 'the cluster to be asked');

    expect(text).toMatch(
      /\[i\]cluster prod-eu, Kubernetes: failed at .*: nothing listens on 127\.0\.0\.1:1 .*; has not answered since the start\nready\n$/,
    );
    expect(status).toBe(200);
  });
});

describe('nightshift serve, when its data directory is removed', () => {
  it('answers alerts 503 and is not ready, with words that say what to do', async () => {
    using place = workplace();
    const data = join(place.directory, 'data');
    await using running = await server({ NIGHTSHIFT_DATA: data }, place.directory);
    const post = () => fetch(`${running.url}/alerts`, { method: 'POST', body: firing.body });
    expect((await post()).status).toBe(200);

    rmSync(data, { recursive: true });

    expect((await post()).status).toBe(503);
    const ready = await fetch(`${running.url}/readyz`);
    expect(ready.status).toBe(503);
    expect(await ready.text()).toMatch(
      /\[-\]store failed: The data in .* was removed or replaced.*start Nightshift again/,
    );
  });
});
