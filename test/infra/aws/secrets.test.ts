import { afterEach, describe, expect, it } from 'vitest';
import { Refused } from '../../../engine/errors.ts';
import { accessTo } from '../../../infra/aws/local/emulators.ts';
import { startSecretsManager } from '../../../infra/aws/local/secrets-manager.ts';
import { createSecrets } from '../../../infra/aws/secrets/secrets.ts';
import { type Faulty, inFrontOf } from '../../harness/aws/faulty.ts';
import { impatient } from './fresh.ts';

const arn = 'arn:aws:secretsmanager:eu-central-1:123456789012:secret:nightshift/slack-AbCdEf';
const operation = 'GetSecretValue';
const opened: Faulty[] = [];
afterEach(async () => {
  for (const server of opened.splice(0)) await server[Symbol.asyncDispose]();
});

/** Secrets Manager as far as one secret is concerned: every request gets what `answer` says. */
async function vault() {
  let now = Date.parse('2026-03-01T00:00:00Z');
  const server = await inFrontOf(accessTo(1));
  opened.push(server);
  const secrets = createSecrets(server.access, { now: () => new Date(now) }, impatient);
  return {
    secrets,
    server,
    asked: server.asked,
    holds: (SecretString: string) => server.fail(operation, { kind: 'answered', body: { ARN: arn, SecretString } }),
    binary: () => server.fail(operation, { kind: 'answered', body: { ARN: arn, SecretBinary: 'AAAA' } }),
    refuses: (error: string) => server.fail(operation, { kind: 'refused', error }),
    silent: () => server.fail(operation, { kind: 'silent' }),
    pass: (seconds: number) => {
      now += seconds * 1_000;
    },
  };
}

const failureOf = (work: Promise<unknown>) => work.catch((thrown: unknown) => thrown);

describe('a secret', () => {
  it('is asked for once, however many want it at once and soon after', async () => {
    const { secrets, asked, holds, pass } = await vault();
    holds('xoxb-one');
    expect(await Promise.all([1, 2, 3].map(() => secrets.read({ arn })))).toEqual(['xoxb-one', 'xoxb-one', 'xoxb-one']);
    pass(299);
    expect(await secrets.read({ arn })).toBe('xoxb-one');
    expect(asked).toEqual([operation]);
  });

  it('that was rotated is noticed after five minutes', async () => {
    const { secrets, holds, pass } = await vault();
    holds('old');
    await secrets.read({ arn });
    holds('new');
    pass(299);
    expect(await secrets.read({ arn })).toBe('old');
    pass(1);
    expect(await secrets.read({ arn })).toBe('new');
  });

  it('that was refused is asked for anew at once, but not again and again', async () => {
    const { secrets, asked, holds, pass } = await vault();
    holds('old');
    await secrets.read({ arn });
    pass(31);
    holds('new');
    secrets.wasRefused({ arn });
    expect(await secrets.read({ arn })).toBe('new');
    for (let n = 0; n < 5; n += 1) {
      secrets.wasRefused({ arn });
      expect(await secrets.read({ arn })).toBe('new');
    }
    expect(asked).toHaveLength(2);
    pass(30);
    await secrets.read({ arn });
    expect(asked).toHaveLength(3);
  });

  it('is asked for anew for whoever shows us what does not fit, once in half a minute', async () => {
    const { secrets, asked, holds, pass } = await vault();
    holds('old');
    await secrets.read({ arn });
    pass(31);
    holds('new');
    expect(await secrets.newest({ arn })).toBe('new');
    for (let n = 0; n < 5; n += 1) expect(await secrets.newest({ arn })).toBe('new');
    expect(asked).toHaveLength(2);
    pass(30);
    await secrets.newest({ arn });
    expect(asked).toHaveLength(3);
  });

  it('that nobody can be asked for now is used as it is known, at once, whatever a stranger shows us', async () => {
    const { secrets, asked, holds, silent, pass } = await vault();
    holds('known');
    await secrets.read({ arn });
    pass(31);
    silent();
    const stranger = secrets.newest({ arn });
    const before = asked.length;
    for (let n = 0; n < 100; n += 1) expect(await secrets.read({ arn })).toBe('known');
    // Nobody else has asked, nor waited for it.
    expect(asked.length - before).toBeLessThanOrEqual(1);
    expect(await stranger).toBe('known');
    const tries = asked.length;
    expect(await secrets.newest({ arn })).toBe('known');
    expect(asked).toHaveLength(tries);
  });

  it('may be one text of a JSON object', async () => {
    const { secrets, asked, holds } = await vault();
    holds(JSON.stringify({ botToken: 'xoxb-one', signingSecret: 'signed' }));
    expect(await secrets.read({ arn, key: 'botToken' })).toBe('xoxb-one');
    expect(await secrets.read({ arn, key: 'signingSecret' })).toBe('signed');
    expect(asked).toHaveLength(1);
  });

  it.each([
    ['plain text', 'a-secret-word'],
    ['a list', '["a-secret-word"]'],
    ['null', 'null'],
    ['an object without that key', '{"other":"a-secret-word"}'],
    ['an object with a number there', '{"botToken":5}'],
  ])('is refused when a key is wanted and it is %s, without a word of it', async (_what, text) => {
    const { secrets, holds } = await vault();
    holds(text);
    const failure = await failureOf(secrets.read({ arn, key: 'botToken' }));
    expect(failure).toMatchObject({ code: 'SECRET_UNUSABLE', message: expect.stringContaining('"botToken"') });
    expect(String(failure)).not.toContain('a-secret-word');
  });
});

