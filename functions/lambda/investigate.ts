import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { isSlacks, respondTo } from '../../infra/slack/respond.ts';
import { catalog } from '../../runbooks/catalog.ts';
import type { OpenCluster } from '../clusters.ts';
import type { Commanded } from '../commands.ts';
import { enabledIn } from '../enabled.ts';
import { investigateHandler } from '../investigate.ts';
import { answering } from './asked.ts';
import { withClusters } from './clusters.ts';
import { rulesIn, slackIn } from './desks.ts';
import { looksOfOne } from './needs.ts';
import { openPlace, openWorked } from './place.ts';
import { start } from './start.ts';
import { queueEntry } from './worker.ts';

/** The queue `investigate`. It reads clusters, and holds nothing that could change one. */
export const handler = await start<SQSEvent, SQSBatchResponse>('investigate', (house) => {
  const { config, clock, log, metrics } = house;
  const { channel, apiUrl } = slackIn(config);
  const place = openPlace(house);
  const onlyLooking = config.clusters.map(({ fixer: _fixer, ...cluster }) => cluster);
  const made = (open: readonly OpenCluster[]) => {
    const clusters = open.map(({ cluster }) => cluster);
    const runbooks = enabledIn(config, catalog);
    const desk: Commanded = { store: place.store, clock, runbooks, clusters, channel, rules: rulesIn(config) };
    return answering(investigateHandler(desk, metrics, { looksAtOnce: looksOfOne }), {
      desk,
      mayAnswer: (answerTo) => isSlacks(answerTo, apiUrl),
      answer: (answerTo, reply) => respondTo(answerTo, reply, log),
    });
  };
  const handlerOf = withClusters(house, onlyLooking, made, { withoutAny: 'wait' });
  return queueEntry(openWorked(house, place), house, { handler: handlerOf });
});
