import { describe, expect, test } from 'vitest';
import { needs } from '../harness/programs.ts';
import { channel, openConsole, section, type TestConsole, you } from '../infra/local/console/harness.ts';
import { plain, postCard, useBrowser } from './console-page.ts';

describe.skipIf(needs('chromium'))('the console in a browser', () => {
  const visit = useBrowser();
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
    expect(await seen('.field')).toBe('Cluster\npractice|Person\n@Rosa Requester');
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
});
