import * as z from 'zod';

/** What a kubeconfig user says about acting as somebody else (client-go, `clientcmd/api/v1`, AuthInfo). */
export const ActAs = {
  as: z.string().nullish(),
  'as-uid': z.string().nullish(),
  'as-groups': z.array(z.string()).nullish(),
  'as-user-extra': z.record(z.string(), z.array(z.string())).nullish(),
};

type ActAs = z.infer<z.ZodObject<typeof ActAs>>;
export type HeaderValues = Readonly<Record<string, string | readonly string[]>>;

/**
 * The headers that make the API server take us for somebody else; a group or an extra value a line
 * (https://kubernetes.io/docs/reference/access-authn-authz/user-impersonation). Throws when they name nobody: the API
 * server would refuse every request, and to send none of them would make us more than was meant.
 */
export function impersonationOf(user: ActAs): HeaderValues {
  const { as, 'as-uid': uid, 'as-groups': groups, 'as-user-extra': extra } = user;
  const rest: HeaderValues = {
    ...(uid ? { 'Impersonate-Uid': uid } : {}),
    ...(groups?.length ? { 'Impersonate-Group': groups } : {}),
    ...Object.fromEntries(
      Object.entries(extra ?? {}).map(([key, values]) => [`Impersonate-Extra-${escaped(key)}`, values]),
    ),
  };
  if (as) return { 'Impersonate-User': as, ...rest };
  if (Object.keys(rest).length === 0) return {};
  throw new Error('has as-uid, as-groups or as-user-extra without "as": say whom to act as, or remove them');
}

/** The name of a header holds letters, digits and a few marks; `/` of `example.org/scope` is none of them. */
function escaped(key: string): string {
  return encodeURIComponent(key).replace(/[()]/g, (mark) => `%${mark.charCodeAt(0).toString(16)}`);
}
