import { describe, expect, it } from 'vitest';
import { TryLater } from '../../../engine/errors.ts';
import { isSlacks, respondTo } from '../../../infra/slack/respond.ts';
import { validateMessage } from '../../../infra/slack/validate.ts';
import { loopback } from '../kubernetes/loopback.ts';

/** An address for answers that behaves as told, and what came of one answer to it. */
async function answering(status: number, headers: Record<string, string> = {}) {
  const seen: string[] = [];
  const logged: string[] = [];
  await using slack = await loopback((request, response) => {
    request.on('data', (chunk: Buffer) => seen.push(chunk.toString()));
    request.on('end', () => response.writeHead(status, headers).end('x'));
  });
  const note = (_: object, words: string) => void logged.push(words);
  const failure: unknown = await respondTo(
    `${slack.url}/response`,
    { text: 'Looking <!channel>' },
    { info: note, warn: note, error: note },
  ).catch((thrown: unknown) => thrown);
  return { seen, logged, failure };
}

describe('an answer given later', () => {
  it('is a valid message for the person alone, beside what was there', async () => {
    const { seen, failure } = await answering(200);

    expect(failure).toBeUndefined();
    const { replace_original, ...message } = JSON.parse(seen.join(''));
    expect(message).toMatchObject({ response_type: 'ephemeral', text: 'Looking &lt;!channel&gt;' });
    expect([replace_original, validateMessage(message)]).toEqual([false, []]);
  });

  it.each([400, 404, 410])('whose address answers %i is logged: nobody can be told any more', async (status) => {
    const { failure, logged } = await answering(status);

    expect(failure).toBeUndefined();
    expect(logged.join()).toContain('takes no more answers');
  });

  it.each([
    [429, { 'retry-after': '30' }, 30_000],
    [429, {}, 2_000],
    [500, {}, 2_000],
    [503, {}, 2_000],
    [302, { location: 'http://127.0.0.1:1/' }, 2_000],
  ])('is given again later when Slack answers %i %j', async (status, headers, retryAfterMs) => {
    const { failure } = await answering(status, headers as Record<string, string>);

    expect(failure).toBeInstanceOf(TryLater);
    expect(failure).toMatchObject({ retryAfterMs });
  });

  it('is given again later when nobody is there', async () => {
    const silent = { info() {}, warn() {}, error() {} };
    await expect(respondTo('http://127.0.0.1:1/', { text: 'x' }, silent)).rejects.toBeInstanceOf(TryLater);
  });
});

describe('an address for answers', () => {
  it.each([
    ['https://hooks.slack.com/commands/T1/2/x', undefined],
    ['https://hooks.slack.com/actions/T1/2/x', 'https://proxy.example.com/api/'],
    ['https://hooks.slack-gov.com/commands/T1/2/x', 'https://slack-gov.com/api/'],
    ['http://127.0.0.1:3000/console/response/1', 'http://127.0.0.1:3000/api/'],
  ])('is one of Slack: %s, where its API is %s', (answerTo, apiUrl) => {
    expect(isSlacks(answerTo, apiUrl)).toBe(true);
  });

  it.each([
    ['http://hooks.slack.com/commands/T1/2/x', undefined],
    ['https://hooks.slack.com:8443/x', undefined],
    ['https://hooks.slack.com@example.com/x', undefined],
    ['https://hooks.slack.com.example.com/x', undefined],
    ['https://slack.com/api/chat.postMessage', undefined],
    ['https://example.com/x', undefined],
    ['http://169.254.169.254/latest', undefined],
    ['http://127.0.0.1:3001/x', 'http://127.0.0.1:3000/api/'],
    ['not an address', undefined],
  ])('is none of Slack: %s, where its API is %s', (answerTo, apiUrl) => {
    expect(isSlacks(answerTo, apiUrl)).toBe(false);
  });
});
