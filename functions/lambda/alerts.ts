import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { messageOf } from '../../engine/errors.ts';
import { ConfigError } from '../config/error.ts';
import { alertsEntry } from './alerts-entry.ts';
import { openPlace } from './place.ts';
import { start } from './start.ts';

/** `POST /alerts`. It may write webhooks and send to the queue `investigate`, and nothing else. */
export const handler = await start<APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2>('alerts', (house) => {
  const { config, clock, log, metrics, secret, newest } = house;
  const reference = config.alerts.token;
  if (!reference) throw new ConfigError('alerts.token is missing in nightshift.yaml: write { secretsManager: ARN }');
  const { store } = openPlace(house);
  return alertsEntry({
    store,
    clock,
    metrics,
    onNotStored: (failure) =>
      log.error({ reason: messageOf(failure) }, 'alerts could not be stored: they are sent again'),
    token: () => secret(reference, 'alerts.token'),
    newest: () => newest(reference, 'alerts.token'),
  });
});
