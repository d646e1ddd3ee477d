import type { RequestListener } from 'node:http';
import { clusterFrom } from '../../../infra/kubernetes/client.ts';
import { sourceOf } from '../../../infra/kubernetes/source.ts';
import { prometheusFrom } from '../../../infra/prometheus/client.ts';
import { sourceContract } from '../../contract/source.ts';
import { tempDir } from '../../harness/temp.ts';
import { loopback, loopbackTls, tlsFile, writeKubeconfig } from './loopback.ts';
import { recordedJson, recording } from './recorded.ts';

const node = recordedJson('kubernetes/node-fake-unknown');
const pods = recordedJson('kubernetes/pods-fake-ready') as object;
const listOf = (kind: string, items: readonly unknown[]) => ({ kind: `${kind}List`, apiVersion: 'v1', items });

/** Recorded answers of a real API server, by path. Anything else is absent; one lease never answers. */
const apiServer: RequestListener = (request, response) => {
  const { pathname, searchParams } = new URL(request.url ?? '', 'https://stub');
  const json = (body: unknown) =>
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  const recorded = (name: string) => {
    const { status, headers, body } = recording(name);
    response.writeHead(status, { ...headers }).end(body.replaceAll('nosuch', pathname.split('/').at(-1) ?? ''));
  };
  const selector = searchParams.get('fieldSelector');
  switch (pathname) {
    case '/api/v1/nodes/fake-0010':
      return json(node);
    case '/api/v1/nodes':
      return json(listOf('Node', [node]));
    case '/api/v1/namespaces':
      return json(listOf('Namespace', []));
    case '/api/v1/pods':
      return json(selector === null || selector === 'spec.nodeName=fake-0010' ? pods : listOf('Pod', []));
    case '/readyz':
      return recorded('sa-readyz-verbose');
    case '/no-such-path':
      return response.writeHead(404).end('404 page not found\n');
    case '/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases/stuck':
      return;
    default:
      return recorded('notfound-404-node');
  }
};

const prometheus: RequestListener = (request, response) => {
  const { pathname, searchParams } = new URL(request.url ?? '', 'http://stub');
  const promql = searchParams.get('query');
  const range = pathname === '/api/v1/query_range';
  const name =
    promql === 'sum(' ? 'query-error' : promql !== 'up' ? 'query-empty' : range ? 'query_range-etcd-fsync' : 'query-up';
  response.statusCode = name === 'query-error' ? 400 : 200;
  response.end(JSON.stringify(recordedJson(`prometheus/${name}`)));
};

async function open(withMetrics: boolean) {
  const folder = await tempDir('source-contract');
  const api = await loopbackTls(apiServer);
  const kubeconfig = await writeKubeconfig(
    folder.path,
    { server: api.url, 'certificate-authority': tlsFile('ca.crt') },
    { token: 'abc' },
  );
  const cluster = await clusterFrom({ kubeconfig, version: '1.2.3' });
  const metricsServer = withMetrics ? await loopback(prometheus) : undefined;
  const metrics = metricsServer && prometheusFrom({ url: metricsServer.url, version: '1.2.3' });
  return {
    source: sourceOf({ kubernetes: cluster.source, ...(metrics ? { prometheus: metrics.source } : {}) }),
    node: 'fake-0010',
    promql: 'up',
    stuck: { verb: 'get', kind: 'Lease', namespace: 'kube-node-lease', name: 'stuck' } as const,
    close: async () => {
      await Promise.all([cluster.close(), metrics?.close()]);
      await api[Symbol.asyncDispose]();
      await metricsServer?.[Symbol.asyncDispose]();
      await folder[Symbol.asyncDispose]();
    },
  };
}

sourceContract('the Kubernetes and Prometheus clients', { metrics: true, stuck: true }, () => open(true));
sourceContract('the Kubernetes client alone', { metrics: false, stuck: true }, () => open(false));
