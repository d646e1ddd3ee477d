import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { messageOf, Refused } from '../../../engine/errors.ts';
import { failureOf, nameOf } from '../failures.ts';
import { type AwsAccess, clientSettings, type Limits } from '../settings.ts';

/** Asks Secrets Manager for a secret's present text. Throws `Refused` with what to do, or `TryLater`. */
export type Vault = (arn: string) => Promise<string>;

/** One client for each region that ARNs name. */
export function openVault(access: AwsAccess, limits: Limits): Vault {
  const clients = new Map<string, SecretsManagerClient>();
  return async (arn) => {
    const region = regionOf(arn);
    const client = clients.get(region) ?? new SecretsManagerClient(clientSettings({ ...access, region }, limits));
    clients.set(region, client);
    try {
      const { SecretString } = await client.send(new GetSecretValueCommand({ SecretId: arn }));
      if (SecretString !== undefined) return SecretString;
    } catch (thrown) {
      throw refusalOf(thrown, arn);
    }
    throw new Refused('SECRET_UNUSABLE', `The secret ${arn} is binary: store it as text.`);
  };
}

function regionOf(arn: string): string {
  const [, , service, region, , kind] = arn.split(':');
  if (service === 'secretsmanager' && region && kind === 'secret') return region;
  throw new Refused(
    'SECRET_UNUSABLE',
    `secretsManager: ${arn} is not the ARN of a secret (arn:aws:secretsmanager:REGION:ACCOUNT:secret:NAME-SUFFIX).`,
  );
}

const hopeless: Readonly<Record<string, string>> = {
  ResourceNotFoundException: 'does not exist, or has no value yet: create it, or correct the ARN',
  AccessDeniedException: 'may not be read by this function: allow its role secretsmanager:GetSecretValue on the ARN',
  DecryptionFailure: 'cannot be decrypted: allow the role kms:Decrypt with its key',
  InvalidRequestException: 'is scheduled for deletion: restore it',
};

function refusalOf(thrown: unknown, arn: string): unknown {
  const words = hopeless[nameOf(thrown)];
  if (words === undefined) return failureOf(thrown, `The secret ${arn}`);
  return new Refused('SECRET_UNUSABLE', `The secret ${arn} ${words} (${messageOf(thrown)}).`, thrown);
}
