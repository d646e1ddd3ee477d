import type * as z from 'zod';
import { figureTable, type Row } from '../evidence/figures.ts';

const ANSWERS = ['questions', 'servfail', 'nxdomain', 'p99', 'panics', 'refusedReloads', 'pods'] as const;
export const Answers = figureTable([], ANSWERS).transform(([row = {}]) => row);
/** A second; shares; seconds; within five minutes; since they started; pods that are scraped. */
export type Answers = z.infer<typeof Answers>;

const UPSTREAM = ['perSecond', 'servfail', 'p99', 'failedChecks', 'failing', 'asking'] as const;
export const Upstreams = figureTable(['to'], UPSTREAM);
export type Upstream = Row<'to', (typeof UPSTREAM)[number]>;

export const ApiCalls = figureTable([], ['all', 'refused', 'unanswered', 'failing', 'asking']).transform(
  ([row = {}]) => row,
);
export type ApiCalls = z.infer<typeof ApiCalls>;

const PROCESS = ['cores', 'throttled', 'memory'] as const;
export const Processes = figureTable(['pod'], PROCESS);
export type Process = Row<'pod', (typeof PROCESS)[number]>;

/** `lost`: dropped where the table is full. */
const CONNTRACK = ['full', 'dropped', 'lost', 'raced'] as const;
export const Conntrack = figureTable(['instance'], CONNTRACK);
export type Machine = Row<'instance', (typeof CONNTRACK)[number]>;
