import type * as z from 'zod';
import { isStranger } from '../evidence/etcd-strangers.ts';
import { figureTable, type RowOf, Samples } from '../evidence/figures.ts';
import { viewOf } from '../evidence/views.ts';
import type { Maybe, Seen } from './seen.ts';

const figures = figureTable(
  ['instance'],
  ['up', 'scrapeSeconds', 'restarts', 'memoryBytes', 'highestBytes', 'lowestBytes', 'fsyncP99'],
);

/** A scrape target of etcd; where it is scraped as a pod: that pod, and its namespace. */
export type Member = RowOf<typeof figures> & { readonly pod?: string; readonly namespace?: string };

export const Members: z.ZodType<readonly Member[]> = Samples.transform((samples) => {
  const places = new Map<string, Pick<Member, 'pod' | 'namespace'>>();
  for (const { labels } of samples) {
    const { instance = '', pod, namespace } = labels;
    if (pod) places.set(instance, { pod, ...(namespace ? { namespace } : {}) });
  }
  return figures.parse(samples).map((row) => ({ ...row, ...places.get(row.instance) }));
});

type Judge<Rest extends readonly unknown[], Said> = (seen: Seen, maybe: Maybe, ...rest: Rest) => Said;

/** Judges by the members of the control plane's etcd: how that of an application does says nothing of the API server. */
export function byOwn<Rest extends readonly unknown[], Said>(judge: Judge<Rest, Said>): Judge<Rest, Said> {
  return (seen, maybe, ...rest) => judge(own(seen, maybe), own(maybe, maybe), ...rest);
}

/** All evidence, without the members of other etcds. */
export function own<Tables extends Maybe>(tables: Tables, { pods = [] }: Maybe): Tables {
  return viewOf(tables, { members: () => tables.members?.filter((member) => !isStranger(member, pods)) });
}
