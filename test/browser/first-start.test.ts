import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { server, workplace } from '../functions/process.ts';
import { needs } from '../harness/programs.ts';
import { fontsOf, picture, useBrowser } from './console-page.ts';

describe.skipIf(needs('chromium'))('the first start, in a browser', () => {
  const visit = useBrowser();
  const card = (page: Page, words: RegExp) => page.locator('article').filter({ hasText: words }).first();

  test('a practice incident fills its card by itself, and its thread holds the evidence', async () => {
    using place = workplace();
    await using running = await server({ NIGHTSHIFT_DATA: place.directory }, place.directory);
    const page = await visit({ origin: running.url }, { viewport: { width: 1280, height: 900 } });

    const looking = card(page, /· looking/);
    await looking.waitFor();
    expect(await looking.innerText()).toMatch(/[✓…] Node object/);
    await card(page, /cause found/).waitFor();
    const text = await card(page, /cause found/).innerText();
    expect(text).toContain('Likely cause: The kubelet is stopped');
    expect(text).toContain('Ruled out');
    expect(text).toContain('(risk: low)');
    await picture(page, 'console-light');
    // A font of emoji also holds digits and spaces, as wide as a picture: no text of ours may be drawn with it.
    const fonts = await fontsOf(page, 'article time');
    expect(fonts).not.toEqual([]);
    for (const family of fonts) expect(family).not.toMatch(/emoji/i);

    await page
      .getByText(/\d repl(y|ies)/)
      .first()
      .click();
    await page
      .getByText(/Fixes and evidence/)
      .first()
      .waitFor();
    expect(await page.getByText('/api/v1/nodes/worker-3?resourceVersion=0').count()).toBeGreaterThan(0);
    await picture(page, 'thread-light');
  });

  test('a command typed in the channel is answered, and wrong words get the nearest right ones', async () => {
    using place = workplace();
    await using running = await server({ NIGHTSHIFT_DATA: place.directory }, place.directory);
    const page = await visit({ origin: running.url });
    // What is new is also read out to screen readers, so it stands on the page twice.
    const said = (words: string | RegExp) => page.getByText(words).first().waitFor();
    const type = async (text: string) => {
      await page.getByPlaceholder('Message #incidents').fill(text);
      await page.keyboard.press('Enter');
    };

    await type('/nightshift');
    await said('What I can do:');
    await type('/nightshift investigat node-not-ready worker-3');
    await said('Did you mean "/nightshift investigate"?');
    await type('/nightshift investigate node-not-redy worker-3');
    await said('did you mean node-not-ready?');
    await type('/nightshift runbooks');
    await said(/I know these problems/);
    await type('/nightshift investigate node-not-ready worker-5');
    await card(page, /Node worker-5/).waitFor();
    await type('/nightshift incidents');
    await said(/\d open:/);
  });

  test('a drill is one click away; its card can be looked at again; dark and on a phone', async () => {
    using place = workplace();
    await using running = await server({ NIGHTSHIFT_DATA: place.directory }, place.directory);
    const page = await visit({ origin: running.url }, { colorScheme: 'dark', viewport: { width: 1280, height: 900 } });

    await page.getByRole('button', { name: /etcd on a slow disk/ }).click();
    const etcd = card(page, /etcd.*cause found/s);
    await etcd.waitFor();
    expect(await etcd.innerText()).toContain("Likely cause: A member's disk is slow");
    await picture(page, 'console-dark');

    const updated = await etcd.locator('.block-context').last().innerText();
    // A second look within the same second says the same: then one more.
    const again = async () => {
      await etcd.getByRole('button', { name: 'Run Again' }).click();
      return etcd.locator('.block-context').last().innerText();
    };
    await expect.poll(again, { timeout: 15_000, interval: 1_500 }).not.toBe(updated);

    const phone = await visit({ origin: running.url }, { viewport: { width: 390, height: 844 } });
    await card(phone, /etcd.*cause found/s).waitFor();
    expect(await phone.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true);
    await picture(phone, 'console-phone');
  });
});
