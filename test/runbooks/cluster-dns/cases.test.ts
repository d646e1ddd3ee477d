import { describe, expect, it } from 'vitest';
import { truthOf } from '../diagnosis/truths.ts';
import { expectAsJudged, expectFilesAsComposed } from '../judged.ts';
import { causeIn, shownIn } from '../reported.ts';
import { caseOf, runbook } from './case.ts';
import { cases } from './cases.ts';
import { look, reported, reportOf } from './looking.ts';
import { COREFILE, lines } from './objects.ts';
import { writing } from './told.ts';
import { wellUpstream } from './world.ts';
import { caseFile, textOf } from './write-cases.ts';

const AT_MOST = { kubernetesCalls: 20, prometheusQueries: 5 };

it('the case files are as composed: if not, run write-cases.ts and look at what changed', async () => {
  await expectFilesAsComposed(cases, { caseFile, textOf }, caseOf);
});

describe.each(Object.entries(cases))('the case %s', (name, told) => {
  it('is judged as expected, within the budget, with a reason in words for every verdict', async () => {
    const one = await caseOf(told);
    expectAsJudged(await reported(one), one, AT_MOST);
  });

  it('blames nothing that another confirmed cause explains, unless both are so', async () => {
    const { is = [] } = truthOf(runbook, name) ?? {};
    const { causes } = await reported(await caseOf(told));
    const confirmed = causes.filter(({ verdict }) => verdict === 'confirmed').map(({ id }) => id);
    for (const [explains, explained] of [
      ['policyForbids', 'upstreamFails'],
      ['policyForbids', 'apiUnreachable'],
      ['nodeNetwork', 'upstreamFails'],
      ['nodeNetwork', 'apiUnreachable'],
      ['upstreamFails', 'upstreamSlow'],
      ['cpuThrottled', 'livenessFails'],
      ['cpuThrottled', 'searchPaths'],
      ['loop', 'configRefused'],
      ['panics', 'livenessFails'],
      ['loop', 'livenessFails'],
    ] as const)
      expect(
        [explains, explained].every(
          (cause) => confirmed.includes(cause) && !(is.includes(explains) && is.includes(explained)),
        ),
        `${explains}, ${explained}`,
      ).toBe(false);
  });
});

describe('what is shown to the person', () => {
  it('of a loop: its last words, and that all of its pods end', async () => {
    const report = await reportOf('loop');
    expect(causeIn(report, 'loop').reason).toBe(
      'the last words of coredns-a and coredns-b: Loop (127.0.0.1:55953 -> :1053) detected for zone "."',
    );
    expect(shownIn(report, 'pods')).toBe(
      '0 of 2 pods ready, CoreDNS 1.11.3: coredns-a on worker-1 CrashLoopBackOff, last ended Error with exit code 1, 7 restarts and coredns-b on worker-2 CrashLoopBackOff, last ended Error with exit code 1, 7 restarts',
    );
    expect(shownIn(report, 'corefile')).toMatch(
      /^plug-ins errors, health, ready, kubernetes, prometheus, forward, cache, loop, reload, loadbalance; passes on to \/etc\/resolv\.conf; last written at 2026-08-20 12:46 by kubeadm$/,
    );
  });

  it('of an upstream that is down: which, how often, and for whom', async () => {
    const report = await reportOf('upstream-down');
    expect(causeIn(report, 'upstreamFails').reason).toBe(
      '24 questions to 168.63.129.16 without an answer within 5 min, of coredns-a on worker-1 and coredns-b on worker-2 (read udp 10.244.1.7:40011->168.63.129.16:53: i/o timeout)',
    );
    expect(causeIn(report, 'nodeNetwork').reason).toBe('pods on 2 nodes get no answer of its upstream alike');
  });

  it('of one node: who gets no answers, and who does', async () => {
    expect(causeIn(await reportOf('api-server-not-reached-from-one-node'), 'nodeNetwork').reason).toBe(
      'coredns-a on worker-1: 12 times no answer of the API server within 5 min; never so coredns-b on worker-2',
    );
    expect(causeIn(await reportOf('api-server-not-reached'), 'apiUnreachable').reason).toContain(
      'the API server itself is ready: look at the way to it',
    );
  });

  it('of what was and is over: that it was', async () => {
    expect(causeIn(await reportOf('out-of-memory-20-minutes-ago'), 'outOfMemory').reason).toBe(
      'coredns-a was OOMKilled at 02:40:00 and is ready since; whether it grows again is open',
    );
  });

  it('of a Corefile: nothing but names of plug-ins and upstreams', async () => {
    const report = await reportOf('quiet');
    const { value } = report.evidence.find(({ id }) => id === 'corefile') ?? {};
    expect(JSON.stringify(value)).not.toMatch(/lameduck|fallthrough|9153/);
  });
});

describe('in a cluster of IPv6', () => {
  const address = 'fd00:10:96::a';
  const losing = (to: string, upstreams = {}) =>
    writing(lines.timeouts(60, `[${to}]`), {
      ...{ service: { clusterIP: address }, upstreams },
      corefile: COREFILE.replace('/etc/resolv.conf', `[${to}]:53`).replace('    loop\n', ''),
    });

  it('a Corefile that names the Service of CoreDNS is a loop, and no upstream is to blame', async () => {
    const report = await look(losing(address));
    expect(causeIn(report, 'loop').verdict).toBe('confirmed');
    expect(causeIn(report, 'upstreamFails').reason).toContain('that is the Service of CoreDNS itself');
  });

  it('what an upstream answers and what it leaves without an answer are of one address', async () => {
    const upstreams = { '[fd00::2]:53': { ...wellUpstream, failedChecks: 80, failing: 2 } };
    const { verdict, reason } = causeIn(await look(losing('fd00::2', upstreams)), 'upstreamFails');
    expect([verdict, reason]).toEqual(['confirmed', expect.stringContaining('to fd00::2 without an answer')]);
  });
});
