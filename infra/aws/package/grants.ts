/** What one function may do beyond its part of the stack, because the configuration names it. */
export interface Grants {
  /** ARNs of secrets it may read. */
  readonly secrets: readonly string[];
  /** EKS clusters of this account that it may find. */
  readonly eksClusters: readonly { readonly region: string; readonly clusterName: string }[];
  /** ARNs of roles it may assume. */
  readonly roles: readonly string[];
}

interface Statement {
  readonly Effect: 'Allow';
  readonly Action: string;
  readonly Resource: readonly (string | { readonly 'Fn::Sub': string })[];
}

/**
 * One policy for each function that is granted anything, on the role that serverless.yml gives it: `AlertsRole` for
 * `alerts`. In the form of CloudFormation.
 */
export function grantResources(grants: Readonly<Record<string, Grants>>) {
  const policies = Object.entries(grants).flatMap(([name, granted]) => {
    const Statement = statementsOf(granted);
    if (Statement.length === 0) return [];
    const Properties = {
      PolicyName: 'named-in-the-configuration',
      Roles: [{ Ref: `${logicalName(name)}Role` }],
      PolicyDocument: { Version: '2012-10-17', Statement },
    };
    return [[`${logicalName(name)}Grants`, { Type: 'AWS::IAM::Policy', Properties }] as const];
  });
  return { Resources: Object.fromEntries(policies) };
}

/** How long these statements are for IAM, which counts no spaces: with the longest partition there is, if they name one. */
export function grantedCharacters(granted: Grants): number {
  return JSON.stringify(statementsOf(granted))
    .replaceAll(/\{"Fn::Sub":("[^"]*")\}/g, '$1')
    .replaceAll(/\${AWS::Partition}/g, 'aws-us-gov')
    .replaceAll(/\${AWS::AccountId}/g, '111122223333').length;
}

function statementsOf({ secrets, eksClusters, roles }: Grants): readonly Statement[] {
  const describe = eksClusters.map(({ region, clusterName }) => ({
    'Fn::Sub': `arn:\${AWS::Partition}:eks:${region}:\${AWS::AccountId}:cluster/${clusterName}`,
  }));
  return [
    ...allow('secretsmanager:GetSecretValue', secrets),
    ...allow('eks:DescribeCluster', describe),
    ...allow('sts:AssumeRole', roles),
  ];
}

function allow(Action: string, resources: Statement['Resource']): readonly Statement[] {
  const Resource = [...new Map(resources.map((one) => [JSON.stringify(one), one])).values()];
  return Resource.length === 0 ? [] : [{ Effect: 'Allow', Action, Resource }];
}

/** CloudFormation's names begin with a capital. */
export function logicalName(name: string): string {
  return `${name.slice(0, 1).toUpperCase()}${name.slice(1)}`;
}
