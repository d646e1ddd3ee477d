import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';
import type { Acting } from '../../engine/acting/desk.ts';
import { offersOf } from '../../engine/acting/offers.ts';
import { slackChat } from '../../infra/slack/chat.ts';
import { catalog } from '../../runbooks/catalog.ts';
import { announceHandler } from '../announce.ts';
import { enabledIn } from '../enabled.ts';
import { botTokenIn, lookAtChannel, lookAtSlack } from './check-slack.ts';
import { decidesNothing, namesOfClusters, namesOfWriters, rulesIn, slackIn } from './desks.ts';
import { openPlace, openWorked } from './place.ts';
import { remade } from './remade.ts';
import { refusedToken } from './slack-token.ts';
import { start } from './start.ts';
import { queueEntry } from './worker.ts';

/** The queue `announce`. It speaks to Slack, and reaches no cluster. */
export const handler = await start<SQSEvent, SQSBatchResponse>('announce', (house) => {
  const { config, clock, log, metrics, secret } = house;
  const { channel, botToken, apiUrl } = slackIn(config);
  const place = openPlace(house);
  const announcing = remade((token: string) => {
    const chat = slackChat({ botToken: token, ...(apiUrl === undefined ? {} : { apiUrl }), log });
    const desk: Acting = {
      store: place.store,
      clock,
      runbooks: enabledIn(config, catalog),
      clusters: namesOfClusters(config, clock),
      channel,
      rules: rulesIn(config),
      chat,
      writers: namesOfWriters(config),
      ...decidesNothing,
      offers: (incident) => offersOf(desk, incident),
    };
    return announceHandler(desk, chat, metrics);
  });
  const token = async () => botTokenIn(await secret(botToken, 'slack.botToken'));
  house.alsoCheck(async (when) => {
    if (when !== 'hourly') return void (await token());
    await lookAtSlack(house);
    await lookAtChannel(house);
  });
  return queueEntry(openWorked(house, place), house, {
    handler: async () => announcing(await token()),
    onFailure: refusedToken(house),
  });
});
