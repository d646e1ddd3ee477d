import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { KnownBlock } from '@slack/web-api';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, expect, onTestFinished } from 'vitest';
import { pathOf } from '../harness/programs.ts';
import { channel, type TestConsole } from '../infra/local/console/harness.ts';

export const plain = (text: string) => ({ type: 'plain_text', text }) as const;
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

/** Posts that message; its ts. */
export async function postCard({ slack, origin }: TestConsole): Promise<string> {
  const blocks = everyBlock(origin) as unknown as KnownBlock[];
  const { ts = '' } = await slack.chat.postMessage({ channel, text: 'card', blocks });
  return ts;
}

export type Visit = (
  console: Pick<TestConsole, 'origin'>,
  options?: BrowserContextOptions,
  path?: string,
) => Promise<Page>;

/**
 * Starts a browser for the tests around it. Returns how to open the console in it: the test then fails on any error or
 * broken policy that the browser reports, and on any request to another place.
 */
export function useBrowser(): Visit {
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

  return async ({ origin }, options = {}, path = '/') => {
    const context = await browser.newContext({ viewport: { width: 1280, height: 860 }, ...options });
    const page = await context.newPage();
    const complaints: string[] = [];
    // A connection that is cut on purpose is no fault of the page; a file that is missing is.
    const isFault = (text: string) => !text.includes('net::ERR_');
    page.on('pageerror', (error) => complaints.push(error.message));
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
  };
}

/** The families of the machine's fonts that draw an element's own text, as Chromium says. */
export async function fontsOf(page: Page, selector: string): Promise<string[]> {
  const devtools = await page.context().newCDPSession(page);
  await devtools.send('DOM.enable');
  await devtools.send('CSS.enable');
  const { root } = await devtools.send('DOM.getDocument');
  const { nodeId } = await devtools.send('DOM.querySelector', { nodeId: root.nodeId, selector });
  const { fonts } = await devtools.send('CSS.getPlatformFontsForNode', { nodeId });
  await devtools.detach();
  return fonts.map((font) => font.familyName);
}

/** Where the README's pictures come from; run with NIGHTSHIFT_PICTURES=docs to renew them. */
export async function picture(page: Page, name: string): Promise<void> {
  const directory = process.env.NIGHTSHIFT_PICTURES;
  if (directory === undefined) return;
  mkdirSync(directory, { recursive: true });
  await page.screenshot({ path: join(directory, `${name}.png`) });
}
