import { describe, expect, it } from 'vitest';
import { Case } from '../../../engine/replay.ts';
import { anyRunbook } from '../../../engine/runbook.ts';
import { runbook as typed } from '../../../runbooks/node-not-ready/index.ts';
import { readCase, replay } from '../case-files.ts';
import { prometheusDown } from './compose.ts';

const runbook = anyRunbook(typed);

async function verdictsOf(changed: Case) {
  const { report } = await replay(runbook, changed);
  const causes = Object.fromEntries(report.causes.map(({ id, verdict, reason }) => [id, `${verdict}: ${reason}`]));
  return { ...causes, recovered: `${report.recovered.verdict}: ${report.recovered.reason}` } as Record<string, string>;
}

function later(one: Case, seconds: number): Case {
  return { ...one, now: new Date(Date.parse(one.now) + seconds * 1000).toISOString() };
}

describe('a recorded case in which we are deceived', () => {
  it('a healthy node seen with our clock 45 s ahead: nothing is confirmed', async () => {
    const verdicts = await verdictsOf(later(readCase(runbook, 'healthy.json'), 45));

    expect(Object.values(verdicts).filter((words) => words.startsWith('confirmed'))).toEqual([]);
    expect(verdicts.controllerManagerDown).toMatch(/^inconclusive: .*late by the same 46 s: our own clock is ahead/);
    expect(verdicts.clockJumped).toMatch(/^inconclusive: .*our own clock is ahead/);
  });

  it("a healthy node seen with our clock 45 s ahead of the API server's Date: it is well by that", async () => {
    const healthy = readCase(runbook, 'healthy.json');
    const probe = 'probe /readyz?verbose';
    const body = { ...(healthy.reads[probe]?.body as object), date: new Date(healthy.now).toUTCString() };
    const dated = later({ ...healthy, reads: { ...healthy.reads, [probe]: { body } } }, 45);
    const verdicts = await verdictsOf(dated);

    expect(verdicts.controllerManagerDown).toMatch(/^ruled-out: .*; our own clock is 4\d s ahead of the API server's/);
    expect(verdicts.recovered).toMatch(/^confirmed: Ready=True/);
    const open = Object.keys(verdicts).filter((id) => !/^(ruled-out|confirmed)/.test(verdicts[id] ?? ''));
    expect(open, 'nothing on this node reports of its kernel').toEqual(['kernelTrouble']);
  });

  it('a runtime that has hung for 60 s, Prometheus away, an alert of an hour ago: not ruled out, not recovered', async () => {
    const hanging = readCase(runbook, 'runtime-stopped-t060.json');
    const since = new Date(Date.parse(hanging.now) - 3_600_000).toISOString();
    const verdicts = await verdictsOf({ ...hanging, since, reads: prometheusDown(hanging.reads) });

    expect(verdicts.runtimeHangs).toMatch(/^inconclusive: .*shows there only after 2 minutes/);
    expect(verdicts.recovered).toMatch(/^inconclusive: /);
  });

  it('a task that hung long before Ready changed: what Ready was until then nobody tells, and the words do not either', async () => {
    const verdicts = await verdictsOf(readCase(runbook, 'task-hung-seven-minutes-before.json'));

    expect(verdicts.kernelTrouble).toMatch(/^inconclusive: .*; but Ready turned Unknown only 7 min 48 s after that$/);
  });

  it('a stopped kubelet as it was recorded before anybody asked what its scrapes ended with: left open', async () => {
    const killed = readCase(runbook, 'kubelet-killed.json');
    const reads = Object.fromEntries(Object.entries(killed.reads).filter(([key]) => !key.startsWith('targets ')));
    const verdicts = await verdictsOf({ ...killed, reads });

    for (const cause of ['kubeletStopped', 'kubeletStuck', 'cutOff', 'unauthorized'])
      expect(verdicts[cause]).toMatch(/^inconclusive: .*what it ended with, Prometheus' targets did not tell/);
  });

  it('a silent node scraped by a name that fails in milliseconds: its machine may be gone', async () => {
    const killed = JSON.stringify(readCase(runbook, 'kubelet-killed.json'));
    const name = 'worker-9.nohost.invalid';
    const named = killed.replaceAll('10.123.0.1:10250', `${name}:10250`);
    const words = `dial tcp ${name}:10250: connect: connection refused`;
    const byName = Case.parse(JSON.parse(named.replace(words, `dial tcp: lookup ${name}: no such host`)));
    const verdicts = await verdictsOf(byName);

    expect(verdicts.machineDown).toMatch(
      /^inconclusive: .*where its name is not found; it ended with "dial tcp: lookup .* no such host"/,
    );
    expect(verdicts.kubeletStopped).toMatch(/^inconclusive: /);
  });
});
