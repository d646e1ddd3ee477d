import type { Logger } from 'pino';
import { complaintsOf } from './check-clusters.ts';
import type { OpenCluster } from './clusters.ts';
import type { Config } from './config/schema.ts';

const HOUR_MS = 3_600_000;

/**
 * Looks at every cluster now and once an hour, so that credentials nobody accepts are told by day and not by the first
 * alert; that first alert also finds a connection open. Keeps nothing waiting, and ends with what it returns.
 */
export function watchClusters(
  config: Pick<Config, 'clusters'>,
  opened: readonly OpenCluster[],
  log: Logger,
): () => void {
  const looker = { name: 'nightshift serve', config, log: { info: log.debug.bind(log) } };
  let isOver = false;
  const look = () => {
    complaintsOf(looker, opened).then(
      (complaints) => {
        // Whose connections are closed under it has nothing to tell.
        if (isOver) return;
        for (const reason of complaints) log.warn({ reason }, 'a cluster cannot be used as configured');
      },
      (failure: unknown) => log.error({ failure }, 'the look at the clusters failed'),
    );
  };
  look();
  const hourly = setInterval(look, HOUR_MS);
  return () => {
    isOver = true;
    clearInterval(hourly);
  };
}
