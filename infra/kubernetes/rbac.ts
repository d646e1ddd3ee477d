import { Document, isMap, isSeq } from 'yaml';
import type { Right } from '../../engine/changes/rules.ts';
import type { Need, Needs } from '../../engine/needs.ts';
import { type Kind, kinds, kubeletPaths } from '../../engine/readers.ts';
import type { ReadRight } from '../../engine/rights.ts';
import { kubeletResources, resources } from './resources.ts';
import { discoveryPaths } from './served.ts';

/** A rule of a role, as small as it can be: one resource, or one path. */
export type Rule = {
  readonly verbs: readonly string[];
  /** What it is for, in words. */
  readonly purposes: readonly string[];
} & (
  | {
      readonly apiGroups: readonly [string];
      readonly resources: readonly [string];
      /** Absent: whatever it is called. */
      readonly resourceNames?: readonly [string];
    }
  | { readonly nonResourceURLs: readonly [string] }
);

export interface Role {
  readonly name: string;
  /** Absent: a ClusterRole. */
  readonly namespace?: string;
  readonly rules: readonly Rule[];
}

export interface Account {
  readonly name: 'nightshift-reader' | 'nightshift-fixer';
  /** The ClusterRole first; a Role for each namespace where that is enough. */
  readonly roles: readonly Role[];
}

/** Whom to make in a cluster. One who only looks, and one, used after an approval only, who changes. */
export function accountsOf({ reader, fixer }: Needs): readonly Account[] {
  const looking = { name: 'nightshift-reader', roles: rolesOf('nightshift-reader', reader.map(claimOf)) } as const;
  if (fixer.length === 0) return [looking];
  const claims = fixer.map(claimOf).flatMap((claim) => [claim, ...discoveryOf(claim)]);
  return [looking, { name: 'nightshift-fixer', roles: rolesOf('nightshift-fixer', claims) }];
}

/** A need in RBAC's own terms. `resource` of a path is empty, as it has none. */
interface Claim extends Omit<Right, 'verb'> {
  readonly verb: string;
  readonly path?: string;
  /** The one object it is about. */
  readonly object?: string;
  readonly purpose: string;
}

function claimOf({ right, purpose }: Need): Claim {
  return typeof right === 'string' ? { ...claimed(right), purpose } : { ...right, purpose };
}

function claimed(right: ReadRight): Omit<Claim, 'purpose'> {
  const [verb = '', what = '', , namespace] = right.split(' ');
  if (verb === 'probe') return { apiGroup: '', resource: '', path: what, verb: 'get' };
  if (verb === 'logs') return { apiGroup: '', resource: 'pods/log', verb: 'get', ...(namespace ? { namespace } : {}) };
  if (verb === 'kubelet') return { apiGroup: '', resource: ofKubelet(right, what), verb: 'get' };
  const [resource, object] = what.split('/');
  const kind = kinds.find((candidate) => candidate === resource);
  if (kind === undefined) throw new TypeError(`"${right}" names no kind`);
  const { group, plural } = resources[kind];
  if (namespace === undefined) return { apiGroup: group, resource: plural, verb };
  if (!canBeNarrowed(kind, namespace)) throw new TypeError(`"${right}": a ${kind} has no namespace`);
  return { apiGroup: group, resource: plural, verb, namespace, ...(object === undefined ? {} : { object }) };
}

function ofKubelet(right: ReadRight, path: string): string {
  const known = kubeletPaths.find((candidate) => candidate === path);
  if (known === undefined) throw new TypeError(`"${right}" names nothing that a kubelet is asked for`);
  return kubeletResources[known];
}

/** A Namespace is in no namespace, but a Role in it may let one read it. */
function canBeNarrowed(kind: Kind, namespace: string): boolean {
  return namespace !== '' && (resources[kind].namespaced || kind === 'Namespace');
}

function discoveryOf({ resource, purpose }: Claim): Claim[] {
  const path = discoveryPaths[resource];
  return path === undefined ? [] : [{ apiGroup: '', resource: '', path, verb: 'get', purpose }];
}

