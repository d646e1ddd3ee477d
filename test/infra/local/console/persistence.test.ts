import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { channel, manualClock, openConsole } from './harness.ts';

async function temporaryFile(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'console-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return join(folder, 'console.sqlite');
}

test('the channel, its threads and the bot’s hold on its messages outlive a restart', async () => {
  const before = await openConsole({ file: await temporaryFile() });
  const metadata = { event_type: 'incident', event_payload: { id: 'i-1' } };
  const { ts = '' } = await before.slack.chat.postMessage({ channel, text: 'card', metadata });
  await before.slack.chat.postMessage({ channel, text: 'reply', thread_ts: ts });

  const after = await before.restart();
  const history = await after.slack.conversations.history({ channel, include_all_metadata: true });
  expect(history.messages).toMatchObject([{ ts, text: 'card', metadata, reply_count: 1 }]);
  await after.slack.chat.update({ channel, ts, text: 'edited' });
  const thread = await after.slack.conversations.replies({ channel, ts });
  expect(thread.messages).toMatchObject([{ text: 'edited' }, { text: 'reply' }]);
});

test('timestamps stay unique when the clock went back over the restart', async () => {
  const file = await temporaryFile();
  const first = await openConsole({ file, clock: manualClock(new Date('2026-11-21T03:00:00Z')) });
  const { ts: earlier = '' } = await first.slack.chat.postMessage({ channel, text: 'a' });
  await first.close();
  const second = await openConsole({ file, clock: manualClock(new Date('2026-11-21T02:00:00Z')) });
  const { ts: later = '' } = await second.slack.chat.postMessage({ channel, text: 'b' });
  expect(later > earlier).toBe(true);
});
