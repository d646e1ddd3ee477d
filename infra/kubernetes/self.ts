import * as z from 'zod';
import { failureOf } from './failures.ts';
import { inTime } from './http.ts';
import type { Link } from './link.ts';

const MAX_BYTES = 256 * 1024;

/** Something that only somebody who changes a cluster does, anywhere in it. */
export interface Deed {
  readonly verb: 'create' | 'patch' | 'delete';
  readonly group: string;
  readonly resource: string;
  readonly subresource?: string;
}

/** What an API server says of whoever asks. `undefined`: it does not tell. Throws `ReadFailure` when it does not answer. */
export interface Self {
  /** `system:serviceaccount:nightshift:reader`. Kubernetes 1.28 and later. */
  name(deadlineMs: number): Promise<string | undefined>;
  may(deed: Deed, deadlineMs: number): Promise<boolean | undefined>;
}

const Review = z.object({
  status: z.object({
    userInfo: z.object({ username: z.string() }).optional(),
    allowed: z.boolean().optional(),
  }),
});

/**
 * Everybody who has logged in may ask that of themselves (the role `system:basic-user`), and nothing is stored by it.
 * https://kubernetes.io/docs/reference/access-authn-authz/authorization/#checking-api-access
 */
export function selfOver(link: Link): Self {
  async function review(path: string, kind: string, spec: object | undefined, deadlineMs: number) {
    const apiVersion = path.split('/').slice(2, 4).join('/');
    const body = JSON.stringify({ apiVersion, kind, ...(spec ? { spec } : {}) });
    const headers = { accept: 'application/json', 'content-type': 'application/json' };
    return inTime({ deadlineMs, maxBytes: MAX_BYTES }, async (turn) => {
      const reply = await link.ask({ path, method: 'POST', headers, body }, turn);
      if (reply.status === 401) throw failureOf(reply, { verb: 'probe', path }, link.connection);
      if (reply.status !== 200 && reply.status !== 201) return undefined;
      return Review.safeParse(JSON.parse(reply.text)).data?.status;
    });
  }
  return {
    name: async (deadlineMs) =>
      (await review('/apis/authentication.k8s.io/v1/selfsubjectreviews', 'SelfSubjectReview', undefined, deadlineMs))
        ?.userInfo?.username,
    may: async (deed, deadlineMs) => {
      const path = '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews';
      return (await review(path, 'SelfSubjectAccessReview', { resourceAttributes: deed }, deadlineMs))?.allowed;
    },
  };
}
