import { parseConfig } from '../../../../functions/config/load.ts';

const account = '111122223333';
export const secret = (name: string) => `arn:aws:secretsmanager:eu-west-1:${account}:secret:nightshift/${name}-a1B2c3`;
export const fixerRole = `arn:aws:iam::${account}:role/nightshift-fixer`;
export const readerRole = `arn:aws:iam::${account}:role/nightshift-reader`;

/** Everything a configuration can name that a function needs: an EKS cluster, one of another account, one by kubeconfig. */
export const text = `
clusters:
  - name: prod-eu
    match: { cluster: prod-eu }
    kubernetes: { eks: { region: eu-west-1, clusterName: prod-eu } }
    fixer: { eks: { region: eu-west-1, clusterName: prod-eu, roleArn: ${fixerRole} } }
    prometheus: { url: 'https://prometheus.example', bearerToken: { secretsManager: ${secret('prometheus')} } }
  - name: elsewhere
    match: { cluster: elsewhere }
    kubernetes: { eks: { region: us-east-1, clusterName: theirs, roleArn: ${readerRole} } }
  - name: lab
    match: { cluster: lab }
    kubernetes: { kubeconfig: { secretsManager: ${secret('lab-reader')} } }
    fixer: { kubeconfig: { secretsManager: ${secret('lab-fixer')} }, context: fixer }
alerts: { token: { secretsManager: ${secret('alerts')} } }
slack:
  channel: C0123456789
  teamId: T0123456789
  botToken: { secretsManager: ${secret('slack')}, key: botToken }
  signingSecret: { secretsManager: ${secret('slack')}, key: signingSecret }
policy:
  - { remedies: ['*'], approvers: { users: [U0123456789] }, expiresAfterMinutes: 120 }
`;

export const configuration = (yaml: string = text) => parseConfig(yaml, 'nightshift.yaml');