describe('what a secret holds', () => {
  it.each(['a-secret-word\n', ' a-secret-word', 'a-secret-word\r\n'])(
    'is what stands in it without the white space around it: %j',
    async (text) => {
      const { secrets, holds, pass } = await vault();
      holds(text);
      expect(await secrets.read({ arn })).toBe('a-secret-word');
      holds(JSON.stringify({ token: text }));
      pass(300);
      expect(await secrets.read({ arn, key: 'token' })).toBe('a-secret-word');
    },
  );

  it.each([
    ['nothing', '', undefined, 'is empty'],
    ['white space', ' \n', undefined, 'is empty'],
    ['nothing under the key', '{"token":" "}', 'token', 'nothing under "token"'],
    [
      'a JSON object, as the console makes it, and no key is named',
      '{"token":"a-secret-word"}',
      undefined,
      'key: NAME',
    ],
  ])('is refused when it is %s', async (_what, text, key, words) => {
    const { secrets, holds } = await vault();
    holds(text);
    const failure = await failureOf(secrets.read(key === undefined ? { arn } : { arn, key }));
    expect(failure).toMatchObject({ code: 'SECRET_UNUSABLE', message: expect.stringContaining(words) });
    expect(String(failure)).not.toContain('a-secret-word');
  });

  it('may be a kubeconfig in JSON', async () => {
    const { secrets, holds } = await vault();
    holds('{"apiVersion":"v1","kind":"Config","clusters":[]}');
    expect(await secrets.read({ arn })).toContain('"clusters"');
  });
});

describe('the secret before', () => {
  /** Secrets Manager with versions. */
  async function versions() {
    const server = await startSecretsManager();
    opened.push(server as unknown as Faulty);
    const access = accessTo(Number(new URL(server.url).port));
    return { held: server.secrets, secrets: createSecrets(access, { now: () => new Date() }, impatient) };
  }

  it('is what stood there until it was replaced, and when that was', async () => {
    const { held, secrets } = await versions();
    held.set(arn, JSON.stringify({ botToken: 'xoxb-old' }));
    const from = Date.now();
    held.set(arn, JSON.stringify({ botToken: 'xoxb-new' }));
    const replaced = await secrets.before({ arn, key: 'botToken' });
    expect(replaced?.text).toBe('xoxb-old');
    expect(Math.abs((replaced?.replacedAt.getTime() ?? 0) - from)).toBeLessThan(5_000);
  });

  it('is none where it never was another one, or not one that can be used', async () => {
    const { held, secrets } = await versions();
    expect(await secrets.before({ arn })).toBeUndefined();
    held.set(arn, 'first');
    expect(await secrets.before({ arn })).toBeUndefined();
    held.set(arn, 'second');
    expect(await secrets.before({ arn, key: 'botToken' })).toBeUndefined();
  });

  it('is no answer while nobody can be asked: what it would prove waits', async () => {
    const { secrets, refuses } = await vault();
    refuses('ThrottlingException');
    await expect(secrets.before({ arn })).rejects.toMatchObject({ code: 'TRY_LATER' });
  });
});

