import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import * as z from 'zod';
import { clusterFrom, type KubernetesCluster } from '../../../infra/kubernetes/client.ts';
import { type Account, type Manifest, manifestsOf } from '../../../infra/kubernetes/rbac.ts';
import type { ControlPlane } from '../../harness/control-plane.ts';
import { mergePatch } from '../../harness/kube-client.ts';
import { writeKubeconfig } from '../../harness/pki.ts';

const namespace = 'nightshift';
const rbac = '/apis/rbac.authorization.k8s.io/v1';
const Token = z.object({ status: z.object({ token: z.string() }) });

/** `apiVersion`, `kind` and `metadata` say where an object goes. */
function collectionOf(manifest: Manifest): string {
  const metadata = z.object({ namespace: z.string().optional() }).parse(manifest.metadata);
  const root = manifest.apiVersion === 'v1' ? '/api/v1' : rbac;
  const place = metadata.namespace === undefined ? '' : `/namespaces/${metadata.namespace}`;
  return `${root}${place}/${manifest.kind.toLowerCase()}s`;
}

/**
 * What everybody may do by default (readiness, discovery) is left to Kubernetes' own controllers: whatever still works
 * for our accounts, works by our roles. A cluster that was hardened may be like that.
 */
export async function takeDefaultsAway({ kube }: ControlPlane): Promise<void> {
  const apiGroup = 'rbac.authorization.k8s.io';
  const subjects = [
    { apiGroup, kind: 'User', name: 'system:kube-controller-manager' },
    { apiGroup, kind: 'Group', name: 'system:serviceaccounts:kube-system' },
  ];
  for (const name of ['system:basic-user', 'system:discovery', 'system:public-info-viewer']) {
    await kube.must('PATCH', `${rbac}/clusterrolebindings/${name}`, { subjects }, mergePatch);
  }
}

/** Applies the manifests of an account, and connects as it. */
export async function connectAs(plane: ControlPlane, folder: string, account: Account): Promise<KubernetesCluster> {
  await plane.kube.call('POST', '/api/v1/namespaces', { metadata: { name: namespace } });
  for (const manifest of manifestsOf(account, namespace)) {
    await plane.kube.must('POST', collectionOf(manifest), manifest);
  }
  const spec = { expirationSeconds: 3_600 };
  const path = `/api/v1/namespaces/${namespace}/serviceaccounts/${account.name}/token`;
  const { token } = Token.parse(
    await plane.kube.must('POST', path, { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec }),
  ).status;
  const kubeconfig = await writeKubeconfig(join(folder, `${account.name}.kubeconfig`), plane, { token });
  return clusterFrom({ kubeconfig, version: '1.2.3' });
}

/**
 * Applies what is for a group, and connects as somebody who is in it, as an access entry of EKS makes a role one. Everybody
 * who signs in is in `system:authenticated` as well.
 */
export async function connectInGroup(
  plane: ControlPlane,
  folder: string,
  account: Account,
): Promise<KubernetesCluster> {
  for (const manifest of manifestsOf(account)) await plane.kube.must('POST', collectionOf(manifest), manifest);
  const config = parse(await readFile(plane.kubeconfig, 'utf8')) as { users: { user: object }[] };
  const as = {
    as: `arn:aws:sts::111122223333:assumed-role/${account.name}/x`,
    'as-groups': [account.name, 'system:authenticated'],
  };
  const users = config.users.map((one) => ({ ...one, user: { ...one.user, ...as } }));
  const kubeconfig = join(folder, `${account.name}-group.kubeconfig`);
  await writeFile(kubeconfig, stringify({ ...config, users }));
  return clusterFrom({ kubeconfig, version: '1.2.3' });
}

export async function forget(plane: ControlPlane, account: Account, inGroup = false): Promise<void> {
  for (const manifest of manifestsOf(account, inGroup ? undefined : namespace)) {
    const { name } = z.object({ name: z.string() }).parse(manifest.metadata);
    await plane.kube.must('DELETE', `${collectionOf(manifest)}/${name}`);
  }
}

/** One verb of one rule, the smallest thing a role can lack. */
export interface Grant {
  /** `nodes`, `pods/eviction`, `/readyz` */
  readonly what: string;
  readonly verb: string;
  readonly namespace?: string;
  /** The role without it. */
  readonly without: Manifest;
  readonly whole: Manifest;
}

interface PlainRule {
  readonly resources?: readonly string[];
  readonly nonResourceURLs?: readonly string[];
  readonly verbs: readonly string[];
}

export function grantsOf(account: Account): readonly Grant[] {
  const roles = manifestsOf(account, namespace).filter(({ kind }) => kind === 'ClusterRole' || kind === 'Role');
  return roles.flatMap((whole) => {
    const rules = whole.rules as readonly PlainRule[];
    const { namespace } = z.object({ namespace: z.string().optional() }).parse(whole.metadata);
    return rules.flatMap((rule, index) =>
      rule.verbs.map((verb): Grant => {
        const less = { ...rule, verbs: rule.verbs.filter((other) => other !== verb) };
        const left = rules.flatMap((other, at) => (at !== index ? [other] : less.verbs.length > 0 ? [less] : []));
        const what = rule.resources?.[0] ?? rule.nonResourceURLs?.[0] ?? '';
        return { what, verb, whole, without: { ...whole, rules: left }, ...(namespace ? { namespace } : {}) };
      }),
    );
  });
}

/** Takes a right away; disposing gives it back. */
export async function withhold(plane: ControlPlane, { whole, without }: Grant): Promise<AsyncDisposable> {
  const { name } = z.object({ name: z.string() }).parse(whole.metadata);
  const path = `${collectionOf(whole)}/${name}`;
  await plane.kube.must('PUT', path, without);
  return {
    [Symbol.asyncDispose]: async () => {
      await plane.kube.must('PUT', path, whole);
    },
  };
}

/** A failure that names this right: `ServiceAccount nightshift/nightshift-reader may not list pods in namespace shop`. */
export function names({ what, verb, namespace }: Grant): RegExp {
  const path = what.startsWith('/') ? 'the path ' : '';
  const place = namespace === undefined || what === 'namespaces' ? '' : ` in namespace ${namespace}`;
  return new RegExp(`may not ${verb} ${path}${what}${place}(?![\\w/.])`);
}
