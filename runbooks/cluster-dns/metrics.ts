import type * as z from 'zod';
import { figureTable, type Row } from '../evidence/figures.ts';

export const Answers = figureTable([], ['questions', 'servfail', 'nxdomain', 'p99', 'panics', 'pods']).transform(
  ([row = {}]) => row,
);
/** A second; shares; seconds; within five minutes; pods that are scraped. */
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

const CONNTRACK = ['full', 'dropped', 'raced'] as const;
export const Conntrack = figureTable(['instance'], CONNTRACK);
export type Machine = Row<'instance', (typeof CONNTRACK)[number]>;
