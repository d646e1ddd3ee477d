import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { openCluster } from '../../functions/clusters.ts';
import { parseConfig } from '../../functions/config/load.ts';
import { loopbackTls, tlsFile } from '../infra/kubernetes/loopback.ts';

it('a Prometheus is asked as its configuration says: by name and password, for a tenant, over a private authority', async () => {
  const seen: unknown[] = [];
  await using server = await loopbackTls(({ headers }, response) => {
    seen.push([headers.authorization, headers['x-scope-orgid']]);
    response.end('{"status":"success","data":{"resultType":"vector","result":[{"metric":{},"value":[1,"7"]}]}}');
  });
  const [cluster] = parseConfig(
    `clusters:
      - name: a
        kubernetes: { serviceAccount: { server: 'https://127.0.0.1:1', token: { env: T } } }
        prometheus:
          url: ${server.url}
          basicAuth: { username: jane, password: { env: P } }
          headers: { X-Scope-OrgID: team-a }
          certificateAuthority: ${readFileSync(tlsFile('ca.crt')).toString('base64')}`,
    'nightshift.yaml',
  ).clusters;
  if (cluster === undefined) throw new Error('no cluster');
  const opened = await openCluster(cluster, {
    clock: { now: () => new Date() },
    secret: async (reference, where) => `${'env' in reference ? reference.env : ''} of ${where}`,
    pod: () => ({ host: '', port: '' }),
  });

  const answer = await opened.cluster.source.read(
    { verb: 'query', promql: 'up' },
    { deadlineMs: 5_000, maxBytes: 10_000 },
  );
  await opened.close();

  expect(answer.body).toMatchObject([{ value: 7 }]);
  const credentials = Buffer.from('jane:P of clusters.a.prometheus.basicAuth.password').toString('base64');
  // The query, and how old the newest scrape is.
  expect(seen).toEqual(Array.from({ length: 2 }, () => [`Basic ${credentials}`, 'team-a']));
});
