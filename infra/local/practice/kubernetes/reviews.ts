import * as z from 'zod';
import type { User } from './rights.ts';

const Asked = z.object({
  spec: z.object({
    resourceAttributes: z.object({
      verb: z.string(),
      group: z.string(),
      resource: z.string(),
      subresource: z.string().optional(),
    }),
  }),
});

/** What somebody asks of themselves: who they are, and whether they may. `undefined`: it is another path. */
export function reviewOf(path: string, { name, may }: User, body: string | Uint8Array | undefined): object | undefined {
  if (path === '/apis/authentication.k8s.io/v1/selfsubjectreviews')
    return {
      kind: 'SelfSubjectReview',
      apiVersion: 'authentication.k8s.io/v1',
      status: { userInfo: { username: name } },
    };
  if (path !== '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews') return undefined;
  const { verb, group, resource, subresource } = Asked.parse(JSON.parse(String(body))).spec.resourceAttributes;
  const allowed = may({ verb, group, plural: resource, ...(subresource === undefined ? {} : { subresource }) });
  return { kind: 'SelfSubjectAccessReview', apiVersion: 'authorization.k8s.io/v1', status: { allowed } };
}
