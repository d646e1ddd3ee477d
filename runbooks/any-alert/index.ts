import { ANY_ALERT, defineRunbook } from '../../engine/runbook.ts';
import { causes } from './causes.ts';
import { evidence } from './evidence.ts';
import { recovered } from './recovered.ts';
import { AnyTarget } from './target.ts';

/** What is looked at when no runbook is about an alert: its target, and what happened around it. */
export const runbook = defineRunbook({
  id: ANY_ALERT,
  title: 'What is seen around the target',
  // All that no other runbook names: engine/match.ts.
  alerts: [],
  target: AnyTarget,
  evidence,
  causes,
  remedies: {},
  manual: {},
  recovered,
});
