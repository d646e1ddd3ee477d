import type { KnownBlock } from '@slack/web-api';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { needs, pathOf } from '../harness/programs.ts';
import {
  botToken,
  channel,
  client,
  openConsole,
  section,
  type TestConsole,
  you,
} from '../infra/local/console/harness.ts';

/** What this file uses of a browser's globals; the project is checked without them. */
interface Styled {
  getComputedStyle(element: unknown): { readonly backgroundColor: string };
}

const plain = (text: string) => ({ type: 'plain_text', text }) as const;
const mrkdwn = (text: string) => ({ type: 'mrkdwn', text }) as const;
const rich = (...elements: object[]) => ({ type: 'rich_text_section', elements });
const run = (text: string, style = {}) => ({ type: 'text', text, style });
const cell = (text: string) => ({ type: 'raw_text', text });

/** Every kind of block that the bot may send, in one message. */
const everyBlock = (origin: string) => [
  { type: 'header', text: plain('Node worker-3 is not ready') },
  {
    type: 'section',
    text: mrkdwn(
      '*Likely:* the `kubelet` stopped <https://a.example/|here> &lt;b&gt; <!date^1700000000^{date_num}|x> :fire:',
    ),
    fields: [mrkdwn('*Cluster*\npractice'), mrkdwn('*Person*\n<@U0ONCALL01>')],
    accessory: { type: 'button', action_id: 'accessory', text: plain('Look') },
  },
  {
    type: 'context',
    elements: [mrkdwn('9 calls'), { type: 'image', image_url: `${origin}/console/page/moon.svg`, alt_text: 'moon' }],
  },
  { type: 'divider' },
  {
    type: 'rich_text',
    elements: [
      rich(run('Ruled out', { bold: true })),
      {
        type: 'rich_text_list',
        style: 'bullet',
        elements: [rich(run('The machine is down')), rich(run('Disk', { code: true }))],
      },
      { type: 'rich_text_quote', elements: [run('quoted')] },
      { type: 'rich_text_preformatted', elements: [run('GET /api/v1/nodes')] },
    ],
  },
  {
    type: 'table',
    column_settings: [{}, { align: 'right' }],
    rows: [
      [cell('Member'), cell('p99')],
      [cell('etcd-0'), cell('612 ms')],
    ],
  },
  { type: 'markdown', text: '## By hand\n\n1. **cordon** it' },
  { type: 'image', image_url: `${origin}/console/page/moon.svg`, alt_text: 'A moon', title: plain('The moon') },
  { type: 'image', image_url: 'https://elsewhere.example/chart.png', alt_text: 'A chart from elsewhere' },
  {
    type: 'actions',
    block_id: 'row',
    elements: [
      { type: 'button', action_id: 'again', value: 'incident-1', style: 'primary', text: plain('Run Again') },
      {
        type: 'button',
        action_id: 'cordon',
        text: plain('Cordon'),
        confirm: {
          title: plain('Cordon worker-3?'),
          text: mrkdwn('No *new* pods.'),
          confirm: plain('Cordon it'),
          deny: plain('Leave it'),
        },
      },
      { type: 'overflow', action_id: 'more', options: [{ text: plain('Silence'), value: 'silence' }] },
    ],
  },
];

