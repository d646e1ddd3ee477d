import { defineRunbook } from '../../engine/runbook.ts';
import { NodeTarget } from '../../engine/target.ts';
import { alerts } from './alerts.ts';
import { causes } from './causes/all.ts';
import { evidence } from './evidence.ts';
import { recovered } from './recovered.ts';
import { manual, remedies } from './remedies.ts';

export const runbook = defineRunbook({
  id: 'pod-network',
  title: 'Pod network',
  alerts,
  target: NodeTarget,
  evidence,
  causes,
  remedies,
  manual,
  recovered,
});
