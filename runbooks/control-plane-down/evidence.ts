import type { Evidence } from '../../engine/runbook.ts';
import { readyz } from '../evidence/control-plane.ts';
import { elections } from './election.ts';
import { lastWords } from './last-words.ts';
import { machines } from './machines.ts';
import { podEvents } from './pod-events.ts';
import { pods } from './pods.ts';
import { reach } from './reach.ts';
import { scrapes, work } from './scrapes.ts';
import type { ControlPlaneTarget } from './target.ts';
import { waiting } from './waiting.ts';

/**
 * All that is looked at: with three machines at most 18 Kubernetes calls (with nine, 24), and two PromQL queries. Equal
 * reads are made once.
 */
export const evidence = { readyz, reach, elections, pods, machines, lastWords, podEvents, waiting, scrapes, work };

type ValueOf<E> = E extends Evidence<infer Value, ControlPlaneTarget> ? Value : never;
/** The evidence as the causes see it. */
export type Seen = { readonly [Name in keyof typeof evidence]: ValueOf<(typeof evidence)[Name]> };
export type Maybe = Partial<Seen>;
