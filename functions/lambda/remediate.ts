import { randomUUID } from 'node:crypto';
import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';
import type { Acting } from '../../engine/acting/desk.ts';
import { slackChat } from '../../infra/slack/chat.ts';
import { slackPeople } from '../../infra/slack/people.ts';
import { catalog } from '../../runbooks/catalog.ts';
import { enabledIn } from '../enabled.ts';
import { remediateHandler } from '../remediate.ts';
import { withClusters } from './clusters.ts';
import { rulesIn, slackIn } from './desks.ts';
import { openPlace, openWorked } from './place.ts';
import { remade } from './remade.ts';
import { refusedToken } from './slack-token.ts';
import { start } from './start.ts';
import { queueEntry } from './worker.ts';

/** The queue `remediate`. Nobody else can get at what may change a cluster. */
export const handler = await start<SQSEvent, SQSBatchResponse>('remediate', (house) => {
  const { config, clock, log, metrics, secret } = house;
  const { channel, botToken, apiUrl, teamId } = slackIn(config);
  const api = { ...(apiUrl === undefined ? {} : { apiUrl }), ...(teamId === undefined ? {} : { teamId }) };
  const place = openPlace(house);
  const handlerOf = withClusters(house, config.clusters, (open) =>
    remade((token: string) => {
      const acting: Acting = {
        store: place.store,
        clock,
        runbooks: enabledIn(config, catalog),
        clusters: open.map(({ cluster }) => cluster),
        channel,
        rules: rulesIn(config),
        people: slackPeople({ botToken: token, ...api, clock, log }),
        chat: slackChat({ botToken: token, ...api, log }),
        writers: new Map(open.flatMap(({ cluster, writer }) => (writer ? [[cluster.name, writer] as const] : []))),
        newId: randomUUID,
      };
      return remediateHandler(acting, metrics);
    }),
  );
  return queueEntry(openWorked(house, place), house, {
    handler: async () => (await handlerOf())(await secret(botToken, 'slack.botToken')),
    onFailure: refusedToken(house),
  });
});
