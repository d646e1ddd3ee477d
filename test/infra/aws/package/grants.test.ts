import { beforeAll, describe, expect, it } from 'vitest';
import { functionNames } from '../../../../functions/lambda/needs.ts';
import { ROOM } from '../../../../functions/lambda/package/room.ts';
import { needs } from '../../../harness/programs.ts';
import { inWords, statementsOf, strayGrants } from './grants.ts';
import { expected } from './statements.ts';
import { packagedTemplate, type Resource, type Template } from './template.ts';

const skip = needs('unshare');
let template: Template;
beforeAll(async () => {
  if (skip === undefined) template = await packagedTemplate();
}, 240_000);

const capital = (name: string) => `${name.slice(0, 1).toUpperCase()}${name.slice(1)}`;
const properties = (name: string): Resource['Properties'] => template.Resources[name]?.Properties ?? {};
const functionOf = (name: string) => properties(`${capital(name)}LambdaFunction`);

describe.skipIf(skip)('the stack allows', () => {
  it.each(functionNames)('%s what the table says, and not a statement more', (name) => {
    const allowed = statementsOf(template, name).flatMap(inWords);

    expect(allowed.toSorted()).toEqual(expected[name].toSorted());
  });

  it('nothing by a wildcard: no action, and no resource but the objects of one bucket and the streams of one log', () => {
    for (const name of functionNames) {
      for (const { Action, Resource } of statementsOf(template, name)) {
        expect([Action].flat().filter((action) => action.includes('*'))).toEqual([]);
        const wild = [Resource]
          .flat()
          .map((one) => JSON.stringify(one))
          .filter((one) => one.includes('*'));
        expect(wild.filter((one) => !one.includes('Bucket.Arn}/blobs/*"'))).toEqual([]);
      }
    }
  });

  it('so little that what a configuration adds has the room that packaging believes in', () => {
    for (const name of functionNames) {
      const own = properties(`${capital(name)}Role`).Policies ?? [];
      // What AWS puts in: an ARN for each of its functions, the longest of which is a queue's, of 110 characters.
      const written = JSON.stringify(own).replaceAll(
        /\{"Fn::(?:GetAtt|Sub)":(?:\[[^\]]*\]|"[^"]*")\}/g,
        'x'.repeat(110),
      );
      expect(written).not.toContain('Fn::');
      expect(written.length + ROOM, name).toBeLessThanOrEqual(10_240);
    }
  });

  it('each function a role of its own, which Lambda alone may take', () => {
    for (const name of functionNames) {
      const role = `${capital(name)}Role`;
      expect(functionOf(name).Role).toEqual({ 'Fn::GetAtt': [role, 'Arn'] });
      expect(properties(role).AssumeRolePolicyDocument?.Statement).toEqual([
        { Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { Service: 'lambda.amazonaws.com' } },
      ]);
    }
  });

  it('nothing by another way: no other kind of policy, role, function or statement', () => {
    expect(strayGrants(template)).toEqual([]);
  });

  const all = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] };
  const named = { PolicyName: 'x', PolicyDocument: all };
  it.each<[string, string, object]>([
    ['a policy in a resource of its own', 'AWS::IAM::RolePolicy', { ...named, RoleName: { Ref: 'SlackRole' } }],
    ['a policy for a role by its name', 'AWS::IAM::Policy', { ...named, Roles: ['nightshift-prod-eu-west-1-slack'] }],
    ['a policy for two', 'AWS::IAM::Policy', { ...named, Roles: [{ Ref: 'TickRole' }, { Ref: 'SlackRole' }] }],
    ['a policy for a user, too', 'AWS::IAM::Policy', { ...named, Roles: [{ Ref: 'SlackRole' }], Users: ['u'] }],
    ['a policy for a role that is looked up', 'AWS::IAM::Policy', { ...named, Roles: { 'Fn::Split': [',', 'a,b'] } }],
    ['a managed policy', 'AWS::IAM::ManagedPolicy', { PolicyDocument: all, Roles: [{ Ref: 'SlackRole' }] }],
    ['a role more', 'AWS::IAM::Role', { AssumeRolePolicyDocument: all, Policies: [named] }],
    ['a policy of a queue', 'AWS::SQS::QueuePolicy', { Queues: ['q'], PolicyDocument: all }],
    ['a policy of a bucket that allows', 'AWS::S3::BucketPolicy', { Bucket: 'b', PolicyDocument: all }],
    ['a policy within something else', 'AWS::SNS::Topic', { ResourcePolicy: { PolicyDocument: all } }],
    ['a stack within', 'AWS::CloudFormation::Stack', { TemplateURL: 'https://example.com' }],
    ['something that AWS unfolds', 'AWS::SQS::Queue', { 'Fn::Transform': { Name: 'AWS::Include' } }],
    ['a function more', 'AWS::Lambda::Function', { Role: { 'Fn::GetAtt': ['RemediateRole', 'Arn'] } }],
    ['a function for everybody', 'AWS::Lambda::Permission', { Principal: '*', FunctionName: 'f', Action: 'a' }],
  ])('nothing in secret: %s is found', (_what, Type, Properties) => {
    const more = { ...template.Resources, Sneaky: { Type, Properties } as Resource };

    expect(strayGrants({ ...template, Resources: more }).join()).toContain('Sneaky');
  });

  it('nothing in secret: a managed policy of a role is found', () => {
    const role = { Type: 'AWS::IAM::Role', Properties: { ...properties('SlackRole'), ManagedPolicyArns: ['a'] } };

    expect(strayGrants({ ...template, Resources: { ...template.Resources, SlackRole: role } })).toEqual([
      'SlackRole has ManagedPolicyArns',
    ]);
  });
});

describe('a statement in words', () => {
  const keys = { 'dynamodb:LeadingKeys': ['webhooks'] };
  const statement = { Effect: 'Allow', Action: 'dynamodb:GetItem', Resource: { 'Fn::GetAtt': ['Table', 'Arn'] } };

  it('names the collections, and keeps silent about nothing else', () => {
    const whole = { ...statement, Condition: { 'ForAllValues:StringEquals': keys } };
    expect(inWords(whole)).toEqual(['dynamodb:GetItem on Table of webhooks']);

    const mixed = {
      ...statement,
      Condition: { 'ForAllValues:StringEquals': keys, Bool: { 'aws:SecureTransport': true } },
    };
    expect(inWords(mixed).join()).toContain('if {"ForAllValues:StringEquals"');
    const other = { ...statement, Condition: { 'ForAllValues:StringEquals': { ...keys, 'aws:a': 'b' } } };
    expect(inWords(other).join()).toContain('"aws:a":"b"');
    expect(inWords({ ...statement, NotAction: 'iam:*' } as typeof statement).join()).toContain(
      'with {"NotAction":"iam:*"}',
    );
  });
});