/** Rules by where they hold. What is allowed everywhere is not allowed again in a namespace. */
function rolesOf(name: string, claims: readonly Claim[]): Role[] {
  const keyOf = ({ apiGroup, resource, object = '', path = '', verb }: Claim) =>
    [apiGroup, resource, object, path, verb].join(' ');
  const everywhere = new Set(claims.filter(({ namespace }) => namespace === undefined).map(keyOf));
  const least = claims.filter((claim) => claim.namespace === undefined || !everywhere.has(keyOf(claim)));
  const places = [...Map.groupBy(least, ({ namespace = '' }) => namespace)].sort(([a], [b]) => (a < b ? -1 : 1));
  return places.map(([namespace, those]) => ({
    name,
    ...(namespace === '' ? {} : { namespace }),
    rules: [
      ...Map.groupBy(those, ({ apiGroup, resource, object = '', path = '' }) =>
        [path, apiGroup, resource, object].join(' ').trimEnd(),
      ),
    ]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .flatMap(([, same]) => ruleOf(same)),
  }));
}

function ruleOf(claims: readonly Claim[]): Rule[] {
  const [first] = claims;
  if (first === undefined) return [];
  const verbs = [...new Set(claims.map(({ verb }) => verb))].sort();
  const purposes = [...new Set(claims.map(({ purpose }) => purpose))];
  if (first.path !== undefined) return [{ nonResourceURLs: [first.path], verbs, purposes }];
  const named = first.object === undefined ? {} : { resourceNames: [first.object] as const };
  return [{ apiGroups: [first.apiGroup], resources: [first.resource], ...named, verbs, purposes }];
}

const RBAC = { apiVersion: 'rbac.authorization.k8s.io/v1' };

/** One object to apply. */
export type Manifest = Readonly<Record<string, unknown>> & { readonly kind: string };

/**
 * An account in `namespace`, with its roles and bindings. Without a namespace there is no account: the roles are for the
 * group of that name, into which something else puts people and programs (an access entry of EKS).
 */
export function manifestsOf(account: Account, namespace?: string): readonly Manifest[] {
  const { name, roles } = account;
  const labels = { 'app.kubernetes.io/name': 'nightshift' };
  const subject =
    namespace === undefined
      ? { apiGroup: 'rbac.authorization.k8s.io', kind: 'Group', name }
      : { kind: 'ServiceAccount', name, namespace };
  const subjects = [subject];
  return [
    ...(namespace === undefined
      ? []
      : [{ apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name, namespace, labels } }]),
    ...roles.flatMap((role): Manifest[] => {
      const metadata = { name, ...(role.namespace === undefined ? {} : { namespace: role.namespace }), labels };
      const kind = role.namespace === undefined ? 'ClusterRole' : 'Role';
      const rules = role.rules.map(({ purposes: _purposes, ...rule }) => rule);
      const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind, name };
      return [
        { ...RBAC, kind, metadata, rules },
        { ...RBAC, kind: `${kind}Binding`, metadata, roleRef, subjects },
      ];
    }),
  ];
}

/** All of it as YAML to review and apply; each rule says what it is for. `about` stands above it. */
export function rbacYaml(
  needs: Needs,
  { namespace, about }: { readonly namespace?: string; readonly about: string },
): string {
  const documents = accountsOf(needs).flatMap((account) => {
    const rules = account.roles.map((role) => role.rules);
    return manifestsOf(account, namespace).map((manifest) =>
      documentOf(manifest, /Role$/.test(manifest.kind) ? (rules.shift() ?? []) : []),
    );
  });
  return [commented(about), ...documents.map((document) => document.toString({ lineWidth: 0 }))].join('---\n');
}

function documentOf(manifest: Manifest, rules: readonly Rule[]): Document {
  const document = new Document(manifest);
  const list = document.get('rules');
  if (!isSeq(list)) return document;
  for (const [index, rule] of list.items.entries()) {
    if (!isMap(rule)) continue;
    rule.commentBefore = rules[index]?.purposes.map((purpose) => ` ${purpose}`).join('\n') ?? null;
    for (const { value } of rule.items) if (isSeq(value)) value.flow = true;
  }
  return document;
}

function commented(text: string): string {
  return `${text
    .split('\n')
    .map((line) => `# ${line}`.trimEnd())
    .join('\n')}\n`;
}
