import { describe, expect, it } from 'vitest';
import { investigate } from '../../../engine/investigate.ts';
import { caseClock, caseSource } from '../../../engine/replay.ts';
import { anyRunbook } from '../../../engine/runbook.ts';
import { runbook } from '../../../runbooks/node-not-ready/index.ts';
import { cases } from './cases.ts';
import { lease, node, now, verdict, verdictOf } from './judging.ts';

const DAY_SECONDS = 86_400;
const silent = (days: number) => ({
  systemdAnswers: 0,
  systemdAnswered: 1,
  bootedAt: now.getTime() / 1000 - days * DAY_SECONDS,
});
const of = (os: string, kernel: string, machine: object | undefined) =>
  verdict('systemdSilent', { node: node('False', '', { os, kernel }), machine });

describe('an old systemd', () => {
  it.each([
    ['CentOS Linux 7 (Core)', '3.10.0-693.2.2.el7.x86_64'],
    ['CentOS Linux 7 (Core)', '5.4.278-1.el7.elrepo.x86_64'],
    ['Red Hat Enterprise Linux Server 7.9 (Maipo)', '3.10.0-1160.el7.x86_64'],
    ['Amazon Linux 2', '5.10.226-214.880.amzn2.x86_64'],
    ['Ubuntu 18.04.6 LTS', '5.4.0-1103-aws'],
    ['Debian GNU/Linux 10 (buster)', '4.19.0-27-amd64'],
  ])(
    'that answers nobody any more is named on %s with kernel %s, and never without having been asked',
    (os, kernel) => {
      expect(of(os, kernel, silent(61))).toBe('confirmed');
      expect(of(os, kernel, silent(59))).toBe('inconclusive');
      expect(of(os, kernel, {})).toBe('inconclusive');
      expect(of(os, kernel, undefined)).toBe('inconclusive');
      expect(of(os, kernel, { systemdAnswers: 1, systemdAnswered: 1 })).toBe('ruled-out');
    },
  );

  it('is not looked for on Windows', () => {
    const windows = node('Unknown', '', { os: 'Windows Server 2022 Datacenter', kernel: '10.0.20348.2402' });
    expect(verdictOf('systemdSilent', { node: windows, lease: lease(5) })).toMatchObject({
      verdict: 'ruled-out',
      reason: 'Windows Server 2022 Datacenter has no systemd',
    });
  });

  it.each([
    ['Ubuntu 22.04.5 LTS', '5.15.0-1073-aws'],
    ['Amazon Linux 2023.6.20241212', '6.1.119-129.201.amzn2023.x86_64'],
    ['Debian GNU/Linux 12 (bookworm)', '6.1.0-28-amd64'],
    ['Bottlerocket OS 1.26.2 (aws-k8s-1.31)', '6.1.112'],
  ])('is none of %s', (os, kernel) => {
    expect(of(os, kernel, silent(200))).toBe('ruled-out');
    expect(of(os, kernel, undefined)).toBe('ruled-out');
  });

  it('of a system that does not tell is left open', () => {
    expect(of('', '', silent(200))).toBe('inconclusive');
  });

  it('is revived without ending anything, before it is replaced', async () => {
    const one = cases['old-systemd-is-silent'];
    if (!one) throw new Error('no such case');
    const options = { source: caseSource(one), clock: caseClock(one), cluster: one.cluster };
    const { manualSteps } = await investigate(anyRunbook(runbook), one.target, options);
    const steps = manualSteps.find(({ id }) => id === 'reviveSystemd')?.steps ?? [];

    expect(steps.map(({ kind }) => kind)).toEqual(['look', 'change', 'change']);
    expect(JSON.stringify(steps[1])).toContain('daemon-reexec');
  });
});
