import * as z from 'zod';

/** In AWS Lambda. One secret: with a `*` or a `?` in it IAM would grant whatever it fits. */
export const SecretsManager = z.strictObject({
  secretsManager: z
    .string()
    .regex(
      /^arn:[\w-]+:secretsmanager:[\w-]+:\d{12}:secret:[\w/+=.@-]+-[A-Za-z0-9]{6}$/,
      'the whole ARN of a secret, with the dash and the six characters that AWS adds to its name, such as arn:aws:secretsmanager:eu-west-1:111122223333:secret:nightshift/alerts-a1B2c3',
    )
    .meta({ description: 'ARN in AWS Secrets Manager' }),
  key: z.string().min(1).optional().meta({ description: 'Of a secret that is a JSON object: which member' }),
});

/** A web address, as everybody may read it: this file is shared, and in AWS it lies in the code of every function. */
export function address(error: string, instead: string) {
  return z
    .url({ protocol: /^https?$/, error })
    .refine(
      (text) => {
        const url = URL.parse(text);
        return !url?.username && !url?.password;
      },
      { error: `has a user or a password in it, and no secret stands in this file: ${instead}` },
    )
    .refine((text) => !URL.parse(text)?.search, {
      error: `has a query in it, which may be a key, and no secret stands in this file: ${instead}`,
    });
}

/** A PEM file in base64, as `certificate-authority-data` of a kubeconfig. */
export const Certificates = z
  .base64('a PEM file in base64: base64 -w0 ca.crt')
  .refine((text) => Buffer.from(text, 'base64').includes('-----BEGIN CERTIFICATE-----'), {
    error: 'holds no PEM certificate: base64 -w0 ca.crt',
  });

/** A secret by reference: configuration files are shared and committed, secrets are not. */
export const Secret = z.union(
  [
    z.strictObject({ env: z.string().min(1).meta({ description: 'Name of an environment variable' }) }),
    z.strictObject({ file: z.string().min(1).meta({ description: 'Path of a file; relative to this file' }) }),
    SecretsManager,
  ],
  {
    error:
      'a secret does not stand in this file: write { env: NAME }, the name of an environment variable, or { file: PATH }, a file that holds it (in AWS Lambda { secretsManager: ARN })',
  },
);
export type Secret = z.infer<typeof Secret>;
