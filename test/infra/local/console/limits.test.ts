import { describe, expect, test } from 'vitest';
import { failing, outage } from '../../../../infra/local/console/faults.ts';
import { botToken, channel, client, manualClock, openConsole } from './harness.ts';

const text = 'x';
const oneASecond = { 'chat.postMessage': { perMinute: 60, burst: 1 } };

async function texts({ slack }: Awaited<ReturnType<typeof openConsole>>): Promise<readonly (string | undefined)[]> {
  const { messages = [] } = await slack.conversations.history({ channel });
  return messages.map((message) => message.text).toReversed();
}

describe('rate limits', () => {
  test('a burst of posts is tolerated, then one a second', async () => {
    const clock = manualClock();
    const { slack } = await openConsole({ clock });
    const post = () => slack.chat.postMessage({ channel, text });
    for (let count = 0; count < 5; count += 1) await post();
    await expect(post()).rejects.toMatchObject({ code: 'slack_webapi_rate_limited_error', retryAfter: 1 });
    clock.advance(999);
    await expect(post()).rejects.toMatchObject({ retryAfter: 1 });
    clock.advance(1);
    await post();
    await expect(post()).rejects.toMatchObject({ retryAfter: 1 });
  });

  test('the answer is HTTP 429 with Retry-After, and nothing was posted', async () => {
    const clock = manualClock();
    const console = await openConsole({ clock, limits: oneASecond });
    await console.slack.chat.postMessage({ channel, text });
    const response = await fetch(`${console.server.apiUrl}chat.postMessage`, {
      method: 'POST',
      headers: { authorization: 'Bearer xoxb-test-token' },
      body: new URLSearchParams({ channel, text: 'too much' }),
    });
    expect(response.status).toBe(429);
    expect(response.headers.get('retry-after')).toBe('1');
    expect(await response.json()).toEqual({ ok: false, error: 'ratelimited' });
    expect(await texts(console)).toEqual([text]);
  });

  test('edits have their own limit of 50 a minute', async () => {
    const clock = manualClock();
    const { slack } = await openConsole({ clock });
    const { ts = '' } = await slack.chat.postMessage({ channel, text });
    for (let count = 0; count < 50; count += 1) await slack.chat.update({ channel, ts, text: `${count}` });
    await expect(slack.chat.update({ channel, ts, text })).rejects.toMatchObject({ retryAfter: 2 });
    clock.advance(1200);
    await slack.chat.update({ channel, ts, text: 'again' });
  });
});

describe('faults', () => {
  test('an outage answers 503 and does nothing, until it is over', async () => {
    const clock = manualClock();
    const console = await openConsole({ clock });
    console.server.injectFaults(outage(clock, 60_000));
    await expect(console.slack.chat.postMessage({ channel, text: 'lost' })).rejects.toMatchObject({
      code: 'slack_webapi_http_error',
      statusCode: 503,
    });
    clock.advance(60_000);
    await console.slack.chat.postMessage({ channel, text: 'after' });
    expect(await texts(console)).toEqual(['after']);
  });

  test('an error after the commit, and a dropped connection after it, leave the message there', async () => {
    const console = await openConsole();
    console.server.injectFaults(failing('chat.postMessage', { kind: 'error-after-commit', status: 500 }));
    await expect(console.slack.chat.postMessage({ channel, text: 'one' })).rejects.toMatchObject({ statusCode: 500 });
    console.server.injectFaults(failing('chat.postMessage', { kind: 'drop-after-commit' }));
    await expect(console.slack.chat.postMessage({ channel, text: 'two' })).rejects.toMatchObject({
      code: 'slack_webapi_request_error',
    });
    expect(await texts(console)).toEqual(['one', 'two']);
  });

  test('a connection dropped before the commit leaves nothing', async () => {
    const console = await openConsole({ faults: failing('chat.postMessage', { kind: 'drop' }) });
    await expect(console.slack.chat.postMessage({ channel, text: 'lost' })).rejects.toMatchObject({
      code: 'slack_webapi_request_error',
    });
    expect(await texts(console)).toEqual([]);
  });

  test('a slow answer comes after an impatient caller gave up, and the message is there', async () => {
    const console = await openConsole({ faults: failing('chat.postMessage', { kind: 'slow', delayMs: 60_000 }) });
    const impatient = client(console.server.apiUrl, botToken, 50);
    await expect(impatient.chat.postMessage({ channel, text: 'late' })).rejects.toMatchObject({
      code: 'slack_webapi_request_error',
    });
    expect(await texts(console)).toEqual(['late']);
  });

  test('a refusal and a rate limit can be ordered, for as many calls as wanted', async () => {
    const console = await openConsole();
    console.server.injectFaults(failing('chat.postMessage', { kind: 'refused', error: 'fatal_error' }, 2));
    for (let count = 0; count < 2; count += 1)
      await expect(console.slack.chat.postMessage({ channel, text })).rejects.toMatchObject({
        data: { error: 'fatal_error' },
      });
    await console.slack.chat.postMessage({ channel, text });
    console.server.injectFaults(failing('chat.postMessage', { kind: 'rate-limited', retryAfterSeconds: 30 }));
    await expect(console.slack.chat.postMessage({ channel, text })).rejects.toMatchObject({ retryAfter: 30 });
    console.server.injectFaults();
    expect(await texts(console)).toEqual([text]);
  });
});
