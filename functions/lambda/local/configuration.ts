import { randomBytes } from 'node:crypto';
import { practiceApprovers } from '../../../infra/local/console/practice-users.ts';
import type { PracticeCluster } from '../../../infra/local/practice/practice.ts';
import { parseConfig } from '../../config/load.ts';
import type { Config } from '../../config/schema.ts';

/** What the secrets are called. Nobody else has them: they are made for one run. */
export const arnOf = (name: 'alerts' | 'slack' | 'reader' | 'fixer') =>
  `arn:aws:secretsmanager:eu-central-1:000000000000:secret:nightshift/${name}-a1B2c3`;

export interface LocalSecrets {
  /** Of `POST /alerts`. */
  readonly token: string;
  readonly botToken: string;
  readonly signingSecret: string;
}

export function newSecrets(): LocalSecrets {
  const random = () => randomBytes(16).toString('hex');
  return { token: random(), botToken: `xoxb-${random()}`, signingSecret: random() };
}

/** What stands in Secrets Manager, by ARN. */
export function secretsByArn(
  { token, ...slack }: LocalSecrets,
  { kubeconfig, fixerKubeconfig }: Pick<PracticeCluster, 'kubeconfig' | 'fixerKubeconfig'>,
): ReadonlyMap<string, string> {
  return new Map([
    [arnOf('alerts'), token],
    [arnOf('slack'), JSON.stringify(slack)],
    [arnOf('reader'), kubeconfig],
    [arnOf('fixer'), fixerKubeconfig],
  ]);
}

/** The `nightshift.yaml` that somebody would write who had the practice cluster and the console for real ones. */
export function localConfiguration(prometheusUrl: string, slackApiUrl: string, channel: string): Config {
  const text = `
clusters:
  - name: practice
    kubernetes: { kubeconfig: { secretsManager: ${arnOf('reader')} } }
    fixer: { kubeconfig: { secretsManager: ${arnOf('fixer')} } }
    prometheus: { url: '${prometheusUrl}' }
alerts: { token: { secretsManager: ${arnOf('alerts')} } }
slack:
  channel: ${channel}
  apiUrl: ${slackApiUrl}
  botToken: { secretsManager: ${arnOf('slack')}, key: botToken }
  signingSecret: { secretsManager: ${arnOf('slack')}, key: signingSecret }
policy:
  - remedies: ['*']
    approvers: { userGroups: [${practiceApprovers}] }
    breakGlass: { userGroups: [${practiceApprovers}] }
`;
  return parseConfig(text, 'nightshift.yaml');
}
