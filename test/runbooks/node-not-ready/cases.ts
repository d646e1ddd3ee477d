import type { Case } from '../../../engine/replay.ts';
import { answered } from './cases-answers.ts';
import { clocks } from './cases-clocks.ts';
import { composed, mixtures } from './cases-composed.ts';
import { shutOut } from './cases-denied.ts';
import { others, silences } from './cases-edges.ts';
import { leads } from './cases-leads.ts';
import { machines } from './cases-machine.ts';
import { blind, troubles } from './cases-recorded.ts';
import { clockAlerts, runtimes } from './cases-runtimes.ts';
import { systems } from './cases-system.ts';
import { watched } from './cases-watched.ts';
import { weak } from './cases-weak.ts';
import { words } from './cases-words.ts';

/** Every case file of test/cases/node-not-ready by name; `write-cases.ts` writes them. */
export const cases: Readonly<Record<string, Case>> = {
  ...troubles,
  ...composed,
  ...mixtures,
  ...clocks,
  ...silences,
  ...others,
  ...shutOut,
  ...answered,
  ...leads,
  ...machines,
  ...systems,
  ...weak,
  ...words,
  ...watched,
  ...runtimes,
  ...clockAlerts,
  ...blind,
};
