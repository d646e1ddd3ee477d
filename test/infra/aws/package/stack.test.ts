import { beforeAll, describe, expect, it } from 'vitest';
import { LOOKS_AT_ONCE } from '../../../../functions/investigate.ts';
import {
  type FunctionName,
  functionNames,
  looksOfOne,
  needs as needsOf,
  variablesOf,
} from '../../../../functions/lambda/needs.ts';
import { maxReceives } from '../../../../infra/aws/queue/attempts.ts';
import { queueAttributes } from '../../../../infra/aws/queue/attributes.ts';
import { expiryAttribute, tableDefinition } from '../../../../infra/aws/store/table.ts';
import { needs } from '../../../harness/programs.ts';
import { packagedTemplate, type Resource, type Template, unpackagedConfiguration } from './template.ts';

const skip = needs('unshare');
let template: Template;
beforeAll(async () => {
  if (skip === undefined) template = await packagedTemplate();
}, 240_000);

const capital = (name: string) => `${name.slice(0, 1).toUpperCase()}${name.slice(1)}`;
function resource(name: string): Resource {
  const found = template.Resources[name];
  if (!found) throw new Error(`the template has no ${name}`);
  return found;
}
const properties = (name: string) => resource(name).Properties;
const ofType = (type: string) => Object.entries(template.Resources).filter(([, { Type }]) => Type === type);
const functionOf = (name: FunctionName) => properties(`${capital(name)}LambdaFunction`);
const workers = functionNames.filter((name) => needsOf[name].works);

describe.skipIf(skip)('a clone that has packaged nothing', () => {
  it('can follow a log and remove the stack: serverless.yml can be read', { timeout: 120_000 }, async () => {
    expect(await unpackagedConfiguration()).toMatch(/remediateOldestSeconds: 2400\b/);
  });
});

