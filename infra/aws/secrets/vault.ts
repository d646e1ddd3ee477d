import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { messageOf, Refused } from '../../../engine/errors.ts';
import { failureOf, nameOf } from '../failures.ts';
import { type AwsAccess, clientSettings, type Limits } from '../settings.ts';

export interface Version {
  readonly text: string;
  /** Of this version: of the present one, when the one before was replaced. */
  readonly createdAt?: Date | undefined;
}

/** Asks Secrets Manager for what a secret is now, or was before. Throws `Refused` with what to do, or `TryLater`. */
export type Vault = (arn: string, stage?: 'AWSPREVIOUS') => Promise<Version>;

/** One client for each region that ARNs name. */
export function openVault(access: AwsAccess, limits: Limits): Vault {
  const clients = new Map<string, SecretsManagerClient>();
  return async (arn, stage) => {
    const region = regionOf(arn);
    const client = clients.get(region) ?? new SecretsManagerClient(clientSettings({ ...access, region }, limits));
    clients.set(region, client);
    try {
      const command = new GetSecretValueCommand({ SecretId: arn, ...(stage ? { VersionStage: stage } : {}) });
      const { SecretString: text, CreatedDate: createdAt } = await client.send(command);
      if (text !== undefined) return { text, createdAt };
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

/** https://repost.aws/knowledge-center/lambda-kmsaccessdeniedexception-errors: the same name, and other words. */
const LACKS_KEY =
  'stands under a key of your own: allow this role kms:Decrypt with that key, in the policy of the key (infra/aws/README.md)';

/** A name may itself end in a dash and six letters (`nightshift-alerts`), so that nobody sees what is missing. */
const WHOLE = 'the whole ARN, which ends in a dash and six characters that AWS adds to the name';

const hopeless: Readonly<Record<string, string>> = {
  ResourceNotFoundException: `does not exist, or has no value yet: create it, or correct the ARN: ${WHOLE}`,
  AccessDeniedException: `may not be read by this function: is it ${WHOLE}? If it is, allow its role secretsmanager:GetSecretValue on it`,
  DecryptionFailure: 'cannot be decrypted: allow the role kms:Decrypt with its key',
  InvalidRequestException: 'is scheduled for deletion: restore it',
};

function refusalOf(thrown: unknown, arn: string): unknown {
  const name = nameOf(thrown);
  const words = name === 'AccessDeniedException' && /\bKMS\b/i.test(messageOf(thrown)) ? LACKS_KEY : hopeless[name];
  if (words === undefined) return failureOf(thrown, `The secret ${arn}`);
  return new Refused('SECRET_UNUSABLE', `The secret ${arn} ${words} (${messageOf(thrown)}).`, thrown);
}