describe('a secret that cannot be had', () => {
  it.each([
    ['ResourceNotFoundException', 'does not exist'],
    ['ResourceNotFoundException', 'a dash and six characters that AWS adds to the name'],
    ['AccessDeniedException', 'a dash and six characters that AWS adds to the name'],
    ['AccessDeniedException', 'secretsmanager:GetSecretValue'],
    ['DecryptionFailure', 'kms:Decrypt'],
    ['InvalidRequestException', 'scheduled for deletion'],
  ])('for ever says what to do: %s', async (error, words) => {
    const { secrets, refuses } = await vault();
    refuses(error);
    const failure = await failureOf(secrets.read({ arn }));
    expect(failure).toBeInstanceOf(Refused);
    expect(failure).toMatchObject({ message: expect.stringContaining(words) });
    expect(failure).toMatchObject({ message: expect.stringContaining(arn) });
  });

  it('since it stands under a key that this role may not use', async () => {
    const { secrets, server } = await vault();
    const message = 'Access to KMS is not allowed';
    server.fail(operation, { kind: 'refused', error: 'AccessDeniedException', message });
    const failure = await failureOf(secrets.read({ arn }));
    expect(failure).toMatchObject({ message: expect.stringContaining('kms:Decrypt') });
    expect(String(failure)).not.toContain('secretsmanager:GetSecretValue');
  });

  it('because it is binary', async () => {
    const { secrets, binary } = await vault();
    binary();
    await expect(secrets.read({ arn })).rejects.toMatchObject({ message: expect.stringContaining('store it as text') });
  });

  it('because that is no ARN of a secret', async () => {
    const { secrets, asked } = await vault();
    for (const wrong of ['nightshift/slack', 'arn:aws:ssm:eu-central-1:1:parameter/x', '']) {
      await expect(secrets.read({ arn: wrong })).rejects.toMatchObject({ code: 'SECRET_UNUSABLE' });
    }
    expect(asked).toEqual([]);
  });

  it('now: to who has never had it that is a reason to come back', async () => {
    const { secrets, silent, holds } = await vault();
    silent();
    await expect(secrets.read({ arn })).rejects.toMatchObject({ code: 'TRY_LATER' });
    holds('here');
    expect(await secrets.read({ arn })).toBe('here');
  });

  it('now: who has had it goes on with that, and asks again after half a minute', async () => {
    const { secrets, asked, holds, refuses, pass } = await vault();
    holds('old');
    await secrets.read({ arn });
    refuses('ThrottlingException');
    pass(300);
    expect(await secrets.read({ arn })).toBe('old');
    // Three tries, of which a slow machine has not made all by then: who asks now waits for the same answer.
    expect(await secrets.newest({ arn })).toBe('old');
    expect(asked).toHaveLength(4);
    pass(29);
    expect(await secrets.read({ arn })).toBe('old');
    expect(asked).toHaveLength(4);
    holds('new');
    pass(1);
    expect(await secrets.read({ arn })).toBe('new');
  });

  it('now, in silence: who has had it waits a moment, and the newer one is there for who asks later', async () => {
    const { secrets, asked, holds, silent, pass } = await vault();
    holds('old');
    await secrets.read({ arn });
    silent();
    pass(300);
    expect(await secrets.read({ arn })).toBe('old');
    // Of three tries of 1,000 ms the first is under way.
    expect(asked).toHaveLength(2);
    holds('new');
    await expect.poll(() => secrets.read({ arn }), { timeout: 10_000 }).toBe('new');
  });

  it('any more, because it was taken from us, is refused, although it was had before', async () => {
    const { secrets, holds, refuses, pass } = await vault();
    holds('old');
    await secrets.read({ arn });
    refuses('AccessDeniedException');
    pass(300);
    await expect(secrets.read({ arn })).rejects.toBeInstanceOf(Refused);
  });
});
