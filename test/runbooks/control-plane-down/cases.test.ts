import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { needsOf } from '../../../engine/needs.ts';
import { Case } from '../../../engine/replay.ts';
import { anyRunbook } from '../../../engine/runbook.ts';
import { runbook } from '../../../runbooks/control-plane-down/index.ts';
import { reportOn } from './case.ts';
import { casesOf } from './cases.ts';
import { caseFile, textOf } from './write-cases.ts';

const folder = new URL('../../cases/control-plane-down/', import.meta.url);
const files = readdirSync(folder).map((file) => file.replace(/\.json$/, ''));
const load = (name: string) => Case.parse(JSON.parse(readFileSync(caseFile(name), 'utf8')));
const causeIn = async (name: string, cause: string) => {
  const { causes } = await reportOn(load(name));
  return causes.find(({ id }) => id === cause) ?? { verdict: 'none', reason: '' };
};

describe('the cases of the runbook', () => {
  it.each(files.map((name) => ({ name, one: load(name) })))('$name: $one.about', async ({ one }) => {
    const report = await reportOn(one);

    expect(Object.fromEntries(report.causes.map(({ id, verdict }) => [id, verdict]))).toEqual(one.expect.causes);
    expect(report.recovered.verdict).toBe(one.expect.recovered);
    expect(report.evidence.filter(({ failure }) => failure === 'not-recorded' || failure === 'unparsable')).toEqual([]);
    for (const { reason } of [...report.causes, report.recovered]) {
      expect(reason).toMatch(/\S{2}/);
      expect(reason).not.toMatch(/undefined|NaN|Infinity|check failed|\.\./);
    }
    for (const { shown } of report.evidence) expect(shown).not.toMatch(/undefined|NaN|Infinity/);
    expect(report.cost.kubernetesCalls).toBeLessThanOrEqual(18);
    expect(report.cost.prometheusQueries).toBeLessThanOrEqual(2);
  });

  it('are as composed: if not, node test/runbooks/control-plane-down/write-cases.ts, and look at what changed', async () => {
    const cases = await casesOf();
    expect(files.sort()).toEqual(Object.keys(cases).sort());
    for (const [name, one] of Object.entries(cases))
      expect(readFileSync(caseFile(name), 'utf8'), name).toBe(textOf(one));
  });
});

