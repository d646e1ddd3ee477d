import { expect, it } from 'vitest';
import { messageOf } from '../../engine/errors.ts';
import { parseConfig } from '../../functions/config/load.ts';

function complaint(text: string): string {
  try {
    parseConfig(text, 'nightshift.yaml');
    return 'no complaint';
  } catch (failure) {
    return messageOf(failure);
  }
}

it.each(['nightshift/*-a1B2c3', '*-a1B2c3', 'nightshift/alerts-??????', 'a b-a1B2c3', 'nightshift/$a-a1B2c3'])(
  'names one secret in Secrets Manager, not all that a pattern fits: %s',
  (name) => {
    const arn = (of: string) =>
      `alerts: { token: { secretsManager: "arn:aws:secretsmanager:eu-west-1:111122223333:secret:${of}" } }`;
    expect(complaint(arn(name))).toContain('the whole ARN of a secret');
    expect(complaint(arn('nightshift/alerts_2+x=y.z@w-a1B2c3'))).toBe('no complaint');
  },
);

it.each(['*', 'nightshift-?', 'night/*/reader'])('names one role, not all that a pattern fits: %s', (name) => {
  const eks = (role: string) =>
    `clusters: [{ name: a, kubernetes: { eks: { region: eu-west-1, clusterName: prod-eu, roleArn: "arn:aws:iam::111122223333:role/${role}" } } }]`;
  expect(complaint(eks(name))).toContain('clusters.0.kubernetes.eks.roleArn: the ARN of one role, such as arn:aws:iam');
  expect(complaint(eks('service/nightshift+a=b,c.d@e_f-g'))).toBe('no complaint');
});

it('holds the authority of an API server as a PEM file in base64, and nothing else', () => {
  const account = (authority: string) =>
    `clusters: [{ name: a, kubernetes: { serviceAccount: { server: 'https://k.example', token: { env: T }, certificateAuthority: ${authority} } } }]`;

  expect(complaint(account('aHVudGVyMg=='))).toContain('holds no PEM certificate');
  expect(complaint(account(Buffer.from('-----BEGIN CERTIFICATE-----\nMII').toString('base64')))).toBe('no complaint');
});
