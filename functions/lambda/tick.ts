import { decideRejectedAnew } from '../../engine/rejected.ts';
import type { Desk } from '../../engine/triage.ts';
import { catalog } from '../../runbooks/catalog.ts';
import { enabledIn } from '../enabled.ts';
import { tick } from '../tick.ts';
import { namesOfClusters, slackIn } from './desks.ts';
import { openPlace } from './place.ts';
import { start } from './start.ts';

/** What the schedules in serverless.yml send. A sweep alone costs one small request, so it comes more often. */
export interface Due {
  readonly due: 'sweep' | 'repair';
}

/** The clock. It reaches no cluster and no Slack: what it finds undone it asks for again. */
export const handler = await start<Due, void>('tick', (house) => {
  const { config, clock, log, metrics } = house;
  const { store, queue } = openPlace(house);
  const clusters = namesOfClusters(config, clock);
  const desk: Desk = { store, clock, runbooks: enabledIn(config, catalog), clusters, channel: slackIn(config).channel };

  return async ({ due }) => {
    const sent = await store.sweep();
    if (sent > 0) log.warn({ sent }, 'sent messages that somebody had left behind in the table');
    // Another configuration comes with a deployment, which no process sees begin.
    const anew = due === 'repair' ? await decideRejectedAnew(desk) : 0;
    if (anew > 0) log.info({ alerts: anew }, 'a configured cluster fits alerts now that none fitted before');
    const { repaired } = due === 'repair' ? await tick(desk, queue) : { repaired: [] };
    for (const repair of repaired)
      log.warn({ ...repair }, `asked again for the ${repair.missing}: it was long overdue`);
    if (sent + repaired.length > 0) metrics.repairs.inc(sent + repaired.length);
  };
});