describe('down, not seen, or without its lease', () => {
  it('tells the three apart where the alert is the same: no target answers', async () => {
    const all = ['kubeadm-not-scraped', 'nobody-leads-and-not-scraped', 'flag-unknown-to-all'].map(async (name) => {
      const { causes } = await reportOn(load(name));
      return causes.filter(({ verdict }) => verdict === 'confirmed').map(({ id }) => id);
    });
    expect(await Promise.all(all)).toEqual([['notScraped'], ['leaseStale'], ['badConfiguration']]);
  });

  it('KubeAPIDown is no proof that an API server is down: what answers us is only not discovered', async () => {
    const { reason } = await causeIn('api-server-not-discovered', 'notScraped');

    expect(reason).toBe(
      'The API server answers us, and all its own checks pass. Prometheus had 3 targets within a day, and discovers none now',
    );
    expect(await causeIn('api-server-not-discovered', 'apiServersDown')).toMatchObject({ verdict: 'ruled-out' });
  });

  it('a request of ours that fails, or a scrape that does, proves nothing alone', async () => {
    expect(await causeIn('one-request-timed-out', 'apiServersDown')).toMatchObject({ verdict: 'inconclusive' });
    expect(await causeIn('api-servers-down-or-so', 'apiServersDown')).toMatchObject({ verdict: 'inconclusive' });
    expect(await causeIn('api-servers-down', 'apiServersDown')).toMatchObject({ verdict: 'confirmed' });
  });

  it('says in the first line what stands still and what works on, but not while another instance does the work', async () => {
    const all = await causeIn('flag-unknown-to-all', 'badConfiguration');
    const one = await causeIn('flag-unknown-to-one', 'badConfiguration');

    expect(all.reason).toContain(
      'new and replaced pods stay Pending, without an event (1 pod, the first since 08:25:10)',
    );
    expect(all.reason).toContain('What works on: running pods, Services, DNS');
    expect(one.reason).toBe(
      'cp-3 (1 of 3; the others run): it says: "Error: unknown flag: --address", exit code 1 at 08:28:50',
    );
  });

  it('says what ended it, and asks that on its own machine', async () => {
    const name = 'api-server-ends-without-its-etcd';
    const { manualSteps } = await reportOn(load(name));
    const { steps = [] } = manualSteps.find(({ id }) => id === 'askDependency') ?? {};

    expect((await causeIn(name, 'dependencySilent')).reason).toBe(
      'cp-3 (1 of 3; the others run): etcd does not answer it; it says: "Error: context deadline exceeded", exit code 1 at 08:29:00',
    );
    expect(JSON.stringify(steps)).toMatch(/ssh cp-3 .*2381\/health/);
    expect((await causeIn('scheduler-ends-without-an-api-server', 'dependencySilent')).reason).toMatch(
      /^cp-3 \(1 of 3; the others run\): no API server answers it; it says: /,
    );
  });

  it('does not say that what has ended works on, nor that somebody was silent whom nobody asked', async () => {
    expect((await causeIn('api-servers-down', 'apiServersDown')).reason).toContain(
      'Meanwhile no kubectl, no deployment, no autoscaling and no controller works, and kubelets cannot report. What works on',
    );
    expect((await causeIn('leadership-lost', 'leadershipLost')).reason).toMatch(
      /For 10 s it could not renew: no answer of the API server or etcd, or no CPU of its own; it runs again$/,
    );
  });

  it('the other cause is told as the reason, and not confirmed beside it', async () => {
    expect(await causeIn('certificate-expired-and-ready', 'leaseStale')).toMatchObject({
      verdict: 'ruled-out',
      reason: expect.stringContaining('its certificate is not accepted, which is why'),
    });
    expect(await causeIn('flag-unknown-to-all', 'crashLoop')).toMatchObject({
      verdict: 'ruled-out',
      reason: 'why kube-scheduler-cp-1 ends is known: its configuration',
    });
    expect(await causeIn('flag-unknown-to-all', 'probeFails')).toMatchObject({ verdict: 'ruled-out' });
  });

  it('with nothing confirmed that is so now it may close, also without Prometheus', async () => {
    for (const name of ['prometheus-blind', 'kubeadm-not-scraped', 'managed-not-scraped', 'leadership-lost']) {
      expect((await reportOn(load(name))).recovered, name).toMatchObject({ verdict: 'confirmed' });
    }
  });
});

describe('an instance that runs between two ends', () => {
  const name = 'runs-between-two-panics';

  it('is no recovery, and is judged by what it said before', async () => {
    const { recovered, manualSteps } = await reportOn(load(name));

    expect(recovered).toMatchObject({
      verdict: 'inconclusive',
      reason: 'cp-1: it has ended 14 times, the last time 6 min 40 s ago',
    });
    expect((await causeIn(name, 'crashLoop')).reason).toBe(
      'cp-1 (1 of 3; the others run): it runs again, 14 restarts, exit code 1 at 08:23:20; its last line: "goroutine 1 [running]:"',
    );
    expect(JSON.stringify(manualSteps)).toContain('ssh cp-1');
  });

  it('may have been mended since, where it runs for longer than before', async () => {
    const { verdict, reason } = await causeIn('runs-again-after-a-reboot', 'dependencySilent');

    expect(verdict).toBe('inconclusive');
    expect(reason).toMatch(/; it runs again, and that may be over$/);
  });
});

describe('what it may do', () => {
  it('changes nothing by the API: static pods are files', () => {
    expect(runbook.remedies).toEqual({});
    expect(needsOf([anyRunbook(runbook)])).toMatchObject({ fixer: [] });
  });

  it('names the machine that is in trouble in what a person types, and its component', async () => {
    const { manualSteps } = await reportOn(load('flag-unknown-to-one'));
    const commands = manualSteps.flatMap(({ steps }) => steps.map((step) => ('command' in step ? step.command : '')));

    expect(commands.filter((command) => command?.includes('ssh'))).not.toEqual([]);
    for (const command of commands) expect(command).not.toMatch(/CONTROL-PLANE-NODE|cp-1|cp-2/);
    expect(commands.join('\n')).toContain('/etc/kubernetes/manifests/kube-scheduler.yaml');
  });

  it('looks for a firewall only where scrapes run into their time-out', async () => {
    const firewall = async (name: string) =>
      JSON.stringify((await reportOn(load(name))).manualSteps).includes('does a firewall');

    expect(await firewall('scrapes-swallowed')).toBe(true);
    expect(await firewall('scrapes-refused')).toBe(false);
  });
});
