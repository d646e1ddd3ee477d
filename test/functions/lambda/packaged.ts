import type { APIGatewayProxyStructuredResultV2, SQSBatchResponse } from 'aws-lambda';
import { type RemediateMessage, remediateMessage } from '../../../engine/acting/messages.ts';
import type { Outgoing } from '../../../engine/ports.ts';
import { PRACTICE_CHANNEL } from '../../../functions/channel.ts';
import { systemClock } from '../../../functions/clock.ts';
import { arnOf as arn } from '../../../functions/lambda/local/configuration.ts';
import { startGateway } from '../../../functions/lambda/local/gateway.ts';
import { type LocalPlaceOptions, openLocalPlace } from '../../../functions/lambda/local/place.ts';
import { mapped } from '../../../functions/lambda/local/stack.ts';
import { type FunctionName, functionNames } from '../../../functions/lambda/needs.ts';
import { proven } from '../../../functions/lambda/proof.ts';
import { handOver } from '../../../infra/aws/local/event-source.ts';
import { type Guard, guard } from '../../harness/aws/guard.ts';
import { stamped } from '../../harness/stamped.ts';
import { expected } from '../../infra/aws/package/statements.ts';
import { httpEvent } from './events.ts';

export { arn };
export const channel = PRACTICE_CHANNEL.id;
const secrets = {
  token: 'a long random string',
  botToken: 'xoxb-packaged',
  signingSecret: 'packaged-signing-secret',
};
/** As the function `slack` sends a press. */
export function pressed(body: RemediateMessage): Outgoing {
  const wish = stamped(body, systemClock);
  return { ...remediateMessage(wish), body: proven(wish, secrets.botToken) };
}

type Guards = Record<'dynamodb' | 'sqs', Guard>;

/**
 * The packaged functions as `npm run lambda:local` has them, each behind guards that let through what its role allows.
 * Here nobody polls: a test hands over what is due when it wants it done.
 */
export async function packagedFunctions({
  world,
  limits,
}: Pick<LocalPlaceOptions, 'limits'> & { readonly world: string }) {
  const open = new AsyncDisposableStack();
  const guards = mapped(functionNames, () => ({}) as Guards);
  let url = '';
  const local = open.use(
    await openLocalPlace({
      url: () => url,
      secrets,
      practice: { world },
      ...(limits ? { limits } : {}),
      processes: 1,
      logLevel: 'info',
      async between(name, service, emulator) {
        guards[name][service] = open.use(await guard(emulator, expected[name]));
        return guards[name][service].url;
      },
    }),
  );
  const { stack, console, place } = local;
  const invoke = (name: FunctionName, event: unknown) => local.invoke<APIGatewayProxyStructuredResultV2>(name, event);
  const onTrouble = (name: FunctionName, reason: string) => {
    throw new Error(`${name}: ${reason}`);
  };
  const where = { host: '127.0.0.1', port: 0, functions: stack.functions, page: console.handlePage };
  const gateway = open.use(await startGateway({ ...where, invoke, onTrouble }));
  url = gateway.url;

  /** Lambda's pollers: hands over everything that is due, on all queues, until there is nothing. */
  async function settle(): Promise<void> {
    for (let handed = 1; handed > 0; ) {
      handed = 0;
      for (const name of functionNames) {
        const { source } = stack.functions[name];
        if (!source) continue;
        const handle = (Records: readonly unknown[]) => local.invoke<SQSBatchResponse>(name, { Records });
        handed += (await handOver(place.sqs, local.urlOf(source.queue), handle)).handed;
      }
    }
  }

  return {
    ...local,
    ...{ guards, settle },
    run: (name: FunctionName) => local.pools[name],
    alert: (bearer = secrets.token, webhook: unknown = local.practice.alertFor(world)) => {
      const headers = { 'content-type': 'application/json', authorization: `Bearer ${bearer}` };
      return invoke('alerts', httpEvent({ path: '/alerts', headers, body: JSON.stringify(webhook) }));
    },
    /** Where the console's page is. */
    origin: url,
    /** As a person at that page. */
    type: async (command: string) => {
      const response = await fetch(`${url}/console/command`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', origin: url },
        body: JSON.stringify({ text: command }),
      });
      return (await response.json()) as { readonly ok: boolean };
    },
    [Symbol.asyncDispose]: () => open.disposeAsync(),
  };
}
