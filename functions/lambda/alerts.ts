import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { ConfigError } from '../config/error.ts';
import { alertsEntry } from './alerts-entry.ts';
import { openPlace } from './place.ts';
import { start } from './start.ts';

/** `POST /alerts`. It may write webhooks and send to the queue `investigate`, and nothing else. */
export const handler = await start<APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2>('alerts', (house) => {
  const { config, clock, metrics, secret, newest } = house;
  const reference = config.alerts.token;
  if (!reference) throw new ConfigError('alerts.token is missing in nightshift.yaml: write { secretsManager: ARN }');
  const { store } = openPlace(house);
  return alertsEntry({
    store,
    clock,
    metrics,
    token: () => secret(reference, 'alerts.token'),
    newest: () => newest(reference, 'alerts.token'),
  });
});
