import { describe, expect, test } from 'vitest';
import { needs } from '../harness/programs.ts';
import { botToken, channel, client, openConsole, section } from '../infra/local/console/harness.ts';
import { postCard, useBrowser } from './console-page.ts';

/** What this file uses of a browser's globals; the project is checked without them. */
interface Styled {
  getComputedStyle(element: unknown): { readonly backgroundColor: string };
}

describe.skipIf(needs('chromium'))('reading the console', () => {
  const visit = useBrowser();

  test('an edit changes the message in place: what is being read does not move, focus stays', async () => {
    const console = await openConsole();
    const { ts = '' } = await console.slack.chat.postMessage({ channel, text: 'card', blocks: [section('looking')] });
    await postCard(console);
    await postCard(console);
    const page = await visit(console);
    const reading = page.getByRole('button', { name: 'Run Again' }).first();
    await page.locator('#scroller').hover();
    await page.mouse.wheel(0, -500);
    await reading.scrollIntoViewIfNeeded();
    await reading.focus();
    const before = await reading.boundingBox();
    const blocks = Array.from({ length: 12 }, (_, index) => section(`evidence ${index}`));
    await console.slack.chat.update({ channel, ts, text: 'card', blocks });
    await page.getByText('evidence 11').waitFor({ state: 'attached' });
    expect((await reading.boundingBox())?.y).toBeCloseTo(before?.y ?? 0, 0);
    expect(await reading.evaluate((element) => element.matches(':focus'))).toBe(true);
  });

  test('a card that grows taller than the window keeps its headline in view', async () => {
    const console = await openConsole();
    await postCard(console);
    const { ts = '' } = await console.slack.chat.postMessage({ channel, text: 'card', blocks: [section('headline')] });
    const page = await visit(console);
    const blocks = ['headline', ...Array.from({ length: 40 }, (_, index) => `cause ${index}`)].map(section);
    await console.slack.chat.update({ channel, ts, text: 'card', blocks });
    await page.getByText('cause 39').waitFor({ state: 'attached' });
    const topOf = async (text: string) => (await page.getByText(text).boundingBox())?.y ?? Number.NaN;
    await expect.poll(() => topOf('headline')).toBeLessThan(300);
    expect(await topOf('headline')).toBeGreaterThan(80);

    await page.locator('#scroller').hover();
    await page.mouse.wheel(0, 5000);
    await expect.poll(() => topOf('cause 39')).toBeLessThan(760);
    const before = await topOf('cause 39');
    await console.slack.chat.update({ channel, ts, text: 'card', blocks: [...blocks, section('one more')] });
    await page.getByText('one more').waitFor({ state: 'attached' });
    expect(await topOf('cause 39')).toBe(before);
  });

  test('who reads the newest keeps seeing the newest; who reads above is told of new ones', async () => {
    const console = await openConsole();
    await postCard(console);
    const page = await visit(console);
    await client(console.server.apiUrl, botToken).chat.postMessage({ channel, text: 'followed' });
    await expect.poll(() => page.locator('article', { hasText: 'followed' }).isVisible()).toBe(true);
    await page.locator('#scroller').hover();
    await page.mouse.wheel(0, -2000);
    await page.getByRole('button', { name: 'Go to the newest message' }).waitFor();
    await console.slack.chat.postMessage({ channel, text: 'out of sight' });
    await page.getByRole('button', { name: 'Go to 1 new messages' }).click();
    await page.getByRole('button', { name: 'newest message' }).waitFor({ state: 'hidden' });
  });

  test('a permalink opens the thread of the reply it points to', async () => {
    const console = await openConsole();
    const ts = await postCard(console);
    const reply = await console.slack.chat.postMessage({ channel, text: 'this one', thread_ts: ts });
    const { permalink = '' } = await console.slack.chat.getPermalink({ channel, message_ts: reply.ts ?? '' });
    const page = await visit(console, {}, permalink.replace(console.origin, ''));
    await page.getByRole('complementary', { name: 'Thread' }).getByText('this one').waitFor();
  });

  test('light and dark follow the system until somebody chooses', async () => {
    const console = await openConsole();
    const page = await visit(console, { colorScheme: 'dark' });
    const ground = () =>
      page.locator('main').evaluate((main) => (globalThis as unknown as Styled).getComputedStyle(main).backgroundColor);
    const dark = await ground();
    await page.getByRole('radio', { name: 'Light' }).click();
    expect(await ground()).toBe('rgb(255, 255, 255)');
    await page.reload();
    expect(await ground()).toBe('rgb(255, 255, 255)');
    await page.getByRole('radio', { name: 'As the system' }).click();
    expect(await ground()).toBe(dark);
  });

  test('fits a phone: a drawer for the sidebar, the thread in place of the channel, nothing cut off', async () => {
    const console = await openConsole({ drills: () => [{ id: 'a', title: 'A drill', description: '' }] });
    const ts = await postCard(console);
    await console.slack.chat.postMessage({ channel, text: 'reply', thread_ts: ts });
    const page = await visit(console, { viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true });
    const overflow = () => page.evaluate('document.documentElement.scrollWidth - innerWidth');
    expect(await overflow()).toBe(0);
    const drill = page.getByRole('button', { name: 'A drill' });
    expect(await drill.isVisible()).toBe(false);
    await page.getByRole('button', { name: 'Open the sidebar' }).click();
    await drill.waitFor();
    await page.keyboard.press('Escape');
    await drill.waitFor({ state: 'hidden' });
    await page.getByRole('button', { name: '1 reply' }).click();
    const thread = page.getByRole('complementary', { name: 'Thread' });
    await thread.getByText('reply', { exact: true }).waitFor();
    expect((await thread.boundingBox())?.width).toBe(360);
    expect(await overflow()).toBe(0);
    await thread.getByRole('button', { name: 'Close the thread' }).click();
    await thread.waitFor({ state: 'hidden' });
  });

  test('catches up by itself after the connection was lost', async () => {
    const console = await openConsole();
    const page = await visit(console);
    console.cut();
    await page.getByText('Reconnecting…').waitFor();
    await console.slack.chat.postMessage({ channel, text: 'meanwhile' });
    await page.locator('article', { hasText: 'meanwhile' }).waitFor();
  });
});
