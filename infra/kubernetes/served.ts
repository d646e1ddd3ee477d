import * as z from 'zod';
import type { Action } from '../../engine/action.ts';
import { ReadFailure } from '../../engine/errors.ts';
import type { Kind } from '../../engine/readers.ts';
import { failureOf } from './failures.ts';
import { gist, jsonOf, type Turn } from './http.ts';
import type { Link } from './link.ts';
import { groupPath, resources } from './resources.ts';
import type { ServedIn } from './write-request.ts';

/** https://kubernetes.io/docs/reference/using-api/api-concepts/#discovery-api, as far as we use it. */
const Group = z.object({ versions: z.array(z.object({ version: z.string() })) });
const Resources = z.object({ resources: z.array(z.object({ name: z.string(), version: z.string().optional() })) });

/** Paths a writer asks which versions there are, by resource: whoever may change it must be allowed to ask. */
export const discoveryPaths: Readonly<Record<string, string>> = {
  'pods/eviction': groupPath('Pod', 'v1'),
  flowschemas: groupPath('FlowSchema'),
  prioritylevelconfigurations: groupPath('PriorityLevelConfiguration'),
};

export interface Served {
  /** Throws `ReadFailure` when it cannot be found out. */
  of(action: Action, turn: Turn): Promise<ServedIn>;
  /** What was found out may be wrong: the cluster was upgraded. */
  forget(): void;
}

/** Which version to write in, asked once: a write cannot be tried in one version after the other, as a read can. */
export function servedBy(link: Link): Served {
  const known = new Map<string, string>();

  async function ask<T>(path: string, schema: z.ZodType<T>, turn: Turn): Promise<T> {
    const reply = await link.ask({ path, headers: { accept: 'application/json' } }, turn);
    if (reply.status !== 200) throw failureOf(reply, { verb: 'probe', path }, link.connection);
    const parsed = schema.safeParse(jsonOf(reply.text));
    if (parsed.success) return parsed.data;
    throw new ReadFailure('unparsable', `${link.host} answers ${path} not as an API server does: ${gist(reply.text)}`);
  }

  async function once(key: string, find: () => Promise<string | undefined>, absent: string): Promise<string> {
    const version = known.get(key) ?? (await find());
    if (version === undefined) throw new ReadFailure('not-served', absent);
    known.set(key, version);
    return version;
  }

  async function versionOf(kind: Kind, turn: Turn): Promise<string> {
    const { group, versions } = resources[kind];
    const [first] = versions;
    if (versions.length === 1 && first) return first;
    const find = async () => {
      const served = (await ask(groupPath(kind), Group, turn)).versions.map(({ version }) => version);
      return versions.find((version) => served.includes(version));
    };
    return once(kind, find, `${kind} (${group}/${versions.join(` or ${group}/`)}) is not served by this cluster`);
  }

  /** `policy/v1` since Kubernetes 1.22, before that `policy/v1beta1`; which one stands beside the subresource's name. */
  async function evictionVersion(turn: Turn): Promise<string> {
    const find = async () => {
      const { resources: all } = await ask(groupPath('Pod', 'v1'), Resources, turn);
      return all.find(({ name }) => name === 'pods/eviction')?.version;
    };
    return once('pods/eviction', find, 'this cluster serves no evictions (pods/eviction)');
  }

  return {
    of: async (action, turn) => ({
      version: await versionOf(action.object.kind, turn),
      ...(action.verb === 'evict' ? { eviction: await evictionVersion(turn) } : {}),
    }),
    forget: () => known.clear(),
  };
}
