import { text } from 'node:stream/consumers';
import { type Loopback, onLoopback } from './loopback.ts';

/** Secrets Manager as far as functions ask it: `GetSecretValue`. */
export interface SecretsManager extends Loopback {
  /** By ARN. What is not here does not exist. */
  readonly secrets: Map<string, string>;
}

export async function startSecretsManager(): Promise<SecretsManager> {
  const secrets = new Map<string, string>();
  const server = await onLoopback(async (request, response) => {
    const { SecretId } = JSON.parse(await text(request)) as { SecretId: string };
    const SecretString = secrets.get(SecretId);
    response.setHeader('content-type', 'application/x-amz-json-1.1');
    if (SecretString !== undefined) response.end(JSON.stringify({ ARN: SecretId, SecretString }));
    else response.writeHead(400).end(JSON.stringify({ __type: 'ResourceNotFoundException', message: "can't find it" }));
  });
  return { ...server, secrets, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() };
}
