import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

/** Secrets Manager as far as functions ask it: `GetSecretValue`. */
export interface SecretsManager extends AsyncDisposable {
  readonly url: string;
  /** By ARN. What is not here does not exist. */
  readonly secrets: Map<string, string>;
  /** ARNs, as they were asked for. */
  readonly asked: string[];
}

export async function startSecretsManager(): Promise<SecretsManager> {
  const secrets = new Map<string, string>();
  const asked: string[] = [];
  const server = createServer(async (request, response) => {
    const { SecretId } = JSON.parse(await text(request)) as { SecretId: string };
    asked.push(SecretId);
    const SecretString = secrets.get(SecretId);
    response.setHeader('content-type', 'application/x-amz-json-1.1');
    if (SecretString !== undefined) response.end(JSON.stringify({ ARN: SecretId, SecretString }));
    else response.writeHead(400).end(JSON.stringify({ __type: 'ResourceNotFoundException', message: "can't find it" }));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    secrets,
    asked,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    },
  };
}
