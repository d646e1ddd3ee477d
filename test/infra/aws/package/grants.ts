import { isDeepStrictEqual } from 'node:util';
import { type FunctionName, functionNames } from '../../../../functions/lambda/needs.ts';
import type { PolicyDocument, Resource, Statement, Template } from './template.ts';

const roleOf = (name: FunctionName) => `${name.slice(0, 1).toUpperCase()}${name.slice(1)}Role`;
const roles = functionNames.map(roleOf);

/** Every statement about a function's role: of the role itself, and of what is attached to it. */
export function statementsOf({ Resources }: Template, name: FunctionName): readonly Statement[] {
  const role = Resources[roleOf(name)];
  const attached = Object.values(Resources).filter((resource) => attachedTo(resource) === roleOf(name));
  return [role, ...attached].flatMap((resource) => documentsIn(resource)).flatMap(({ Statement }) => Statement);
}

function documentsIn(resource: Resource | undefined): readonly PolicyDocument[] {
  const { Policies = [], PolicyDocument } = resource?.Properties ?? {};
  return [...Policies.map((policy) => policy.PolicyDocument), ...(PolicyDocument ? [PolicyDocument] : [])];
}

/** The one role of ours that a policy is attached to. A role that is only named may be anybody's, this one too. */
function attachedTo({ Type, Properties }: Resource): string | undefined {
  if (Type !== 'AWS::IAM::Policy') return undefined;
  return roles.find((role) => isDeepStrictEqual(Properties.Roles, [{ Ref: role }]));
}

/** What there may be, and of each kind that grants something or may be granted something the settings that are looked at. */
const known: Readonly<Record<string, readonly string[] | 'any'>> = {
  'AWS::IAM::Role': ['AssumeRolePolicyDocument', 'Policies', 'RoleName'],
  'AWS::IAM::Policy': ['PolicyDocument', 'PolicyName', 'Roles'],
  'AWS::S3::BucketPolicy': ['Bucket', 'PolicyDocument'],
  'AWS::Lambda::Permission': ['Action', 'FunctionName', 'Principal', 'SourceArn'],
  'AWS::Lambda::Function': 'any',
  'AWS::Lambda::EventInvokeConfig': 'any',
  'AWS::Lambda::EventSourceMapping': 'any',
  'AWS::ApiGatewayV2::Api': 'any',
  'AWS::ApiGatewayV2::Integration': 'any',
  'AWS::ApiGatewayV2::Route': 'any',
  'AWS::ApiGatewayV2::Stage': 'any',
  'AWS::CloudWatch::Alarm': 'any',
  'AWS::DynamoDB::Table': 'any',
  'AWS::Events::Rule': 'any',
  'AWS::Logs::LogGroup': 'any',
  'AWS::S3::Bucket': 'any',
  'AWS::SNS::Topic': 'any',
  'AWS::SQS::Queue': 'any',
};

/**
 * Whatever in a template could give somebody a right that `statementsOf` does not see: a resource of another kind, a role
 * or a function that is not one of the six, a policy that is not attached to exactly one of them, a statement elsewhere.
 */
export function strayGrants(template: Template): readonly string[] {
  const { Resources } = template;
  const seen = new Set<unknown>();
  for (const { Type, Properties } of Object.values(Resources)) {
    if (Type === 'AWS::IAM::Role') seen.add(Properties.AssumeRolePolicyDocument?.Statement);
    if (Type === 'AWS::S3::BucketPolicy') seen.add(Properties.PolicyDocument?.Statement);
  }
  const ours = [...roles.map((name) => Resources[name]), ...Object.values(Resources).filter(attachedTo)];
  for (const { Statement } of ours.flatMap(documentsIn)) seen.add(Statement);
  return [
    ...Object.entries(Resources).flatMap(([name, resource]) => oddities(name, resource).map((why) => `${name} ${why}`)),
    ...hidden(template, 'the template', seen),
  ];
}

