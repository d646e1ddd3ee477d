import { describe, expect, it } from 'vitest';
import { catalog } from '../../runbooks/catalog.ts';
import { caseFiles, readCase } from './case-files.ts';
import { certainWithoutOneSeries } from './properties/series.ts';

const small =
  'The query keeps only logs above a floor, and counts all it looked at in the same answer: a log that is not there is a small one.';
const first =
  'A kubelet counts pulls from its first on. All its calls are counted by the same counter, so that a dropped one is told apart.';
const unlimited = 'A pod without a limit has no such series: it is counted among the pods whose limit was looked at.';

/** What follows from a series that is not there, and may: each with why. */
const admitted: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'disk-io': {
    'logFlood: ruled-out without size': small,
    'imagePulls: ruled-out without ended': first,
  },
  'pid-exhaustion': {
    'podLimit: ruled-out without limit': unlimited,
    'recovered: confirmed without limit': unlimited,
    'recovered: confirmed without allPods':
      'Most set-ups keep no series of the cgroup of all pods: without it the machine is what is looked at.',
  },
  'pod-network': {},
  'cluster-dns': {},
  'control-plane-down': {},
};

describe.each(catalog.filter(({ id }) => id in admitted).map((runbook) => ({ id: runbook.id, runbook })))(
  '$id',
  ({ id, runbook }) => {
    it('without one series of Prometheus comes to the same verdicts, or to open ones', async () => {
      const found = new Set<string>();
      for (const file of caseFiles(runbook))
        for (const turn of await certainWithoutOneSeries(runbook, readCase(runbook, file))) found.add(turn);

      expect([...found].toSorted()).toEqual(Object.keys(admitted[id] ?? {}).toSorted());
    }, 240_000);
  },
);
