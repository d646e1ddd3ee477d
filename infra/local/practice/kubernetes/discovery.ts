import type { Answered } from '../listener.ts';
import { resources } from './catalogue.ts';
import { KUBELET_VERSION } from './nodes.ts';
import type { Resource } from './resource.ts';
import { verbsFor } from './rights.ts';

/** What the server says about itself and what it serves. `undefined`: not one of these paths. */
export function discovery(path: string): object | undefined {
  if (path === '/version') return versionInfo;
  if (path === '/api') return { kind: 'APIVersions', versions: ['v1'], serverAddressByClientCIDRs: [] };
  if (path === '/apis') return { kind: 'APIGroupList', apiVersion: 'v1', groups: groups.map(groupInfo) };
  const [, core, group, version] = /^\/(?:api\/(v1)|apis\/([^/]+)(?:\/([^/]+))?)$/.exec(path) ?? [];
  if (core !== undefined) return resourceList('v1', served('', core));
  if (group === undefined || !groups.includes(group)) return undefined;
  if (version === undefined) return { kind: 'APIGroup', apiVersion: 'v1', ...groupInfo(group) };
  const there = served(group, version);
  return there.length === 0 ? undefined : resourceList(`${group}/${version}`, there);
}

const groups = [...new Set(resources.map(({ group }) => group))].filter((group) => group !== '');

function served(group: string, version: string): readonly Resource[] {
  return resources.filter((resource) => resource.group === group && resource.version === version);
}

function groupInfo(name: string) {
  const versions = [...new Set(resources.filter(({ group }) => group === name).map(({ version }) => version))];
  const described = versions.map((version) => ({ groupVersion: `${name}/${version}`, version }));
  return { name, versions: described, preferredVersion: described[0] };
}

function resourceList(groupVersion: string, there: readonly Resource[]) {
  return {
    kind: 'APIResourceList',
    apiVersion: 'v1',
    groupVersion,
    resources: there.flatMap(({ plural, kind, namespaced }) => [
      { name: plural, singularName: kind.toLowerCase(), namespaced, kind, verbs: ['get', 'list', ...verbsFor(plural)] },
      ...partsOf(plural),
    ]),
  };
}

/** Subresources that can be written. An eviction is of another group than its pod. */
function partsOf(plural: string): object[] {
  const part = (name: string, kind: string, more: object, verbs: readonly string[]) => {
    return { name: `${plural}/${name}`, singularName: '', namespaced: true, ...more, kind, verbs };
  };
  if (plural === 'pods') return [part('eviction', 'Eviction', { group: 'policy', version: 'v1' }, ['create'])];
  const scaled = plural === 'deployments' || plural === 'statefulsets';
  return scaled ? [part('scale', 'Scale', { group: 'autoscaling', version: 'v1' }, ['get', 'patch'])] : [];
}

const [major = '1', minor = '0'] = KUBELET_VERSION.slice(1).split('.');
const versionInfo = {
  major,
  minor,
  gitVersion: KUBELET_VERSION,
  gitCommit: 'practice',
  gitTreeState: 'clean',
  buildDate: '2025-08-13T00:00:00Z',
  goVersion: 'go1.24.5',
  compiler: 'gc',
  platform: 'linux/amd64',
};

const checks = [
  'ping',
  'log',
  'etcd',
  'poststarthook/start-kube-apiserver-admission-initializer',
  'poststarthook/generic-apiserver-start-informers',
  'poststarthook/priority-and-fairness-config-consumer',
  'poststarthook/priority-and-fairness-filter',
  'poststarthook/start-apiextensions-informers',
  'poststarthook/start-apiextensions-controllers',
  'poststarthook/crd-informer-synced',
  'poststarthook/rbac/bootstrap-roles',
  'poststarthook/scheduling/bootstrap-system-priority-classes',
  'poststarthook/priority-and-fairness-config-producer',
  'poststarthook/start-cluster-authentication-info-controller',
  'poststarthook/start-kube-aggregator-informers',
  'poststarthook/apiservice-registration-controller',
  'poststarthook/kube-apiserver-autoregistration',
  'autoregister-completion',
];
const onlyReadyz = { before: ['etcd-readiness', 'informer-sync'], after: ['shutdown'] };
/** They wait so long for etcd. */
const [ETCD_CHECKS, ETCD_CHECK_MS] = [['etcd', 'etcd-readiness'], 2_000];

type HealthPage = Pick<Answered, 'status' | 'body' | 'afterMs'>;

/**
 * `/readyz`, `/livez`, `/healthz`, with `?verbose`, and one check alone such as `/readyz/etcd`. All is well here, besides
 * etcd when it hangs.
 */
export function healthPage(path: string, verbose: boolean, etcdHangs: boolean): HealthPage | undefined {
  const [, page, check] = /^\/(readyz|livez|healthz)(?:\/(.+))?$/.exec(path) ?? [];
  if (page === undefined) return undefined;
  const [first, ...rest] = [checks.slice(0, 3), checks.slice(3)];
  const { before, after } = page === 'readyz' ? onlyReadyz : { before: [], after: [] };
  const all = [...(first ?? []), ...before, ...rest.flat(), ...after];
  if (check !== undefined && !all.includes(check)) return undefined;
  const passes = (name: string) => !(etcdHangs && ETCD_CHECKS.includes(name));
  const lines = all.map((name) => (passes(name) ? `[+]${name} ok\n` : `[-]${name} failed: reason withheld\n`)).join('');
  if (check !== undefined)
    return passes(check)
      ? { status: 200, body: 'ok' }
      : { status: 500, body: `internal server error: ${check} failed: reason withheld\n`, afterMs: ETCD_CHECK_MS };
  if (etcdHangs) return { status: 500, body: `${lines}${page} check failed\n`, afterMs: ETCD_CHECK_MS };
  return { status: 200, body: verbose ? `${lines}${page} check passed\n` : 'ok' };
}
