import { defineRunbook } from '../../engine/runbook.ts';
import { alerts } from './alerts.ts';
import { causes } from './causes/all.ts';
import { evidence } from './evidence.ts';
import { recovered } from './recovered.ts';
import { manual, remedies } from './remedies.ts';
import { DnsTarget } from './target.ts';

export const runbook = defineRunbook({
  id: 'cluster-dns',
  title: 'Cluster DNS (CoreDNS)',
  alerts,
  target: DnsTarget,
  evidence,
  causes,
  remedies,
  manual,
  recovered,
});
