import { describe, expect, it } from 'vitest';
import { causeIn } from '../reported.ts';
import { look, reportOf } from './looking.ts';
import type { Reads } from './world.ts';
import { always, calm, crowded, evicting, hosted, last, leaking, limited, network, QUOTES } from './worlds.ts';

describe('who is blamed', () => {
  it('is told with threads and processes apart: a pool without a limit, or children nobody reaps', async () => {
    expect(causeIn(await reportOf('pod-leaks-threads'), 'leakingPod').reason).toContain(
      '29,600 threads in 2 processes',
    );
    expect(causeIn(await reportOf('pod-makes-processes'), 'leakingPod').reason).toMatch(
      /22,000 processes with 22,010 threads.*21,000 are zombies/,
    );
  });

  it('is never a pod that was evicted', async () => {
    const { reason } = causeIn(await reportOf('host-process-and-the-evicted'), 'hostProcess');
    expect(reason).toContain('2 evicted to free PIDs and 24 turned away by PIDPressure: victims, no proof against any');
  });

  it('may be two, where without either there would be enough', async () => {
    const report = await reportOf('half-pods-half-machine');
    expect(causeIn(report, 'leakingPod').reason).toContain('41 % of all threads: without them 56 % would be in use');
    expect(causeIn(report, 'hostProcess').reason).toContain('48 % of all threads: without them 50 % would be in use');
  });

  it('is named as the one to look at where nothing is proved', async () => {
    const { reason } = causeIn(await reportOf('no-processes-collector'), 'leakingPod');
    expect(reason).toMatch(
      /^the kubelet reports PIDPressure since 02:50:00, but how many PIDs the machine has and uses/,
    );
    expect(reason).toContain(`Look at shop/${QUOTES} first: 29,600 threads in 2 processes`);
  });
});

describe('what proves nothing', () => {
  it('that PIDPressure is False: it is off by default', async () => {
    expect(causeIn(await reportOf('host-process'), 'hostProcess').verdict).toBe('confirmed');
  });

  it('a refused fork in a line without a time', async () => {
    const pods = network('fork/exec /usr/sbin/iptables: resource temporarily unavailable');
    const report = await look({
      ...hosted,
      machine: { ...hosted.machine, threads: last(12, 24_900, 9_000) },
      pods,
    });
    expect(causeIn(report, 'hostProcess').verdict).toBe('inconclusive');
  });

  it('a limit of 0, which is none', async () => {
    const report = await look({ ...calm, holdings: calm.holdings.map(({ limit: _, ...one }) => one) });
    expect(causeIn(report, 'podLimit')).toMatchObject({
      verdict: 'ruled-out',
      reason: 'no pod here has a limit of PIDs',
    });
  });

  it('that limits are not collected, as with the Helm chart: that is said, and nobody cleared', async () => {
    const { verdict, reason } = causeIn(await reportOf('helm-chart'), 'podLimit');
    expect(verdict).toBe('inconclusive');
    expect(reason).toContain('the limits of pods are not collected (container_threads_max)');
  });
});

describe('missing evidence', () => {
  const parts = [
    'node_processes',
    'container_threads',
    'get Node',
    'Event --namespace default',
    'list Pod',
    'logs ',
    'readyz',
    'Event --namespace shop',
  ];

  it.each(parts)('of %s makes nothing confirmed, or ruled out, that was not', async (part) => {
    const failing = { failure: { kind: 'timed-out', message: 'no answer' } } as const;
    for (const world of [calm, leaking, hosted, crowded, limited, { ...hosted, ...evicting }]) {
      const before = await look(world);
      const after = await look(world, (reads: Reads) =>
        Object.fromEntries(Object.entries(reads).map(([key, old]) => [key, key.includes(part) ? failing : old])),
      );
      for (const { id, verdict, reason } of after.causes) {
        const was = causeIn(before, id).verdict;
        if (verdict !== 'inconclusive') expect(verdict, `${id}: ${reason}`).toBe(was);
      }
    }
  });
});

it('the share of PIDs in use is the figure a fix is measured by, of a full pod that of its limit', async () => {
  expect(causeIn(await look(leaking), 'leakingPod').measure).toMatchObject({
    of: 'PIDs in use on the machine',
    unit: 'share',
    value: expect.closeTo(0.958, 3),
  });
  expect(causeIn(await look({ ...leaking, machine: calm.machine }), 'leakingPod').measure?.value).toBeCloseTo(0.044, 3);
  expect(causeIn(await look(limited), 'podLimit').measure).toMatchObject({
    of: `PIDs of shop/${QUOTES}, of its limit`,
    value: expect.closeTo(0.994, 3),
  });
  expect(causeIn(await look({ ...leaking, machine: { forks: always(6) } }), 'leakingPod').measure).toBeUndefined();
});

it('the order of answers does not matter, nor that one comes twice', async () => {
  const twice = await look(leaking, (reads) =>
    Object.fromEntries(
      Object.entries(reads).map(([key, answer]) => {
        const body =
          'body' in answer && Array.isArray(answer.body) ? [...answer.body, ...answer.body].reverse() : undefined;
        return [key, body ? { body } : answer];
      }),
    ),
  );
  const words = ({ causes }: typeof twice) => causes.map(({ id, verdict, reason }) => [id, verdict, reason]);
  expect(words(twice)).toEqual(words(await look(leaking)));
});
