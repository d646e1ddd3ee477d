import { describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { type Need, needsOf } from '../../../engine/needs.ts';
import type { ReadRight } from '../../../engine/rights.ts';
import { type Account, accountsOf, manifestsOf, type Rule, rbacYaml } from '../../../infra/kubernetes/rbac.ts';
import { catalog } from '../../../runbooks/catalog.ts';
import { everyVerb, runbookWith } from '../../runbooks/every-verb.ts';

const need = (...rights: ReadRight[]): Need[] => rights.map((right) => ({ right, purpose: 'a test' }));
const reader = (...rights: ReadRight[]) => accountsOf({ reader: need(...rights), fixer: [] })[0];

/** `nodes: get, list`; in a namespace `shop/pods: get`. */
function told(account: Account | undefined): string[] {
  return (account?.roles ?? []).flatMap(({ namespace, rules }) =>
    rules.map((rule) => `${namespace === undefined ? '' : `${namespace}/`}${what(rule)}: ${rule.verbs.join(', ')}`),
  );
}
function what(rule: Rule): string {
  if (!('resources' in rule)) return rule.nonResourceURLs[0];
  const resource = [rule.resources[0], rule.apiGroups[0]].filter(Boolean).join('.');
  return [resource, ...(rule.resourceNames ?? [])].join('/');
}

describe('the rights of our runbooks', () => {
  const [looking, changing, ...more] = accountsOf(needsOf(catalog));

  it('are of two accounts: one looks, one changes', () => {
    expect([looking?.name, changing?.name, more]).toEqual(['nightshift-reader', 'nightshift-fixer', []]);
  });

  it('to look: what alerts may be about everywhere, everything else in one namespace; no secret, and two config maps by their names', () => {
    const rights = told(looking);
    expect(rights.filter((right) => /secrets|configmaps|proxy|exec/.test(right))).toEqual([
      'kube-system/configmaps/coredns: get',
      'kube-system/configmaps/rke2-coredns-rke2-coredns: get',
    ]);
    expect(rights).toEqual([
      'events: list',
      'nodes: get, list',
      'pods: get, list',
      'pods/log: get',
      'services: get',
      'daemonsets.apps: get, list',
      'deployments.apps: get, list',
      'replicasets.apps: get, list',
      'statefulsets.apps: get, list',
      'horizontalpodautoscalers.autoscaling: list',
      'endpointslices.discovery.k8s.io: get, list',
      'flowschemas.flowcontrol.apiserver.k8s.io: get, list',
      'prioritylevelconfigurations.flowcontrol.apiserver.k8s.io: get, list',
      'poddisruptionbudgets.policy: list',
      '/debug/api_priority_and_fairness/dump_priority_levels: get',
      '/debug/api_priority_and_fairness/dump_requests: get',
      '/readyz: get',
      'kube-node-lease/leases.coordination.k8s.io: get',
      'kube-system/configmaps/coredns: get',
      'kube-system/configmaps/rke2-coredns-rke2-coredns: get',
      'kube-system/namespaces: get',
      'kube-system/leases.coordination.k8s.io: get',
      'kube-system/networkpolicies.networking.k8s.io: list',
    ]);
  });

  it('to look where kubelets may be asked: their figures as well, and nothing else', () => {
    const asked = told(accountsOf(needsOf(catalog, { kubelets: true }))[0]);
    expect(asked.filter((right) => !told(looking).includes(right))).toEqual(['nodes/stats: get']);
    const others = catalog.filter(({ id }) => id !== 'disk-io' && id !== 'pid-exhaustion');
    expect(told(accountsOf(needsOf(others, { kubelets: true }))[0])).not.toContain('nodes/stats: get');
  });

  it('of the runbooks of nodes and etcd alone: the logs of kube-system, of workloads only what starts a pod again', () => {
    const few = catalog.filter(({ id }) => id === 'etcd-heartbeat' || id === 'node-not-ready');
    expect(told(accountsOf(needsOf(few))[0])).toEqual([
      'events: list',
      'nodes: get, list',
      'pods: get, list',
      'daemonsets.apps: get',
      'replicasets.apps: get',
      'statefulsets.apps: get',
      'poddisruptionbudgets.policy: list',
      '/readyz: get',
      'kube-node-lease/leases.coordination.k8s.io: get',
      'kube-system/namespaces: get',
      'kube-system/pods/log: get',
      'kube-system/leases.coordination.k8s.io: get',
    ]);
  });

  it('to change: what the fixes of the runbooks change, by the API as it is found', () => {
    expect(told(changing)).toEqual([
      'nodes: patch',
      'pods: delete',
      'pods/eviction: create',
      'daemonsets.apps: patch',
      'deployments.apps: patch',
      'deployments/scale.apps: patch',
      'flowschemas.flowcontrol.apiserver.k8s.io: create, delete',
      'prioritylevelconfigurations.flowcontrol.apiserver.k8s.io: create, delete',
      '/api/v1: get',
      '/apis/flowcontrol.apiserver.k8s.io: get',
      'kube-system/namespaces: get',
    ]);
  });

  it('say what each is for', () => {
    const rules = looking?.roles.flatMap((role) => role.rules) ?? [];
    expect(rules.find((rule) => what(rule) === 'events')?.purposes).toContain('any-alert: Its events');
    expect(rules.find((rule) => what(rule) === 'pods/log')?.purposes).toEqual([
      "pid-exhaustion: Logs of the network's pods on the node",
      "pod-network: Logs of the network's pods",
      'any-alert: Last words of containers that ended',
    ]);
    expect(rules.filter(({ purposes }) => purposes.length === 0)).toEqual([]);
  });
});

describe('whatever the runbooks', () => {
  const accounts = accountsOf(needsOf([...catalog, runbookWith(everyVerb)]));
  const [looking, changing] = accounts;
  const rulesOf = (account: Account | undefined) => account?.roles.flatMap(({ rules }) => rules) ?? [];

  it.each(accounts.map((account) => [account.name, account] as const))(
    '%s has no wildcard, no secrets, no shell, no way to a kubelet, and cannot give itself more',
    (_name, account) => {
      const open = rulesOf(account).filter((rule) => !/^configmaps\/(rke2-coredns-rke2-)?coredns$/.test(what(rule)));
      const text = JSON.stringify(open.map(({ purposes: _purposes, ...rule }) => rule));
      expect(text).not.toMatch(/\*|secrets|configmaps|serviceaccounts|\bexec\b|attach|portforward|proxy|nodes\//);
      expect(text).not.toMatch(/rbac|clusterrole|escalate|impersonate|bind|certificates|webhookconfig|tokenreview/);
    },
  );

  it('whoever looks changes nothing', () => {
    expect(new Set(rulesOf(looking).flatMap(({ verbs }) => verbs))).toEqual(new Set(['get', 'list']));
  });

  it('whoever changes cannot look: it only asks which cluster it is, and which versions there are', () => {
    const looks = rulesOf(changing).filter(({ verbs }) => verbs.some((verb) => /get|list|watch/.test(verb)));
    expect(looks.map(what)).toEqual(['/api/v1', '/apis/flowcontrol.apiserver.k8s.io', 'namespaces']);
    expect(rulesOf(changing).flatMap(({ verbs }) => verbs)).not.toContain('deletecollection');
  });

  it('what a fix does can be taken back: its inverse has its rights too', () => {
    const told = (verb: 'isolate-flow' | 'evict') => {
      const rules = rulesOf(accountsOf(needsOf([runbookWith([verb])]))[1]);
      return rules.map((rule) => `${what(rule)}: ${rule.verbs.join(', ')}`);
    };
    expect(told('isolate-flow')).toEqual([
      'flowschemas.flowcontrol.apiserver.k8s.io: create, delete',
      'prioritylevelconfigurations.flowcontrol.apiserver.k8s.io: create, delete',
      '/apis/flowcontrol.apiserver.k8s.io: get',
      'namespaces: get',
    ]);
    expect(told('evict')).toEqual(['pods/eviction: create', '/api/v1: get', 'namespaces: get']);
  });

  it('nobody may change anything when no runbook has a fix', () => {
    const [, ...others] = accountsOf(needsOf([runbookWith([])]));
    expect(others).toEqual([]);
  });
});

describe('a right', () => {
  it('in a namespace becomes a Role there', () => {
    expect(told(reader('get Lease in kube-system', 'list Pod in shop'))).toEqual([
      'kube-system/leases.coordination.k8s.io: get',
      'shop/pods: list',
    ]);
  });

  it('in a namespace is not given again when it holds everywhere', () => {
    expect(told(reader('list Pod in shop', 'list Pod', 'get Pod in shop'))).toEqual(['pods: list', 'shop/pods: get']);
  });

  it('to logs is one to a part of pods', () => {
    expect(told(reader('logs Pod in shop', 'get Pod'))).toEqual(['pods: get', 'shop/pods/log: get']);
    expect(told(reader('logs Pod in shop', 'logs Pod'))).toEqual(['pods/log: get']);
  });

  it('to a path names that path only', () => {
    expect(told(reader('probe /readyz', 'probe /metrics', 'probe /readyz'))).toEqual(['/metrics: get', '/readyz: get']);
  });

  it('to what a kubelet serves is one to a part of nodes', () => {
    expect(told(reader('kubelet /stats/summary', 'get Node'))).toEqual(['nodes: get', 'nodes/stats: get']);
  });

  it('to read one Namespace can be given in it', () => {
    expect(told(reader('get Namespace in kube-system'))).toEqual(['kube-system/namespaces: get']);
  });

  it.each(['get Node in default', 'get Pod in ', 'kubelet /run', 'kubelet /logs/'] as ReadRight[])(
    'that makes no sense is refused: "%s"',
    (right) => {
      expect(() => reader(right)).toThrow(TypeError);
    },
  );
});

describe('the YAML', () => {
  const needs = needsOf(catalog);
  const yaml = rbacYaml(needs, { namespace: 'ops', about: 'Who we are.\n\nApply it.' });

  it('is what is applied, document by document', () => {
    const documents = parseAllDocuments(yaml).map((document) => document.toJS());
    expect(documents).toEqual(accountsOf(needs).flatMap((account) => manifestsOf(account, 'ops')));
  });

  it('puts the accounts into the namespace asked for, and binds each to its own roles', () => {
    const all = accountsOf(needs).flatMap((account) => manifestsOf(account, 'ops'));
    expect(all.filter(({ kind }) => kind === 'ServiceAccount')).toMatchObject([
      { metadata: { name: 'nightshift-reader', namespace: 'ops' } },
      { metadata: { name: 'nightshift-fixer', namespace: 'ops' } },
    ]);
    for (const binding of all.filter(({ kind }) => kind.endsWith('Binding'))) {
      const { metadata, roleRef, subjects } = binding as Record<string, { name: string; kind: string }>;
      expect(roleRef).toMatchObject({ name: metadata?.name, kind: binding.kind.replace('Binding', '') });
      expect(subjects).toEqual([{ kind: 'ServiceAccount', name: metadata?.name, namespace: 'ops' }]);
    }
  });

  it('binds every role to the group of its name where there are to be no accounts, and makes none', () => {
    const all = accountsOf(needs).flatMap((account) => manifestsOf(account));
    expect(all.filter(({ kind }) => kind === 'ServiceAccount')).toEqual([]);
    const keyOf = ({ kind, metadata }: (typeof all)[number]) => `${kind} ${JSON.stringify(metadata)}`;
    const roles = all.filter(({ kind }) => kind.endsWith('Role'));
    const bindings = all.filter(({ kind }) => kind.endsWith('Binding'));
    expect(bindings.map((one) => keyOf(one).replace('Binding', ''))).toEqual(roles.map(keyOf));
    for (const { metadata, subjects } of bindings as unknown as Record<string, { name: string }>[])
      expect(subjects).toEqual([{ apiGroup: 'rbac.authorization.k8s.io', kind: 'Group', name: metadata?.name }]);
  });

  it('begins with what it is, and says at each rule what it is for', () => {
    expect(yaml).toMatch(/^# Who we are\.\n#\n# Apply it\.\n---\napiVersion: v1\nkind: ServiceAccount\n/);
    expect(yaml).toContain(
      [
        '  # any-alert: Last words of containers that ended',
        '  - apiGroups: [ "" ]',
        '    resources: [ pods/log ]',
        '    verbs: [ get ]',
      ].join('\n'),
    );
  });
});
