import { join } from 'node:path';
import * as z from 'zod';
import type { KubeClient } from './kube-client.ts';
import { writeKubeconfig } from './pki.ts';

/** One rule of a ClusterRole (rbac.authorization.k8s.io/v1 PolicyRule). */
export type PolicyRule =
  | { readonly apiGroups: readonly string[]; readonly resources: readonly string[]; readonly verbs: readonly string[] }
  | { readonly nonResourceURLs: readonly string[]; readonly verbs: readonly string[] };

export interface ServiceAccount {
  /** system:serviceaccount:default:NAME */
  readonly user: string;
  readonly token: string;
  /** Path of a kubeconfig with that token. */
  readonly kubeconfig: string;
}

const namespace = 'default';
const rbac = '/apis/rbac.authorization.k8s.io/v1';
const tokenSchema = z.object({ status: z.object({ token: z.string() }) });

/** Makes a ServiceAccount, a ClusterRole of that name with exactly these rules, their binding, and a token for an hour. */
export async function createServiceAccount(
  kube: KubeClient,
  api: { readonly url: string; readonly caFile: string },
  folder: string,
  name: string,
  rules: readonly PolicyRule[],
): Promise<ServiceAccount> {
  const accounts = `/api/v1/namespaces/${namespace}/serviceaccounts`;
  const metadata = { name };
  await kube.must('POST', accounts, { metadata });
  await kube.must('POST', `${rbac}/clusterroles`, { metadata, rules });
  await kube.must('POST', `${rbac}/clusterrolebindings`, {
    metadata,
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name },
    subjects: [{ kind: 'ServiceAccount', name, namespace }],
  });
  const request = { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: { expirationSeconds: 3_600 } };
  const { status } = tokenSchema.parse(await kube.must('POST', `${accounts}/${name}/token`, request));
  return {
    user: `system:serviceaccount:${namespace}:${name}`,
    token: status.token,
    kubeconfig: await writeKubeconfig(join(folder, `${name}.kubeconfig`), api, { token: status.token }),
  };
}
