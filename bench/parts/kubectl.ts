import { execFile } from 'node:child_process';
import { readdirSync, readFileSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { Client, request } from 'undici';
import { parse } from 'yaml';
import * as z from 'zod';
import { pathOf } from '../../test/harness/programs.ts';

/** The seven looks an on-call person takes at a node, with the paths kubectl asks for: none has resourceVersion=0. */
function looks(node: string): readonly { readonly words: readonly string[]; readonly path: string }[] {
  const lease = (name: string, namespace: string) => ({
    words: ['get', 'lease', name, '--namespace', namespace, '--output', 'json'],
    path: `/apis/coordination.k8s.io/v1/namespaces/${namespace}/leases/${name}`,
  });
  const list = (what: string, where: readonly string[], path: string, selector: string) => ({
    words: ['get', what, ...where, '--field-selector', selector, '--output', 'json'],
    path: `${path}?fieldSelector=${encodeURIComponent(selector)}&limit=500`,
  });
  const about = `involvedObject.kind=Node,involvedObject.name=${node}`;
  return [
    { words: ['get', 'node', node, '--output', 'json'], path: `/api/v1/nodes/${node}` },
    lease(node, 'kube-node-lease'),
    list('events', ['--namespace', 'default'], '/api/v1/namespaces/default/events', about),
    list('pods', ['--all-namespaces'], '/api/v1/pods', `spec.nodeName=${node}`),
    { words: ['get', '--raw', '/readyz?verbose'], path: '/readyz?verbose' },
    lease('kube-controller-manager', 'kube-system'),
    lease('kube-scheduler', 'kube-system'),
  ];
}

/** A person's way to the same evidence: one look after the other, in milliseconds. */
export interface ByHand {
  readonly what: string;
  lookAt(node: string): Promise<number>;
}

/** With the real kubectl; where there is none, with a fresh TLS connection for each read and no process to start. */
export async function byHand(kubeconfig: string, home: string): Promise<ByHand> {
  const kubectl = findKubectl();
  if (!kubectl) return overFreshConnections(kubeconfig);
  const { version } = await kubectlVersion();
  const run = (words: readonly string[]) =>
    // A missing object (this lab has no scheduler) is an answer, and exit code 1.
    promisify(execFile)(kubectl, ['--kubeconfig', kubeconfig, ...words], { env: { HOME: home } }).catch(
      () => undefined,
    );
  return {
    what: `kubectl ${version}, seven commands one after the other, its discovery cached`,
    lookAt: async (node) => {
      const began = performance.now();
      for (const { words } of looks(node)) await run(words);
      return performance.now() - began;
    },
  };
}

/** The real one. Throws with what to install. */
export async function kubectlVersion(): Promise<{ readonly path: string; readonly version: string }> {
  const path = findKubectl() ?? pathOf('kubectl');
  const { stdout } = await promisify(execFile)(path, ['version', '--client']);
  return { path, version: /v\d[\w.-]+/.exec(stdout)?.[0] ?? '' };
}

/** Google's package puts a dispatcher in front, which asks the server for its version first: not what others have. */
function findKubectl(): string | undefined {
  let found: string;
  try {
    found = realpathSync(process.env.KUBECTL ?? pathOf('kubectl'));
  } catch {
    return undefined;
  }
  const [oldest] = readdirSync(dirname(found))
    .filter((name) => /^kubectl\.\d/.test(name))
    .sort();
  return oldest === undefined ? found : join(dirname(found), oldest);
}

const Kubeconfig = z.object({
  clusters: z.tuple([
    z.object({ cluster: z.object({ server: z.string(), 'certificate-authority-data': z.string() }) }),
  ]),
  users: z.tuple([z.object({ user: z.object({ token: z.string() }) })]),
});

function overFreshConnections(kubeconfig: string): ByHand {
  const { clusters, users } = Kubeconfig.parse(parse(readFileSync(kubeconfig, 'utf8')));
  const { server, 'certificate-authority-data': authority } = clusters[0].cluster;
  const headers = { authorization: `Bearer ${users[0].user.token}`, accept: 'application/json' };
  const look = async (path: string) => {
    const dispatcher = new Client(server, { connect: { ca: Buffer.from(authority, 'base64') } });
    const { body } = await request(`${server}${path}`, { dispatcher, headers });
    JSON.parse(await body.text().then((text) => (text.startsWith('{') ? text : '{}')));
    await dispatcher.close();
  };
  return {
    what: 'no kubectl on the PATH (apt-get install kubernetes-client): seven reads, each over its own TLS connection',
    lookAt: async (node) => {
      const began = performance.now();
      for (const { path } of looks(node)) await look(path);
      return performance.now() - began;
    },
  };
}
