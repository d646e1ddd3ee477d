import { text } from 'node:stream/consumers';
import { type Loopback, onLoopback } from './loopback.ts';

/** Secrets Manager as far as functions ask it: `GetSecretValue`, of the present version and of the one before. */
export interface SecretsManager extends Loopback {
  /** By ARN. What is not here does not exist; what is set in the place of another text makes that one the version before. */
  readonly secrets: Map<string, string>;
}

interface Version {
  readonly SecretString: string;
  /** In seconds, as AWS says it. */
  readonly CreatedDate: number;
}

interface Asked {
  readonly SecretId: string;
  readonly VersionStage?: 'AWSCURRENT' | 'AWSPREVIOUS';
}

export async function startSecretsManager(): Promise<SecretsManager> {
  const versions = new Map<string, readonly Version[]>();
  const secrets = versioned(versions);
  const server = await onLoopback(async (request, response) => {
    const { SecretId, VersionStage } = JSON.parse(await text(request)) as Asked;
    const version = versions.get(SecretId)?.at(VersionStage === 'AWSPREVIOUS' ? 1 : 0);
    response.setHeader('content-type', 'application/x-amz-json-1.1');
    if (version && secrets.has(SecretId)) response.end(JSON.stringify({ ARN: SecretId, ...version }));
    else response.writeHead(400).end(JSON.stringify({ __type: 'ResourceNotFoundException', message: "can't find it" }));
  });
  return { ...server, secrets, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() };
}

/** A map of the present texts that notes the version before each, the present one first. */
function versioned(versions: Map<string, readonly Version[]>): Map<string, string> {
  const secrets = new Map<string, string>();
  const set = secrets.set.bind(secrets);
  secrets.set = (arn, SecretString) => {
    const [present] = versions.get(arn) ?? [];
    const isNew = present?.SecretString !== SecretString;
    if (isNew) versions.set(arn, [{ SecretString, CreatedDate: Date.now() / 1_000 }, ...(present ? [present] : [])]);
    return set(arn, SecretString);
  };
  return secrets;
}
