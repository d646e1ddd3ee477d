import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { nightshift, server, workplace } from '../functions/process.ts';
import { needs } from '../harness/programs.ts';
import { picture, useBrowser } from './console-page.ts';

describe.skipIf(needs('chromium'))('approve to apply, in a browser', () => {
  const visit = useBrowser();
  const card = (page: Page, words: RegExp) => page.locator('article').filter({ hasText: words }).first();
  const become = async (page: Page, name: string) => {
    await page.getByRole('button', { name: /Act as somebody else/ }).click();
    await page.getByRole('menuitemradio', { name }).click();
    await page.getByRole('button', { name: `You are ${name}. Act as somebody else` }).waitFor();
  };
  const openThread = (page: Page) =>
    card(page, /worker-3.*(cause found|looking)/s)
      .getByText(/\d repl(y|ies)/)
      .click();
  const plan = (page: Page, words: RegExp) =>
    page.getByRole('complementary').locator('article').filter({ hasText: words }).last();

  test('asked for, refused to whoever may not, approved by somebody else, applied, verified, undone', async () => {
    using place = workplace();
    await using running = await server({ NIGHTSHIFT_DATA: place.directory }, place.directory);
    const page = await visit({ origin: running.url }, { viewport: { width: 1440, height: 1000 } });
    await card(page, /worker-3.*cause found/s).waitFor();

    await card(page, /worker-3.*cause found/s)
      .getByRole('button', { name: /Cordon the node.*show the plan/ })
      .click();
    const window = page.getByRole('dialog', { name: /^Plan/ });
    await window.getByText('spec.unschedulable: false → true').waitFor();
    await window.getByText(/Enough healthy nodes/).waitFor();
    await picture(page, 'plan-window');
    await window.getByRole('button', { name: 'Request Approval' }).click();
    await window.waitFor({ state: 'hidden' });
    await card(page, /requested/).waitFor();
    await openThread(page);
    await plan(page, /waits for approval/).waitFor();
    await picture(page, 'plan-requested');

    const approve = async () => {
      await plan(page, /waits for approval/)
        .getByRole('button', { name: /^Approve/ })
        .click();
      await page
        .getByRole('dialog')
        .getByRole('button', { name: /^Approve|^Apply|^Yes/ })
        .click();
    };
    await approve();
    await page
      .getByText(/You may not approve/)
      .first()
      .waitFor();
    await become(page, 'Gus Guest');
    await approve();
    await page
      .getByText(/guests of the workspace may not/)
      .first()
      .waitFor();
    await become(page, 'Ada Approver');
    await approve();
    await plan(page, /applied;/).waitFor();
    await card(page, /applied/).waitFor();
    await picture(page, 'plan-applied');

    await plan(page, /applied;/)
      .getByRole('button', { name: /^Undo/ })
      .click();
    await plan(page, /Undo: .*waits for approval/s).waitFor();
    await become(page, 'Abel Approver');
    await plan(page, /Undo: .*waits for approval/s)
      .getByRole('button', { name: /^Approve/ })
      .click();
    await page
      .getByRole('dialog')
      .getByRole('button', { name: /^Approve|^Apply|^Yes/ })
      .click();
    await plan(page, /Undo: .*applied;/s).waitFor();
    await picture(page, 'plan-undone');

    const audit = await nightshift(['audit', '--verify'], { NIGHTSHIFT_DATA: place.directory }, place.directory);
    expect(audit).toMatchObject({ code: 0, stdout: expect.stringContaining('The ledger is whole') });
    const told = await nightshift(['audit', '--json'], { NIGHTSHIFT_DATA: place.directory }, place.directory);
    const kinds = told.stdout
      .trim()
      .split('\n')
      .map((line) => (JSON.parse(line) as { kind: string }).kind);
    expect(kinds).toEqual(expect.arrayContaining(['shown', 'requested', 'denied', 'approved', 'executing', 'applied']));
  });

  test('a step made by hand starts the verification, and the mended node closes its incident', async () => {
    using place = workplace();
    await using running = await server({ NIGHTSHIFT_DATA: place.directory }, place.directory);
    const page = await visit({ origin: running.url }, { viewport: { width: 1440, height: 1000 } });
    await card(page, /worker-3.*cause found/s).waitFor();
    await openThread(page);
    await page
      .getByRole('complementary')
      .getByRole('button', { name: /^Done by hand: / })
      .first()
      .click();
    await card(page, /Done by hand, says/).waitFor();
    await expect
      .poll(
        async () => {
          await card(page, /worker-3/)
            .getByRole('button', { name: 'Run Again' })
            .click({ timeout: 1_000 })
            .catch(() => undefined);
          return card(page, /worker-3/).innerText();
        },
        { timeout: 40_000, interval: 3_000 },
      )
      .toMatch(/It looks well|closed/);
  });
});
