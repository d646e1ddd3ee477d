import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import {
  type Cluster,
  type Context,
  newClusters,
  newContexts,
  newUsers,
  type User,
} from '@kubernetes/client-node/dist/config_types.js';
import { parse } from 'yaml';
import * as z from 'zod';
import { messageOf, Refused } from '../../engine/errors.ts';
import { ExecPlugin, withExecInfo } from './exec.ts';
import { ActAs, type HeaderValues, impersonationOf } from './impersonation.ts';

/** One cluster and who we are to it. `name` is how error messages call this place. */
export interface Connection {
  readonly name: string;
  readonly cluster: Cluster;
  readonly user: User;
  /** Headers that name whom we act as. */
  readonly impersonation?: HeaderValues;
}

/** Where a pod finds its cluster. `host` and `port` come from KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT. */
export interface InCluster {
  readonly host: string;
  readonly port: string;
  /** The folder with `token` and `ca.crt`. Default: where the kubelet mounts it. */
  readonly serviceAccountDir?: string;
}

const SERVICE_ACCOUNT_DIR = '/var/run/secrets/kubernetes.io/serviceaccount';

const Entries = z.array(z.looseObject({ name: z.string() })).nullish();

/** What we look at ourselves; the shape of each entry is the library's business. */
const Kubeconfig = z.object({
  'current-context': z.string().nullish(),
  clusters: Entries,
  contexts: Entries,
  users: z
    .array(
      z.looseObject({
        name: z.string(),
        user: z.looseObject({ tokenFile: z.string().nullish(), exec: ExecPlugin.nullish(), ...ActAs }).nullish(),
      }),
    )
    .nullish(),
});

/**
 * Reads a kubeconfig and picks a context: the one asked for, else its `current-context`. Throws `Refused` saying what to
 * mend in the file.
 */
export async function connectionFromFile(file: string, context?: string): Promise<Connection> {
  const raw = parseKubeconfig(await contents(file), file);
  const { clusters, users, contexts } = entriesOf(raw, file);
  const chosen = choose(contexts, context ?? raw['current-context'] ?? undefined, file);

  const cluster = clusters.find(({ name }) => name === chosen.cluster);
  if (!cluster)
    throw bad(file, `context "${chosen.name}" names the cluster "${chosen.cluster}", which is not in the file`);
  const user = users.find(({ name }) => name === chosen.user);
  if (!user && chosen.user) {
    throw bad(file, `context "${chosen.name}" names the user "${chosen.user}", which is not in the file`);
  }
  const rawUser = raw.users?.find(({ name }) => name === chosen.user)?.user;
  const here = path.dirname(path.resolve(file));
  return {
    name: chosen.name,
    cluster: absolute({ ...cluster }, ['caFile'], here),
    user: absolute(
      {
        ...(user ?? { name: 'nobody' }),
        // The library knows neither `tokenFile` nor what plug-ins are told about the call; kubectl does.
        ...(rawUser?.tokenFile ? tokenFrom(path.resolve(here, rawUser.tokenFile)) : {}),
        ...(rawUser?.exec ? { exec: withExecInfo(rawUser.exec, cluster, here) } : {}),
      },
      ['certFile', 'keyFile'],
      here,
    ),
    impersonation: actingAs(rawUser ?? {}, `user "${chosen.user}"`, file),
  };
}

/** The library knows of `as` only. */
function actingAs(user: Parameters<typeof impersonationOf>[0], who: string, file: string): HeaderValues {
  try {
    return impersonationOf(user);
  } catch (thrown) {
    throw bad(file, `${who} ${messageOf(thrown)}`, thrown);
  }
}

/** The ServiceAccount of the pod we run in. Its token file is read again as the kubelet rotates it. */
export function connectionInCluster({ host, port, serviceAccountDir = SERVICE_ACCOUNT_DIR }: InCluster): Connection {
  const caFile = path.join(serviceAccountDir, 'ca.crt');
  const tokenFile = path.join(serviceAccountDir, 'token');
  for (const file of [caFile, tokenFile]) {
    if (!existsSync(file)) {
      throw new Refused(
        'KUBERNETES_CONFIG',
        `inCluster is set, but ${file} does not exist: this is no pod, or automountServiceAccountToken is false`,
      );
    }
  }
  const server = `https://${host.includes(':') ? `[${host}]` : host}:${port}`;
  return {
    name: 'in-cluster',
    cluster: { name: 'in-cluster', server, caFile, skipTLSVerify: false },
    user: { name: 'service-account', ...tokenFrom(tokenFile) },
  };
}

async function contents(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (thrown) {
    throw bad(file, `cannot be read (${messageOf(thrown)})`, thrown);
  }
}

function parseKubeconfig(text: string, file: string): z.infer<typeof Kubeconfig> {
  let value: unknown;
  try {
    value = parse(text);
  } catch (thrown) {
    throw bad(file, `is not valid YAML: ${messageOf(thrown)}`, thrown);
  }
  const parsed = Kubeconfig.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw bad(file, `is not a kubeconfig: ${issue?.path.join('.') || 'the top level'}: ${issue?.message}`);
}

function entriesOf(raw: z.infer<typeof Kubeconfig>, file: string) {
  try {
    return { clusters: newClusters(raw.clusters), users: newUsers(raw.users), contexts: newContexts(raw.contexts) };
  } catch (thrown) {
    throw bad(file, messageOf(thrown), thrown);
  }
}

function choose(contexts: readonly Context[], wanted: string | undefined, file: string): Context {
  const there =
    contexts.length === 0 ? 'it has no contexts' : `its contexts: ${contexts.map(({ name }) => name).join(', ')}`;
  if (!wanted) throw bad(file, `has no current-context, and no context was given (${there})`);
  const chosen = contexts.find(({ name }) => name === wanted);
  if (!chosen) throw bad(file, `has no context "${wanted}" (${there})`);
  return chosen;
}

/** Paths in a kubeconfig are relative to it. */
function absolute<T extends object>(entry: T, keys: readonly (keyof T)[], directory: string): T {
  const resolved = keys.flatMap((key) => {
    const file = entry[key];
    return typeof file === 'string' ? [[key, path.resolve(directory, file)]] : [];
  });
  return { ...entry, ...Object.fromEntries(resolved) };
}

/** The library's way to say "the token is in this file, and may change". */
function tokenFrom(tokenFile: string): Pick<User, 'authProvider'> {
  return { authProvider: { name: 'tokenFile', config: { tokenFile } } };
}

export function tokenFileOf({ authProvider }: User): string | undefined {
  const tokenFile: unknown = authProvider?.config?.tokenFile;
  return typeof tokenFile === 'string' ? tokenFile : undefined;
}

function bad(file: string, what: string, cause?: unknown): Refused {
  return new Refused('KUBERNETES_CONFIG', `kubeconfig ${file}: ${what}`, cause);
}