describe.skipIf(needs('chromium'))('the console in a browser', () => {
  let browser: Browser;
  beforeAll(async () => {
    const quiet = ['gpu', 'quic', 'background-networking', 'component-update', 'sync'].map(
      (name) => `--disable-${name}`,
    );
    browser = await chromium.launch({
      executablePath: pathOf('chromium'),
      args: ['--no-sandbox', '--no-first-run', ...quiet],
    });
  });
  afterAll(async () => browser?.close());

  /** A page of the console; the test fails on any error or broken policy that the browser reports. */
  async function visit({ origin }: TestConsole, options: BrowserContextOptions = {}, path = '/'): Promise<Page> {
    const context = await browser.newContext({ viewport: { width: 1280, height: 860 }, ...options });
    const page = await context.newPage();
    const complaints: string[] = [];
    page.on('pageerror', (error) => complaints.push(error.message));
    // A connection that is cut on purpose is no fault of the page; a file that is missing is.
    const isFault = (text: string) => !text.includes('net::ERR_');
    page.on('console', (message) => {
      if (message.type() === 'error' && isFault(message.text())) complaints.push(message.text());
    });
    page.on('request', (request) => request.url().startsWith(origin) || complaints.push(`asked for ${request.url()}`));
    onTestFinished(async () => {
      await context.close();
      expect(complaints).toEqual([]);
    });
    await page.goto(`${origin}${path}`);
    await page.getByPlaceholder('Message #incidents').waitFor();
    return page;
  }

  const postCard = async ({ slack, origin }: TestConsole) => {
    const blocks = everyBlock(origin) as unknown as KnownBlock[];
    const { ts = '' } = await slack.chat.postMessage({ channel, text: 'card', blocks });
    return ts;
  };
  const payloads = ({ received }: TestConsole) => received.map(({ form }) => JSON.parse(form.get('payload') ?? '{}'));

  test('says that it is a practice console, and shows every kind of block', async () => {
    const console = await openConsole();
    await postCard(console);
    const page = await visit(console);
    await page.getByText('Practice console: no Slack workspace is configured.').waitFor();
    const card = page.locator('article');
    const seen = async (selector: string) => (await card.locator(selector).allInnerTexts()).join('|');
    expect(await seen('h3')).toBe('Node worker-3 is not ready');
    expect(await seen('.block-section .text')).toBe('Likely: the kubelet stopped here <b> 2023-11-14 🔥');
    expect(await seen('.field')).toBe('Cluster\npractice|Person\n@You');
    expect(await seen('.rich-list li')).toBe('The machine is down|Disk');
    expect(await seen('.block-rich-text blockquote')).toBe('quoted');
    expect(await seen('.block-rich-text pre')).toBe('GET /api/v1/nodes');
    expect(await seen('th')).toBe('Member|p99');
    expect(await seen('td')).toBe('etcd-0|612 ms');
    expect(await seen('.block-markdown')).toMatch(/^By hand\s+cordon it$/);
    expect(await seen('.block-context')).toBe('9 calls');
    expect(
      await card
        .getByAltText('A moon')
        .evaluate((image) => (image as unknown as { naturalWidth: number }).naturalWidth),
    ).toBeGreaterThan(0);
    expect(await card.getByRole('link', { name: 'A chart from elsewhere' }).getAttribute('href')).toBe(
      'https://elsewhere.example/chart.png',
    );
    expect(await card.getByRole('button', { name: 'Run Again' }).isEnabled()).toBe(true);
    expect(await card.locator('.unsupported').count()).toBe(0);
  });

  test('hostile text stays text', async () => {
    const console = await openConsole();
    const evil = '<img src=x onerror=alert(1)><script>alert(1)</script>';
    const escaped = evil.replaceAll('<', '&lt;').replaceAll('>', '&gt;');
    await console.slack.apiCall('chat.postMessage', {
      channel,
      text: 'x',
      blocks: [{ type: 'header', text: plain(evil) }, section(escaped), { type: 'markdown', text: evil }],
    });
    await console.slack.chat.postMessage({ channel, text: '<javascript:alert(1)|press me>' });
    const page = await visit(console);
    const body = page.locator('article');
    expect(await body.locator('h3').innerText()).toBe(evil);
    expect(await body.first().locator('.text').innerText()).toBe(evil);
    expect(await body.locator('script, img[src="x"]').count()).toBe(0);
    expect(await body.getByRole('link').count()).toBe(0);
  });

  test('a press comes back signed, and the button waits for the answer', async () => {
    const console = await openConsole({ ackDeadlineMs: 60_000 });
    const ts = await postCard(console);
    const answer = Promise.withResolvers<void>();
    console.behave((_received, response) => void answer.promise.then(() => response.end()));
    const page = await visit(console);
    const button = page.getByRole('button', { name: 'Run Again' });
    await button.click();
    await expect.poll(() => button.getAttribute('aria-busy')).toBe('true');
    answer.resolve();
    await expect.poll(() => button.getAttribute('aria-busy')).toBe(null);
    expect(console.received[0]?.headers['x-slack-signature']).toMatch(/^v0=[0-9a-f]{64}$/);
    expect(payloads(console)[0]).toMatchObject({
      container: { message_ts: ts },
      actions: [{ action_id: 'again', block_id: 'row', value: 'incident-1' }],
    });
  });

  test('a press that nobody acknowledges in time is told beside the button', async () => {
    const console = await openConsole({ ackDeadlineMs: 50 });
    await postCard(console);
    console.behave(() => {});
    const page = await visit(console);
    await page.getByRole('button', { name: 'Run Again' }).click();
    await page.getByText('No answer within 3 seconds. Try again.').waitFor();
    expect(console.server.deliveries().at(-1)).toMatchObject({ outcome: 'operation_timeout' });
  });

  test('a button that asks for confirmation is sent only after a yes', async () => {
    const console = await openConsole();
    await postCard(console);
    const page = await visit(console);
    const dialog = page.getByRole('dialog', { name: 'Cordon worker-3?' });
    await page.getByRole('button', { name: 'Cordon', exact: true }).click();
    await dialog.getByRole('button', { name: 'Leave it' }).click();
    await page.getByRole('button', { name: 'Cordon', exact: true }).click();
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'hidden' });
    expect(console.received).toHaveLength(0);
    await page.getByRole('button', { name: 'Cordon', exact: true }).click();
    await dialog.getByRole('button', { name: 'Cordon it' }).click();
    await expect.poll(() => payloads(console)[0]?.actions[0].action_id).toBe('cordon');
  });

  test('the menu behind the dots works with the keyboard', async () => {
    const console = await openConsole();
    await postCard(console);
    const page = await visit(console);
    await page.getByRole('button', { name: 'More actions' }).focus();
    await page.keyboard.press('Enter');
    await page.getByRole('menuitem', { name: 'Silence' }).waitFor();
    await page.keyboard.press('Enter');
    await expect.poll(() => payloads(console)[0]?.actions[0].selected_option?.value).toBe('silence');
  });

  test('a thread opens beside the channel, takes a reply, and "back" closes it', async () => {
    const console = await openConsole();
    const ts = await postCard(console);
    await console.slack.chat.postMessage({ channel, text: 'the lease is old', thread_ts: ts });
    const page = await visit(console);
    await page.getByRole('button', { name: '1 reply' }).click();
    const thread = page.getByRole('complementary', { name: 'Thread' });
    await thread.getByText('the lease is old').waitFor();
    await thread.getByPlaceholder('Reply…').fill('I am on it');
    await page.keyboard.press('Enter');
    await thread.getByText('I am on it').waitFor();
    await page.getByRole('button', { name: '2 replies' }).waitFor();
    const { messages = [] } = await console.slack.conversations.replies({ channel, ts });
    expect(messages.at(-1)).toMatchObject({ user: you, text: 'I am on it' });
    await page.goBack();
    await thread.waitFor({ state: 'hidden' });
  });

  test('commands are offered while they are typed; the answer is visible to the person alone and can be dismissed', async () => {
    const console = await openConsole({
      hints: () => [
        { text: '/nightshift help', description: 'What I can do' },
        { text: '/nightshift investigate ', usage: '<runbook> <target>', description: 'Run a runbook' },
      ],
    });
    console.behave((_received, response) => void response.end('I can investigate.'));
    const page = await visit(console);
    const box = page.getByPlaceholder('Message #incidents');
    await box.pressSequentially('/night');
    expect(await page.getByRole('option').count()).toBe(2);
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Tab');
    expect(await box.inputValue()).toBe('/nightshift investigate ');
    await box.fill('/nightshift help');
    await page.keyboard.press('Enter');
    const reply = page.locator('article', { hasText: 'I can investigate.' });
    await reply.getByText('Only visible to you').waitFor();
    expect(console.received[0]?.form.get('text')).toBe('help');
    expect(await box.inputValue()).toBe('');
    await reply.getByRole('button', { name: 'Dismiss message' }).click();
    await reply.waitFor({ state: 'detached' });
  });

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

  test('a drill starts with one click', async () => {
    const started: string[] = [];
    const console = await openConsole({
      drills: () => [{ id: 'kubelet', title: 'A kubelet stopped', description: 'worker-3 goes quiet' }],
      startDrill: async (id) => void started.push(id),
    });
    const page = await visit(console);
    await page.getByRole('button', { name: 'A kubelet stopped' }).click();
    await expect.poll(() => started).toEqual(['kubelet']);
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
