import { expect, test } from 'vitest';
import { checkForLambda } from '../../../functions/lambda/package/check.ts';
import { configuration, fixerRole, readerRole } from '../../infra/aws/package/configuration.ts';

const eks = (clusterName: string, roleArn: string, region = 'eu-west-1') =>
  `{ eks: { region: ${region}, clusterName: ${clusterName}, roleArn: '${roleArn}' } }`;
const check = (kubernetes: string, fixer: string) => () =>
  checkForLambda(
    configuration(`clusters: [{ name: a, kubernetes: ${kubernetes}, fixer: ${fixer} }]`),
    'nightshift.yaml',
  );

test('looks at the cluster that it changes', () => {
  expect(check(eks('prod-eu', readerRole), eks('prod-eu', fixerRole))).not.toThrow('both have to be one cluster');
  expect(check(eks('prod-eu', readerRole), eks('prod-us', fixerRole))).toThrow(
    'clusters.a.fixer.eks: this is prod-us in eu-west-1, and what is looked at is prod-eu in eu-west-1: both have to be one cluster',
  );
  expect(check(eks('prod', readerRole), eks('prod', fixerRole, 'us-east-1'))).toThrow('both have to be one cluster');
});

test.each([
  ['cn-north-1', 'aws-cn'],
  ['us-gov-west-1', 'aws-us-gov'],
  ['eu-west-1', 'aws'],
])('takes a role for %s of partition %s', (region, partition) => {
  const role = (of: string) => `arn:${of}:iam::111122223333:role/looker`;
  const other = partition === 'aws' ? 'aws-cn' : 'aws';
  const words = `clusters.a.kubernetes.eks.roleArn: roles for ${region} begin with arn:${partition}:`;
  expect(check(eks('prod', role(partition), region), eks('prod', fixerRole))).not.toThrow(words);
  expect(check(eks('prod', role(other), region), eks('prod', fixerRole))).toThrow(words);
});
