import type { Page } from 'playwright-core';
import { describe, expect, onTestFailed, test } from 'vitest';
import { lambdaLocal } from '../functions/lambda/local/process.ts';
import { needs } from '../harness/programs.ts';
import { picture, useBrowser } from './console-page.ts';

/** Cold starts, five processes and a browser share two processors. */
const PATIENCE_MS = 120_000;

describe.skipIf(needs('chromium'))('the packaged functions, in a browser', () => {
  const visit = useBrowser();
  const card = (page: Page, words: RegExp) => page.locator('article').filter({ hasText: words }).first();
  const thread = (page: Page) => page.getByRole('complementary', { name: 'Thread' });
  const plan = (page: Page, words: RegExp) => thread(page).locator('article').filter({ hasText: words }).last();
  const become = async (page: Page, name: string) => {
    await page.getByRole('button', { name: /Act as somebody else/ }).click();
    await page.getByRole('menuitemradio', { name }).click();
    await page.getByRole('button', { name: `You are ${name}. Act as somebody else` }).waitFor();
  };
  const approve = async (page: Page) => {
    await plan(page, /waits for approval/)
      .getByRole('button', { name: /^Approve/ })
      .click();
    await page
      .getByRole('dialog')
      .getByRole('button', { name: /^Approve|^Apply|^Yes/ })
      .click();
  };
  const type = async (page: Page, text: string) => {
    await page.getByPlaceholder('Message #incidents').fill(text);
    await page.keyboard.press('Enter');
  };

  test('take an incident from its alert to the fix that is applied and verified', { timeout: 480_000 }, async () => {
    await using local = await lambdaLocal();
    const page = await visit({ origin: local.url }, { viewport: { width: 1440, height: 1000 } });
    page.setDefaultTimeout(PATIENCE_MS);
    onTestFailed(() => void process.stderr.write(local.output()));

    const found = card(page, /worker-3.*cause found/s);
    await found.waitFor();
    expect(await found.innerText()).toContain('Likely cause: The kubelet is stopped');

    await found.getByRole('button', { name: /Cordon the node.*show the plan/ }).click();
    const window = page.getByRole('dialog', { name: /^Plan/ });
    await window.getByText('spec.unschedulable: false → true').waitFor();
    await window.getByRole('button', { name: 'Request Approval' }).click();
    await window.waitFor({ state: 'hidden' });
    await card(page, /requested/).waitFor();
    await card(page, /worker-3.*(cause found|looking)/s)
      .getByText(/\d repl(y|ies)/)
      .click();

    await approve(page);
    await page
      .getByText(/You may not approve/)
      .first()
      .waitFor();
    await become(page, 'Ada Approver');
    await approve(page);
    await plan(page, /applied;/).waitFor();
    await picture(page, 'lambda-applied');

    await thread(page)
      .getByRole('button', { name: /^Done by hand: / })
      .first()
      .click();
    await card(page, /Done by hand, says/).waitFor();
    // A cordon heals nothing: that the node is well again is the deed's, not its.
    await plan(page, /Verification: \? cannot tell/).waitFor();
    await card(page, /Done by hand.*verified: fixed/s).waitFor();
    await picture(page, 'lambda-verified');

    await type(page, '/nightshift help');
    await page
      .getByText(/What I can do/)
      .first()
      .waitFor();
    await type(page, '/nightshift incidents');
    await page
      .getByText(/\d open:|Nothing stands open/)
      .first()
      .waitFor();
    await page.getByRole('button', { name: /etcd on a slow disk/ }).click();
    await card(page, /etcd.*cause found/s).waitFor();
    await picture(page, 'lambda-drill');

    expect(local.started().filter(({ isFunction }) => isFunction).length).toBeGreaterThanOrEqual(5);
    expect(local.output()).not.toMatch(/Error|will try again/);
  });
});
