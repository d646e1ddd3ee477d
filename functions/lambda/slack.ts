import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { sqsClient } from '../../infra/aws/clients.ts';
import { createSender } from '../../infra/aws/queue/send.ts';
import type { Limits } from '../../infra/aws/settings.ts';
import { createLambdaSlackApp } from '../../infra/slack/app-lambda.ts';
import { botTokenIn, doubtSigningSecret, lookAtSlack, signingSecretIn } from './check-slack.ts';
import { slackIn } from './desks.ts';
import type { House } from './house.ts';
import { sending } from './place.ts';
import { proving } from './proof.ts';
import { remade } from './remade.ts';
import { queuedSlackHandlers, slackEntry } from './slack-entry.ts';
import { start } from './start.ts';

/** Slack waits for 3 s, and a window has to open in them as well: two tries that are lost must leave time to say so. */
const quickly: Limits = { connectMs: 300, answerMs: 500, silenceMs: 500, attempts: 2 };

/** `POST /slack/events`. It may send to the queues `investigate` and `remediate`; it reaches no cluster and no store. */
export const handler = await start<APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2>('slack', (house) => {
  const { config, clock, log, metrics, secret, newest } = house;
  const { botToken, signingSecret, teamId, apiUrl } = slackIn(config);
  const { aws, queues } = house.environment;
  const token = async () => botTokenIn(await secret(botToken, 'slack.botToken'));
  const queue = sending(createSender(sqsClient(aws.sqs, quickly), queues), clock);
  const handlers = queuedSlackHandlers(proving(queue, token), clock);
  const appWith = remade((token: string, signing: string) =>
    createLambdaSlackApp({
      botToken: token,
      signingSecret: signing,
      ...(teamId === undefined ? {} : { teamId }),
      ...(apiUrl === undefined ? {} : { apiUrl }),
      handlers,
      clock,
      log,
    }),
  );
  const signing = (from: House['secret']) => from(signingSecret, 'slack.signingSecret').then(signingSecretIn);
  const app = async (from: House['secret']) => appWith(...(await Promise.all([token(), signing(from)])));
  house.alsoCheck(async (when) => {
    const [, signedWith] = await Promise.all([token(), signing(secret)]);
    if (when !== 'hourly') return;
    doubtSigningSecret(signedWith, log);
    await lookAtSlack(house);
  });
  return slackEntry({ app: () => app(secret), newest: () => app(newest), clock, metrics });
});
