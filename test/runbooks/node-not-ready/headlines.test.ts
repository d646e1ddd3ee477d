import { expect, it } from 'vitest';
import { anyRunbook } from '../../../engine/runbook.ts';
import { runbook } from '../../../runbooks/node-not-ready/index.ts';
import { readCase, replay } from '../case-files.ts';

const nodeNotReady = anyRunbook(runbook);

async function headlines(name: string): Promise<readonly string[]> {
  const { report } = await replay(nodeNotReady, readCase(nodeNotReady, `${name}.json`));
  return report.causes.filter(({ verdict }) => verdict === 'confirmed').map(({ title }) => title);
}

it.each([
  ['machine-down', ['The machine is down, or cut off']],
  ['rebooted-30-seconds-after', ['The machine was restarted', 'The network plug-in is not ready']],
  ['reboots-again-and-again', ['The machine was restarted']],
  ['kubelet-killed', ['The kubelet is stopped']],
  ['disk-pressure-filled', ['The node is short of disk']],
  ['eviction-20-seconds-ago', ['The node is short of disk']],
  ['pids-node', ['The node is short of PIDs']],
])('%s is called what it is, without a choice: %j', async (name, titles) => {
  expect(await headlines(name)).toEqual(titles);
});

it('a machine that had no memory left is said to have had none before it fell silent', async () => {
  const { report } = await replay(nodeNotReady, readCase(nodeNotReady, 'machine-out-of-memory.json'));

  expect(report.causes.find(({ id }) => id === 'machineDown')?.reason).toMatch(
    /; when it last answered, 1\.2 % of its memory was available, all tasks stalled on memory 93 % of the time, 95 s ago; its kubelet told at \d\d:\d\d:\d\d that it was out of memory \(SystemOOM\)$/,
  );
  const { report: off } = await replay(nodeNotReady, readCase(nodeNotReady, 'machine-down.json'));
  expect(off.causes.find(({ id }) => id === 'machineDown')?.reason).not.toContain('memory');
});

it('what is open keeps the name of the cause, with its choice', async () => {
  const { report } = await replay(nodeNotReady, readCase(nodeNotReady, 'prometheus-reaches-one-of-40.json'));
  expect(report.causes.find(({ id }) => id === 'machineDown')).toMatchObject({
    verdict: 'inconclusive',
    title: 'The machine is down, cut off, or was restarted',
  });
});