function oddities(name: string, resource: Resource): readonly string[] {
  const { Type, Properties } = resource;
  const settings = known[Type];
  if (settings === undefined) return [`is a ${Type}`];
  const others = settings === 'any' ? [] : Object.keys(Properties).filter((setting) => !settings.includes(setting));
  return [
    ...others.map((setting) => `has ${setting}`),
    ...(Type === 'AWS::IAM::Role' && !roles.includes(name) ? ['is a role of no function'] : []),
    ...(Type === 'AWS::IAM::Policy' && !attachedTo(resource) ? ['is attached to more, or others, than one role'] : []),
    ...(Type === 'AWS::Lambda::Function' && !roles.includes(name.replace(/LambdaFunction$/, 'Role'))
      ? ['is a function more']
      : []),
    // That of a bucket may only take away.
    ...(Type === 'AWS::S3::BucketPolicy' && !documentsIn(resource).every(onlyDenies) ? ['allows something'] : []),
    // Whoever else may call a function, may do so in the name of nobody.
    ...(Type === 'AWS::Lambda::Permission' && !isOfOurAccount(Properties) ? ['lets others call a function'] : []),
  ];
}

function onlyDenies({ Statement }: PolicyDocument): boolean {
  return [Statement].flat().every(({ Effect }) => Effect === 'Deny');
}

function isOfOurAccount({ Principal, SourceArn }: Resource['Properties']): boolean {
  return ['events.amazonaws.com', 'apigateway.amazonaws.com'].includes(String(Principal)) && SourceArn !== undefined;
}

/** Statements that nobody has seen, and what only AWS would unfold. */
function hidden(value: unknown, path: string, seen: ReadonlySet<unknown>): readonly string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => {
    const here = `${path}.${key}`;
    if (key === 'Statement' && !seen.has(inner)) return [`${here}: a statement of nobody`];
    return /Transform$/.test(key) ? [`${here}: nobody knows what becomes of it`] : hidden(inner, here, seen);
  });
}

/** A statement in words: `action on resource`, for each of both. What has no words is shown as it is. */
export function inWords({ Effect, Action, Resource, Condition, ...others }: Statement): readonly string[] {
  const keys = keysIn(Condition);
  const other = Condition && !keys ? ` if ${JSON.stringify(Condition)}` : '';
  const more = Object.keys(others).length > 0 ? ` with ${JSON.stringify(others)}` : '';
  const suffix = `${keys ? ` of ${keys.join(', ')}` : ''}${other}${more}`;
  const not = Effect === 'Allow' ? '' : `${Effect} `;
  return [Action]
    .flat()
    .flatMap((action) => [Resource].flat().map((resource) => `${not}${action} on ${nameOf(resource)}${suffix}`));
}

/** The collections, where these are the whole condition. */
function keysIn(condition: Statement['Condition']): readonly string[] | undefined {
  const keys = condition?.['ForAllValues:StringEquals']?.['dynamodb:LeadingKeys'];
  const whole = { 'ForAllValues:StringEquals': { 'dynamodb:LeadingKeys': keys } };
  return Array.isArray(keys) && isDeepStrictEqual(condition, whole) ? keys.map(String) : undefined;
}

/** A resource as people call it. What it does not know it shows as it is. */
function nameOf(resource: unknown): string {
  const text = typeof resource === 'string' ? resource : textOf(resource as Record<string, unknown>);
  return text
    .replace(/^arn:aws:secretsmanager:[^:]+:\d+:secret:nightshift\/(.+)-\w{6}$/, '$1')
    .replace(/^arn:aws:iam::\d+:role\//, '')
    .replace(/^arn:\$\{AWS::Partition\}:eks:([^:]+):\$\{AWS::AccountId\}:cluster\//, '$1 ');
}

function textOf(resource: Record<string, unknown>): string {
  const attribute = resource['Fn::GetAtt'];
  if (Array.isArray(attribute) && attribute[1] === 'Arn') return String(attribute[0]);
  const substitution = resource['Fn::Sub'];
  if (typeof substitution === 'string') return substitution.replace(/\$\{(\w+)\.Arn\}/g, '$1');
  return JSON.stringify(resource);
}
