import { describe, expect, it } from 'vitest';
import { KubeletStats } from '../../../runbooks/evidence/kubelet-stats.ts';
import { recordedJson } from '../../infra/kubernetes/recorded.ts';
import { causeIn, shownIn } from '../reported.ts';
import { whose } from './case.ts';
import { counting, fewPods } from './cases-kubelet.ts';
import { look, reportOf } from './looking.ts';
import { calm } from './worlds.ts';

const fixes = async (name: string) =>
  (await reportOf(name)).remedies
    .filter(({ cause }) => cause === 'leakingPod')
    .map((fix) => [fix.id, 'unavailable' in fix ? fix.unavailable : 'offered']);

describe('a kubelet that is asked itself', () => {
  it('proves the shortage, and whose processes they are, with Prometheus down', async () => {
    const report = await reportOf('kubelet-alone-processes');
    expect(causeIn(report, 'leakingPod').reason).toBe(
      'shop/quotes-7d9f-abcde has 29,000 processes at least, 92 % of all threads. By its kubelet, 31,400 of 32,768 PIDs (96 %) are in use now',
    );
    expect(shownIn(report, 'kubelet')).toBe(
      '31,400 of 32,768 PIDs (96 %) now; shop/quotes-7d9f-abcde has most, 29,000 processes of 29,020',
    );
  });

  it('counts no threads: of a pool without a limit it knows that PIDs are short, and not whose they are', async () => {
    const { reason } = causeIn(await reportOf('kubelet-alone-threads'), 'leakingPod');
    expect(reason).toContain('how many threads they have its kubelet does not count');
  });

  it('lets a pod be ended only where its threads were seen over half an hour, too', async () => {
    expect(await fixes('kubelet-counts-the-machine')).toEqual([
      ['rollBack', 'offered'],
      ['evictPod', 'offered'],
      ['cordon', 'offered'],
    ]);
    expect(await fixes('kubelet-alone-processes')).toEqual([
      ['rollBack', 'could not be seen: PIDs of the machine'],
      ['evictPod', 'could not be seen: PIDs of the machine'],
      ['cordon', 'offered'],
    ]);
  });

  it('is not contradicted in silence, nor does it contradict so', async () => {
    const denied = await look({ ...calm, kubelet: counting(31_400, fewPods) });
    for (const id of [...whose, 'threshold']) {
      expect(causeIn(denied, id)).toMatchObject({
        verdict: 'inconclusive',
        reason:
          "at most 4.4 % of the machine's 32,768 PIDs were used in half an hour, but by its kubelet 31,400 of 32,768 PIDs (96 %) are in use now: figures contradict each other",
      });
    }
    expect(denied.recovered).toMatchObject({ verdict: 'ruled-out' });
    expect(causeIn(await reportOf('kubelet-contradicts-the-shortage'), 'leakingPod').reason).toContain(
      'But its kubelet counts otherwise: 1,450 of 32,768 PIDs (4.4 %) are in use now',
    );
  });

  it('counts as no gap where nobody has configured that, and as one where it does not answer', async () => {
    const notAsked = await reportOf('prometheus-down');
    expect(notAsked.evidence.find(({ id }) => id === 'kubelet')).toMatchObject({
      failure: 'not-configured',
      witness: true,
    });
    expect(notAsked.causes.flatMap(({ cites, missing }) => [...cites, ...missing])).not.toContain('kubelet');
    expect(causeIn(await reportOf('kubelet-refused'), 'leakingPod').missing).toContain('kubelet');
  });
});

describe('what a kubelet tells', () => {
  it('is read as it was recorded: 321 PIDs, and 0 processes, which is no count', () => {
    const { pids, stalled, pods, logs, logsUnseen } = KubeletStats.parse(
      recordedJson('kubernetes/kubelet-stats-summary'),
    );
    expect({ pids, stalled, logsUnseen }).toEqual({
      pids: { used: 321, max: 32_768 },
      stalled: undefined,
      logsUnseen: 0,
    });
    expect(pods).toHaveLength(3);
    expect(pods.filter(({ processes, waiting }) => processes !== undefined || waiting !== undefined)).toEqual([]);
    expect(logs.find(({ container }) => container === 'agent')).toMatchObject({
      bytes: 20_480,
      at: '2026-11-21T07:11:45Z',
    });
  });

  it('of Windows holds no limit, whichever way it says so', () => {
    const pidsOf = (rlimit: object) => KubeletStats.parse({ node: { rlimit }, pods: [] }).pids;
    expect(pidsOf({ curproc: 210, maxpid: 210 })).toBeUndefined();
    expect(pidsOf({ curproc: 210, maxpid: 2 ** 63 })).toBeUndefined();
    expect(pidsOf({})).toBeUndefined();
    expect(pidsOf({ curproc: 210, maxpid: 32_768 })).toEqual({ used: 210, max: 32_768 });
  });
});
