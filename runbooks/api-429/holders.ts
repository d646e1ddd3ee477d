import * as z from 'zod';
import type { Evidence } from '../../engine/runbook.ts';
import { type Client, clients } from './dumps.ts';
import { limits } from './limits.ts';
import { few } from './words.ts';

export interface Account {
  readonly namespace: string;
  readonly name: string;
}

/** A ServiceAccount by the user name its requests carry. */
export function accountOf(user: string): Account | undefined {
  const [, namespace, name] = /^system:serviceaccount:([^:]+):([^:]+)$/.exec(user) ?? [];
  return namespace === undefined || name === undefined ? undefined : { namespace, name };
}

/** A client, and how many requests wait or run in its level. */
export type Loudest = Client & { readonly of: number };

/** The client that has most of what waits or runs in a priority level, if one clearly does. */
export function loudest(all: readonly Client[] | null, level?: string): Loudest | undefined {
  const there = (all ?? []).filter((client) => level === undefined || client.level === level);
  const levels = Map.groupBy(there, (client) => client.level);
  const found = [...levels.values()].flatMap((some) => {
    const of = some.reduce((sum, { requests }) => sum + requests, 0);
    return some
      .filter(({ requests }) => requests >= limits.clientRequests && requests >= limits.clientShare * of)
      .map((client) => ({ ...client, of }));
  });
  return found.sort((a, b) => b.requests - a.requests || (a.user < b.user ? -1 : 1))[0];
}

/** A Deployment whose pods carry the credentials of the loudest client. */
export interface Holding {
  readonly namespace: string;
  readonly name: string;
  readonly account: string;
  readonly replicas: number;
  readonly paused: boolean;
  /** Why others cannot wait for what it does: it says so itself. Absent: nothing says so. */
  readonly vital?: string;
}
/** `null`: the loudest client is no ServiceAccount, or nobody is loudest. */
export type Holder = readonly Holding[] | null;

const Toleration = z.object({ key: z.string().nullish(), operator: z.string().nullish() });
const Container = z.object({
  ports: z.array(z.object({ name: z.string().default('') })).default([]),
});
const PodSpec = z.object({
  serviceAccountName: z.string().default('default'),
  priorityClassName: z.string().nullish(),
  tolerations: z.array(Toleration).default([]),
  containers: z.array(Container).default([]),
});
const Deployment = z.object({
  metadata: z.object({ name: z.string(), namespace: z.string() }),
  spec: z.object({
    replicas: z.number().default(1),
    paused: z.boolean().default(false),
    template: z.object({ spec: PodSpec }),
  }),
});
const Schema = z
  .object({ account: z.string(), items: z.array(Deployment) })
  .nullable()
  .transform(
    (found): Holder =>
      found === null
        ? null
        : found.items
            .filter(({ spec }) => spec.template.spec.serviceAccountName === found.account)
            .map(({ metadata, spec: { replicas, paused, template } }): Holding => {
              const vital = whyVital(template.spec);
              return { ...metadata, account: found.account, replicas, paused, ...(vital ? { vital } : {}) };
            }),
  );

/** What the whole cluster needs asks to be kept where nothing else is: by its priority, on every node, or in front of writes. */
function whyVital({ priorityClassName, tolerations, containers }: z.infer<typeof PodSpec>): string | undefined {
  if (priorityClassName?.startsWith('system-')) return `it has the priority class ${priorityClassName}`;
  if (tolerations.some(({ key, operator }) => !key && operator === 'Exists')) return 'it tolerates every taint';
  const isAdmission = containers.some(({ ports }) => ports.some(({ name }) => /webhook|admission/.test(name)));
  return isAdmission ? 'it serves a webhook, without which writes may fail' : undefined;
}

const Body = z.object({ items: z.array(z.unknown()) });

export const holder: Evidence<Holder, unknown> = {
  title: 'Workloads of the loudest client',
  schema: Schema,
  reads: [...(clients.reads ?? []), 'list Deployment'],
  read: async (readers, target, context) => {
    const asked = clients.schema.parse(await clients.read(readers, target, context));
    const account = accountOf(loudest(asked)?.user ?? '');
    if (account === undefined) return null;
    const { items } = Body.parse(await readers.kube.list('Deployment', { namespace: account.namespace }));
    return { account: account.name, items };
  },
  show: (found) =>
    found === null
      ? 'no one client stands out'
      : found.length === 0
        ? 'no Deployment of its namespace carries its ServiceAccount'
        : few(found, ({ namespace, name, replicas }) => `Deployment ${namespace}/${name}, replicas: ${replicas}`),
};
