import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { investigate } from '../../../engine/investigate.ts';
import { Case, caseClock, caseSource } from '../../../engine/replay.ts';
import { anyRunbook } from '../../../engine/runbook.ts';
import { controllerManagerLease } from '../../../runbooks/evidence/control-plane.ts';
import { runbook } from '../../../runbooks/node-not-ready/index.ts';
import * as schema from '../../../runbooks/node-not-ready/schema.ts';
import * as show from '../../../runbooks/node-not-ready/show.ts';

describe('figures in words', () => {
  it('the kubelet and its runtime', () => {
    expect(
      show.kubelet({ plegAgeSeconds: 1.2, slowRelists: 1, runtimeCallsPerSecond: 5, runtimeErrorsPerSecond: 0 }),
    ).toBe(
      'PLEG last looked at its containers 1.2 s ago, 1 relist over 10 s within 10 min, 5 calls/s to its container runtime, 0 calls/s to it fail',
    );
    expect(show.kubelet({ plegAgeSeconds: -600, plegMoves: 9, restarts: 1 })).toBe(
      'PLEG last looked at its containers 10 min in the future, 9 new looks seen within 2 min, the kubelet restarted once within 30 min',
    );
  });

  it('its calls to the API server', () => {
    expect(show.apiCalls({ succeededPerSecond: 0, refusedPerSecond: 0.8333, all: 341.2, refused: 25 })).toBe(
      '0 calls/s succeed, 0.833/s are answered 401, 341 calls within 30 min, 25 of them answered 401',
    );
    expect(show.expiredCertificates({ perSecond: 0.2 })).toBe('0.2 requests/s, from whom it does not say');
  });

  it('lease and readiness', () => {
    expect(
      show.history({
        leaseAgeSeconds: 190,
        leaseMoves: 0,
        leaseOldestSeconds: 190,
        leaseNewestSeconds: 1,
        ready: 0,
        unknown: 1,
        readinessChanges: 1,
      }),
    ).toBe(
      'its lease was renewed 3 min 10 s ago, 0 renewals seen within 2 min, at worst 3 min 10 s ago within 10 min, Ready=Unknown, readiness changed once within 30 min',
    );
    expect(show.history({ leaseNewestSeconds: -600, ready: 0 })).toBe('at one time 10 min in the future, Ready=False');
  });

  it('the other nodes', () => {
    expect(show.fleet({ nodes: 12, notReady: 1, fellWithinHour: 1, kubelets: 12, kubeletsDown: 1 })).toBe(
      '12 nodes in all, 1 not ready, 1 of them fell within the hour, 12 kubelets scraped, 1 not answering',
    );
    expect(show.fleet({ nodes: 9, notReady: 2, fellWithinHour: 1, sinceUnseen: 1, ageSeconds: 224 })).toBe(
      '9 nodes in all, 2 not ready, 1 of them fell within the hour, 1 not counted an hour ago, counted 3 min 44 s ago',
    );
    expect(show.fleet({ unhealthyByController: 2 })).toBe("2 unhealthy by the controller manager's count");
  });

  it('the machine, with the day it was booted', () => {
    expect(
      show.machine({
        bootedAt: 1_795_244_400,
        clockOffsetSeconds: -0.02,
        ioStalledShare: 0.213,
        diskAvailableShare: 0.17,
        systemdAnswers: 0,
        systemdVersion: 219,
      }),
    ).toBe(
      "booted 2026-11-21 07:00:00, its clock is 20 ms behind Prometheus', all tasks stalled on I/O 21.3 % of the time, 17 % of the fullest disk available, systemd 219, systemd does not answer",
    );
  });

  it('a lease of the control plane, by its machine and the time of day', () => {
    const renewal = { holder: 'cp-1_8e9e05c5-2164-494d-a1b2-fd422379fda5', renewedAt: '2026-11-21T07:00:02.057000Z' };

    expect(controllerManagerLease.show(renewal)).toBe('renewed at 07:00:02 by cp-1');
  });

  it('a figure without a series is not mentioned, and none at all is said', () => {
    expect(show.machine(schema.MachineFigures.parse([]))).toBe('Prometheus had none of the figures');
  });
});

it('no evidence of any recorded case shows a name out of the code', async () => {
  const folder = join(import.meta.dirname, '../../cases/node-not-ready');
  const files = readdirSync(folder);
  for (const file of files) {
    const recorded = Case.parse(JSON.parse(readFileSync(join(folder, file), 'utf8')));
    const { evidence } = await investigate(anyRunbook(runbook), recorded.target, {
      source: caseSource(recorded),
      clock: caseClock(recorded),
      cluster: recorded.cluster,
    });
    const shown = evidence.filter(({ status }) => status === 'ok').map((each) => each.shown);
    expect(shown.filter((words) => /\b[a-z]+(?:Seconds|Share|PerSecond|Moves|At)\b|NaN|undefined/.test(words))).toEqual(
      [],
    );
  }
  expect(files.length).toBeGreaterThan(40);
});
