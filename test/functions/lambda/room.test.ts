import { expect, it } from 'vitest';
import { parseConfig } from '../../../functions/config/load.ts';
import { checkForLambda } from '../../../functions/lambda/package/check.ts';
import { secret, text } from '../../infra/aws/package/configuration.ts';

/** As many clusters, each with secrets and a role of its own. */
function packaged(clusters: number): string {
  const names = Array.from({ length: clusters }, (_, index) => `cluster-${index}`);
  const lines = names.map((name) =>
    [
      `  - { name: ${name}, match: { cluster: ${name} }, kubernetes: { kubeconfig: { secretsManager: ${secret(name)} } }`,
      `prometheus: { url: 'https://p.example', bearerToken: { secretsManager: ${secret(`${name}-p`)} } } }`,
    ].join(', '),
  );
  const yaml = text.replace(/clusters:[\s\S]*?\nalerts:/, `clusters:\n${lines.join('\n')}\nalerts:`);
  try {
    checkForLambda(parseConfig(yaml, 'nightshift.yaml'), 'nightshift.yaml');
    return '';
  } catch (failure) {
    return String(failure);
  }
}

it('as many clusters are packaged as the policies of a role can name', () => {
  expect(packaged(30)).toBe('');
  expect(packaged(60)).toContain(
    'clusters: the secrets and roles of 60 clusters do not fit into the policy of investigate and remediate: deploy a second stack',
  );
});
