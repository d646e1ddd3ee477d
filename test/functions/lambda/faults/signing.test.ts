import { afterAll, beforeAll, expect, it } from 'vitest';
import { startFunction } from '../../../../infra/aws/local/function.ts';
import { sign } from '../../../../infra/slack/signature.ts';
import { httpEvent } from '../events.ts';
import { arn } from '../packaged.ts';
import { faultStage, type Stage } from './stage.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await faultStage();
}, 240_000);
afterAll(() => stage?.[Symbol.asyncDispose]());

/** As Slack sends it, signed with what the app has. */
function command(signingSecret: string) {
  const body = 'command=%2Fnightshift&text=runbooks&team_id=T0PRACTICE&user_id=U1&channel_id=C1&trigger_id=1.2.3';
  const timestamp = String(Math.floor(Date.now() / 1_000));
  return httpEvent({
    path: '/slack/events',
    body,
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      'x-slack-request-timestamp': timestamp,
      'x-slack-signature': sign(Buffer.from(body), timestamp, signingSecret),
    },
  });
}

it('slack with a verification token for its signing secret: the hourly check doubts it, and each press is counted', async () => {
  const known = JSON.parse(stage.vault.secrets.get(arn('slack')) ?? '') as { readonly botToken: string };
  stage.vault.secrets.set(arn('slack'), JSON.stringify({ ...known, signingSecret: 'aVerificationToken24char' }));
  await using slack = await startFunction(stage.zipOf('slack'), stage.environmentFor('slack'));

  await slack.invoke({ check: 'configuration' });
  expect(slack.logged()).toContainEqual(
    expect.objectContaining({ level: 'WARN', message: expect.stringContaining('does not look like a Signing Secret') }),
  );
  expect(slack.logged()).not.toContainEqual(expect.objectContaining({ PressesUnauthorized: expect.anything() }));
  expect(await slack.invoke(command('0123456789abcdef0123456789abcdef'))).toMatchObject({ statusCode: 401 });
  expect(slack.logged()).toContainEqual(expect.objectContaining({ PressesUnauthorized: 1 }));
});
