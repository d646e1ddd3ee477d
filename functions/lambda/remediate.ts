import { randomUUID } from 'node:crypto';
import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';
import type { Acting } from '../../engine/acting/desk.ts';
import { slackChat } from '../../infra/slack/chat.ts';
import { slackPeople } from '../../infra/slack/people.ts';
import { catalog } from '../../runbooks/catalog.ts';
import type { OpenCluster } from '../clusters.ts';
import { enabledIn } from '../enabled.ts';
import { remediateHandler } from '../remediate.ts';
import { botTokenIn, lookAtSlack } from './check-slack.ts';
import { withClusters } from './clusters.ts';
import { rulesIn, slackIn } from './desks.ts';
import { longestStepMs } from './needs.ts';
import { openPlace, openWorked } from './place.ts';
import { provenOnly } from './proof.ts';
import { remade } from './remade.ts';
import { refusedToken } from './slack-token.ts';
import { start } from './start.ts';
import { queueEntry } from './worker.ts';

/** The queue `remediate`. Nobody else can get at what may change a cluster. */
export const handler = await start<SQSEvent, SQSBatchResponse>('remediate', (house) => {
  const { config, clock, log, metrics, secret, newest, before } = house;
  const { channel, botToken, apiUrl, teamId } = slackIn(config);
  const api = { ...(apiUrl === undefined ? {} : { apiUrl }), ...(teamId === undefined ? {} : { teamId }) };
  const place = openPlace(house);
  const made = (open: readonly OpenCluster[]) =>
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
        unusable: new Map(
          open.flatMap(({ cluster, unusable }) => (unusable ? [[cluster.name, unusable] as const] : [])),
        ),
        newId: randomUUID,
      };
      return provenOnly(remediateHandler(acting, metrics), {
        token,
        newest: async () => botTokenIn(await newest(botToken, 'slack.botToken')),
        before: () => before(botToken, 'slack.botToken'),
        onUnproved(said) {
          metrics.failures.inc();
          log.error(said, 'somebody who is not Slack sent a wish in the name of a person: nothing was done');
        },
      });
    });
  // Whoever approves is told what is the matter with a cluster.
  const handlerOf = withClusters(house, config.clusters, made, { withoutAny: 'tell' });
  const token = async () => botTokenIn(await secret(botToken, 'slack.botToken'));
  house.alsoCheck(async (when) => (when === 'hourly' ? lookAtSlack(house) : token()));
  return queueEntry(openWorked(house, place), house, {
    handler: async () => (await handlerOf())(await token()),
    stopMs: longestStepMs,
    onFailure: refusedToken(house),
  });
});