describe.skipIf(skip)('the stack', () => {
  describe('gives', () => {
    it.each(functionNames)('%s its variables, and no others', (name) => {
      const { Variables = {} } = functionOf(name).Environment ?? {};

      expect(Object.keys(Variables).sort()).toEqual([...variablesOf(name)].sort());
      for (const queue of ['INVESTIGATE', 'ANNOUNCE', 'REMEDIATE']) {
        const own = capital(queue.toLowerCase());
        const { [`NIGHTSHIFT_QUEUE_${queue}`]: url, [`NIGHTSHIFT_DEAD_LETTERS_${queue}`]: dead } = Variables;
        expect([undefined, { Ref: `${own}Queue` }]).toContainEqual(url);
        expect([undefined, { Ref: `${own}DeadLetters` }]).toContainEqual(dead);
      }
    });

    it.each(functionNames)('%s Node 24 on arm64, and a log that is forgotten some day', (name) => {
      expect(functionOf(name)).toMatchObject({
        Runtime: 'nodejs24.x',
        Architectures: ['arm64'],
        Handler: 'index.handler',
      });
      expect(properties(`${capital(name)}LogGroup`)).toMatchObject({
        LogGroupName: `/aws/lambda/nightshift-prod-${name}`,
        RetentionInDays: 30,
      });
    });

    it('Alertmanager and Slack a route each, in payload format 2.0, and nobody another one', () => {
      const routes = ofType('AWS::ApiGatewayV2::Route').map(([, { Properties }]) => Properties.RouteKey);

      expect(routes.toSorted()).toEqual(['POST /alerts', 'POST /slack/events']);
      for (const [, { Properties }] of ofType('AWS::ApiGatewayV2::Integration'))
        expect(Properties.PayloadFormatVersion).toBe('2.0');
    });
  });

  describe('has queues', () => {
    it.each(workers)('%s: what is handed over stays hidden for six times as long as the function may take', (name) => {
      const { VisibilityTimeout } = properties(`${capital(name)}Queue`);

      expect(VisibilityTimeout).toBeGreaterThanOrEqual(6 * Number(functionOf(name).Timeout));
    });

    it.each(workers)('%s: one message that fails comes again alone, and few functions run at once', (name) => {
      expect(properties(`${capital(name)}EventSourceMappingSQS${capital(name)}Queue`)).toMatchObject({
        EventSourceArn: { 'Fn::GetAtt': [`${capital(name)}Queue`, 'Arn'] },
        FunctionResponseTypes: ['ReportBatchItemFailures'],
        ScalingConfig: { MaximumConcurrency: expect.any(Number) },
      });
    });

    it('so few functions that they look at no more incidents at once than the embedded server', () => {
      const { ScalingConfig } = properties('InvestigateEventSourceMappingSQSInvestigateQueue');
      const { MaximumConcurrency } = ScalingConfig as { readonly MaximumConcurrency: number };

      expect(MaximumConcurrency * looksOfOne).toBeLessThanOrEqual(LOOKS_AT_ONCE);
    });

    it.each(workers)('%s: as the adapter wants them, with dead letters of their own', (name) => {
      const both = [properties(`${capital(name)}Queue`), properties(`${capital(name)}DeadLetters`)];

      for (const queue of both) {
        for (const [attribute, value] of Object.entries(queueAttributes)) expect(String(queue[attribute])).toBe(value);
        expect(queue.QueueName).toMatch(/\.fifo$/);
      }
      expect(both[0]?.RedrivePolicy).toEqual({
        deadLetterTargetArn: { 'Fn::GetAtt': [`${capital(name)}DeadLetters`, 'Arn'] },
        maxReceiveCount: maxReceives,
      });
    });

    it.each(workers)('%s: a chain of messages that lead to each other is not cut after sixteen', (name) => {
      expect(functionOf(name).RecursiveLoop).toBe('Allow');
    });

    it('leaves Alertmanager and Slack no time to give up', () => {
      expect(functionOf('alerts').Timeout).toBeLessThanOrEqual(10);
      expect(functionOf('slack').Timeout).toBeLessThanOrEqual(10);
    });
  });

  describe('keeps', () => {
    it('documents in one table that is encrypted, can be brought back, and is not deleted by mistake', () => {
      const { TableName: _name, ...definition } = tableDefinition('any');

      expect(properties('Table')).toEqual({
        ...definition,
        TimeToLiveSpecification: { AttributeName: expiryAttribute, Enabled: true },
        PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
        DeletionProtectionEnabled: true,
        SSESpecification: { SSEEnabled: true },
      });
      expect(resource('Table').DeletionPolicy).toBe('Retain');
    });

    it('large ones in a bucket that nobody else reads, over encrypted connections only, and not for ever', () => {
      expect(properties('Bucket')).toMatchObject({
        BucketEncryption: {
          ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }],
        },
        PublicAccessBlockConfiguration: {
          BlockPublicAcls: true,
          BlockPublicPolicy: true,
          IgnorePublicAcls: true,
          RestrictPublicBuckets: true,
        },
        LifecycleConfiguration: { Rules: [{ Status: 'Enabled', Prefix: 'blobs/', ExpirationInDays: 90 }, {}] },
      });
      expect(properties('BucketPolicy').PolicyDocument?.Statement).toMatchObject([
        { Effect: 'Deny', Principal: '*', Action: 's3:*', Condition: { Bool: { 'aws:SecureTransport': false } } },
      ]);
      expect(resource('Bucket').DeletionPolicy).toBe('Retain');
    });

    it('everything that can be encrypted encrypted', () => {
      for (const [name, { Properties }] of ofType('AWS::S3::Bucket'))
        expect([name, Properties.BucketEncryption]).toEqual([name, expect.anything()]);
      for (const [name, { Properties }] of ofType('AWS::SQS::Queue'))
        expect([name, Properties.SqsManagedSseEnabled]).toEqual([name, true]);
    });
  });

  describe('comes by', () => {
    const schedulesOf = (name: FunctionName) =>
      ofType('AWS::Events::Rule')
        .flatMap(([, { Properties }]) => (Properties.Targets ?? []).map((target) => ({ ...Properties, target })))
        .filter(({ target }) => target.Arn['Fn::GetAtt'][0] === `${capital(name)}LambdaFunction`)
        .map(({ ScheduleExpression, target }) => [ScheduleExpression, JSON.parse(target.Input)]);

    it('every minute for what was left behind, every five for what is overdue; what fails is not repeated', () => {
      expect(schedulesOf('tick')).toEqual([
        ['rate(1 minute)', { due: 'sweep' }],
        ['rate(5 minutes)', { due: 'repair' }],
      ]);
      expect(properties('TickLambdaEvConf').MaximumRetryAttempts).toBe(0);
    });

    it.each(functionNames.filter((name) => name !== 'tick'))('every hour at %s, to see its configuration', (name) => {
      expect(schedulesOf(name)).toEqual([['rate(1 hour)', { check: 'configuration' }]]);
    });
  });

  describe('raises an alarm', () => {
    const alarms = () => ofType('AWS::CloudWatch::Alarm').map(([, { Properties }]) => Properties);
    const about = (metric: string, dimension: unknown) =>
      alarms().filter(
        ({ MetricName, Dimensions }) => MetricName === metric && isSame(Dimensions?.[0]?.Value, dimension),
      );
    const isSame = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b);

    it.each(workers)('%s: at the first dead letter, and when a message waits longer than any is meant to', (name) => {
      const [dead] = about('ApproximateNumberOfMessagesVisible', {
        'Fn::GetAtt': [`${capital(name)}DeadLetters`, 'QueueName'],
      });
      const [oldest] = about('ApproximateAgeOfOldestMessage', { 'Fn::GetAtt': [`${capital(name)}Queue`, 'QueueName'] });

      expect(dead).toMatchObject({ Threshold: 1, ComparisonOperator: 'GreaterThanOrEqualToThreshold' });
      // A recheck waits for 15 minutes; a request for approval for the longest the policy allows, here two hours.
      const longestSeconds = { investigate: 900, announce: 60, remediate: 7_200 }[name as string] ?? 0;
      expect(oldest?.Threshold).toBeGreaterThan(longestSeconds + 300);
      expect(oldest?.Threshold).toBeLessThan(longestSeconds + 1_200);
    });

    it.each(functionNames)('%s: when it fails as a whole, and when it may not run', (name) => {
      const dimension = { Ref: `${capital(name)}LambdaFunction` };

      expect(about('Errors', dimension)).toHaveLength(1);
      expect(about('Throttles', dimension)).toHaveLength(1);
    });

    it('that lasts for longer than the hour after which the check comes by again, for what the check finds', () => {
      const checked = functionNames.filter((name) => name !== 'tick');
      const found = checked.flatMap((name) => about('Errors', { Ref: `${capital(name)}LambdaFunction` }));
      for (const alarm of [...found, ...about('Misconfigured', 'nightshift-prod')]) {
        const { Period, EvaluationPeriods, DatapointsToAlarm } = alarm;
        expect([Number(Period) * Number(EvaluationPeriods), DatapointsToAlarm]).toEqual([65 * 60, 1]);
      }
      expect(found).toHaveLength(5);
    });

    it('when something had to be repaired', () => {
      expect(about('Repairs', 'nightshift-prod')).toMatchObject([{ Namespace: 'Nightshift' }]);
    });

    it.each(['MessagesFailed', 'Misconfigured'])('at the first of what counts as %s', (metric) => {
      expect(about(metric, 'nightshift-prod')).toMatchObject([{ Namespace: 'Nightshift', Threshold: 1, Period: 300 }]);
    });

    it('when Alertmanager is turned away: at once if its webhook cannot be used, at the third time if its token is wrong', () => {
      expect(about('WebhooksRejected', 'nightshift-prod')).toMatchObject([{ Namespace: 'Nightshift', Threshold: 1 }]);
      expect(about('WebhooksNotStored', 'nightshift-prod')).toMatchObject([{ Namespace: 'Nightshift', Threshold: 1 }]);
      expect(about('WebhooksUnauthorized', 'nightshift-prod')).toMatchObject([
        { Namespace: 'Nightshift', Threshold: 1, Period: 300, EvaluationPeriods: 12, DatapointsToAlarm: 3 },
      ]);
    });

    it('when people are turned away: at the second press within five minutes, and for an hour', () => {
      expect(about('PressesUnauthorized', 'nightshift-prod')).toMatchObject([
        { Namespace: 'Nightshift', Threshold: 2, Period: 300, EvaluationPeriods: 12, DatapointsToAlarm: 1 },
      ]);
    });

    it('each through the topic, and also when it is over', () => {
      for (const { AlarmActions, OKActions, TreatMissingData } of alarms()) {
        expect([AlarmActions, OKActions]).toEqual([[{ Ref: 'AlarmTopic' }], [{ Ref: 'AlarmTopic' }]]);
        expect(TreatMissingData).toBe('notBreaching');
      }
      expect(alarms()).toHaveLength(25);
    });
  });
});
