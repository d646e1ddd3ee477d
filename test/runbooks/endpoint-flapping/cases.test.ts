import { describe, expect, it } from 'vitest';
import { expectAsJudged, expectFilesAsComposed } from '../judged.ts';
import { causeIn, shownIn } from '../reported.ts';
import { caseOf } from './case.ts';
import { cases } from './cases.ts';
import { reported, reportOf } from './looking.ts';
import { caseFile, textOf } from './write-cases.ts';

const AT_MOST = { kubernetesCalls: 15, prometheusQueries: 6 };

it('the case files are as composed: if not, run write-cases.ts and look at what changed', async () => {
  await expectFilesAsComposed(cases, { caseFile, textOf }, caseOf);
});

describe.each(Object.entries(cases))('the case %s', (_, told) => {
  it('is judged as expected, within the budget, with a reason in words for every verdict', async () => {
    const one = await caseOf(told);
    expectAsJudged(await reported(one), one, AT_MOST);
  });
});

describe('what is shown to the person', () => {
  it("of the article's story: how late, how long it waits, and that the pods are well", async () => {
    const report = await reportOf('article');
    expect(causeIn(report, 'graceTooSmall').reason).toBe(
      'worker-3 fell silent 4 times, last at 02:53:20, and was back after 2 s: the controller manager waits 40 s (the default of its version), and its lease was up to 41 s old (scraped every 30 s)',
    );
    expect(causeIn(report, 'nodeHeartbeat').reason).toContain(
      'shop/web-1, shop/web-2, shop/web-3 and 1 more went with it; their containers run on',
    );
    expect(causeIn(report, 'readinessProbe')).toMatchObject({ verdict: 'ruled-out' });
  });

  it('of its log, where it writes one: how little was missing', async () => {
    const report = await reportOf('article-in-its-log');
    expect(shownIn(report, 'managerLog')).toBe('2 late heartbeats: worker-3 after 40 s, worker-9 after 2 min 6 s');
    expect(causeIn(report, 'graceTooSmall').reason).toContain('its log says 40.03 s, 0.03 s too late');
    expect(shownIn(await reportOf('article'), 'managerLog')).toBe(
      'at --v=0 it writes nothing about them (they are of level 2)',
    );
  });

  it('of a Service: its endpoints, and on which node they are not ready', async () => {
    expect(shownIn(await reportOf('slice-of-a-silent-node'), 'endpoints')).toBe(
      'Service web: 0 of 4 endpoints ready; 4 not ready on worker-3',
    );
    expect(shownIn(await reportOf('rollout-of-the-service'), 'endpoints')).toBe('Service web: 4 of 5 endpoints ready');
  });

  it('of a probe: what it said, how often, and when last', async () => {
    const { reason } = causeIn(await reportOf('probe-fails'), 'readinessProbe');
    expect(reason).toMatch(
      /^shop\/web-1: Readiness probe failed: Get ".+ deadline exceeded \(7 times, last at 02:59:40\)$/,
    );
  });

  it('of pods that ended last week: nothing, neither among the pods nor as the node to look at', async () => {
    const report = await reportOf('service-of-a-silent-node-and-pods-evicted-elsewhere');
    expect(shownIn(report, 'pods')).toBe('4 pods, 0 not ready');
    expect(causeIn(report, 'nodeHeartbeat').reason).toContain('worker-3 fell silent');
    expect(causeIn(await reportOf('evicted-and-nobody-tells-when'), 'rollout').reason).toBe(
      'shop/web-0 ended, and when nobody tells',
    );
  });

  it('of a probe that fails while its container ends and starts: that it may follow from that', async () => {
    expect(causeIn(await reportOf('out-of-memory-and-its-probe'), 'readinessProbe').reason).toMatch(
      /^shop\/web-1 Readiness probe failed: .+: so it does while a container ends and starts$/,
    );
  });

  it('of containers that do not run: what they wait for, and how they ended', async () => {
    const reasonIn = async (name: string, cause: string) => causeIn(await reportOf(name), cause).reason;
    expect(await reasonIn('sidecar-out-of-memory', 'containerEnds')).toBe(
      'shop/web-1: container mesh ended (OOMKilled, exit code 137, at 02:59:00; 7 restarts)',
    );
    expect(await reasonIn('config-map-gone-after-its-end', 'notStarted')).toBe(
      'shop/web-1: container web waits: CreateContainerConfigError: configmap "web" not found',
    );
    expect(await reasonIn('command-not-found', 'notStarted')).toBe(
      'shop/web-1: container web cannot be started: StartError: exec: "wbe": not found',
    );
    expect(await reasonIn('startup-probe-nobody-told', 'notStarted')).toBe(
      'shop/web-1: container web runs since 02:40:10, and its startup probe has not succeeded yet',
    );
  });

  it('of a pod that does not go: since when, and what keeps it', async () => {
    const report = await reportOf('does-not-go-for-three-days');
    expect(causeIn(report, 'doesNotGo').reason).toBe(
      'shop/web-1: should have been gone for 3 days, its grace period counted in: kept by its finalizers example.com/drain; by its status web runs',
    );
    expect(report.manualSteps.map(({ id }) => id)).toContain('askEnding');
    expect(causeIn(await reportOf('does-not-go-from-a-silent-node'), 'nodeHeartbeat').reason).toContain(
      'shop/web-1 went with it',
    );
  });

  it('of a pod that nobody explains: what kube-state-metrics saw of its containers', async () => {
    const reasonIn = async (name: string) => causeIn(await reportOf(name), 'readinessProbe').reason;
    expect(await reasonIn('well-again-and-nobody-told')).toContain("the word of another, as the controller manager's");
    expect(await reasonIn('probe-nobody-told')).toContain(
      'changed 6 times within half an hour, its containers 6 times',
    );
  });
});
