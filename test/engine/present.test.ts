import { expect, it } from 'vitest';
import { openIncident } from '../../engine/incident.ts';
import { looked } from '../../engine/looked.ts';
import { present } from '../../engine/present.ts';
import { catalog } from '../../runbooks/catalog.ts';
import { readCase } from '../runbooks/case-files.ts';
import { reportedBy } from '../runbooks/reported.ts';

const now = new Date('2026-11-21T03:00:00Z');

/** The card of a case, as if its alert had just come. */
async function cardOf(id: string, file: string) {
  const runbook = catalog.find((one) => one.id === id);
  if (!runbook) throw new Error(`there is no ${id}`);
  const one = readCase(runbook, `${file}.json`);
  const opened = openIncident('key', 1, { cluster: one.cluster, runbook: id, target: one.target, targetNote: '' }, now);
  return present(looked(opened, await reportedBy(runbook, one), 1, now), runbook);
}

it('of two causes the summary says how sure the first is, by its figures and names, and that there is another', async () => {
  const { likely, summary } = await cardOf('disk-io', 'flood-on-a-throttled-volume');

  expect(likely).toHaveLength(2);
  expect(summary).toMatch(/^A pod floods its log \(and 1 more\)\. the log of shop\/export-7d9f-abcde .* grew by /);
});

it('without a cause the summary begins with what is wrong', async () => {
  expect((await cardOf('pid-exhaustion', 'recorded-node')).summary).toMatch(
    /^Not well: the kubelet reports PIDPressure, .*\. No cause confirmed: 7 undecided, /,
  );
});

it('what is seen beside an alert that no runbook is about is called a trouble, not its cause', async () => {
  expect(await cardOf('any-alert', 'crash-loop')).toMatchObject({
    state: 'trouble-seen',
    isBeside: true,
    summary: expect.stringMatching(/^Trouble seen, not yet the cause: A container ends by itself, again and again\. /),
  });
  expect(await cardOf('disk-io', 'log-flood')).toMatchObject({ state: 'diagnosed', isBeside: false });
});
