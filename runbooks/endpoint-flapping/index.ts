import { defineRunbook } from '../../engine/runbook.ts';
import { alerts } from './alerts.ts';
import { causes } from './causes/all.ts';
import { evidence } from './evidence.ts';
import { recovered } from './recovered.ts';
import { manual, remedies } from './remedies.ts';
import { FlapTarget } from './target.ts';

export const runbook = defineRunbook({
  id: 'endpoint-flapping',
  title: 'Endpoints or pods come and go',
  alerts,
  target: FlapTarget,
  evidence,
  causes,
  remedies,
  manual,
  recovered,
});
