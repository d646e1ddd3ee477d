import { describe, expect, it } from 'vitest';
import type { ReadFailureKind } from '../../../../engine/errors.ts';
import { failureOf } from '../../../contract/source.ts';
import { limits, node } from '../../kubernetes/guarded.ts';
import { eksError, eksStage, fixerRole, haveKeys, recorded } from './stage.ts';

const stage = eksStage();
const read = (options = {}) => stage.open(options).source.read(node, limits);

async function failing(kind: ReadFailureKind, options = {}): Promise<readonly [string, string]> {
  const { message, remedy = '' } = await failureOf(read(options), kind);
  expect(stage.tokens, 'the API server is not asked').toEqual([]);
  return [message, remedy];
}

describe('what AWS refuses is said, with what to do', () => {
  it('EKS may not be asked: the statement to add to the policy', async () => {
    stage.describe = () => eksError(403, 'AccessDeniedException', recorded('describe-denied.json'));
    const [message, remedy] = await failing('forbidden');

    expect(message).toContain('is not authorized to perform: eks:DescribeCluster');
    expect(remedy).toContain(
      '{"Effect":"Allow","Action":"eks:DescribeCluster","Resource":"arn:aws:eks:eu-west-1:111122223333:cluster/prod-eu"}',
    );
  });

  it('no such cluster: where to see which there are', async () => {
    stage.describe = () => eksError(404, 'ResourceNotFoundException', recorded('describe-not-found.json'));
    const [message, remedy] = await failing('not-found');

    expect(message).toBe('there is no EKS cluster prod-eu in eu-west-1 in this account');
    expect(remedy).toContain('aws eks list-clusters --region eu-west-1');
  });

  it.each([
    ['CREATING', 'aws eks wait cluster-active --region eu-west-1 --name prod-eu'],
    ['FAILED', 'aws eks describe-cluster --region eu-west-1 --name prod-eu'],
  ])('a cluster that is %s has no API server', async (status, advice) => {
    const body = recorded('describe-creating.json').replace('CREATING', status);
    stage.describe = () => ({ status: 200, body, headers: { 'content-type': 'application/json' } });
    const [message, remedy] = await failing('unreachable');

    expect(message).toBe(`the EKS cluster prod-eu is ${status} and has no API server`);
    expect(remedy).toContain(advice);
  });

  it('the role may not be assumed: both policies that must allow it', async () => {
    stage.assume = () => ({ status: 403, body: recorded('assume-role-denied.xml') });
    const [message, remedy] = await failing('forbidden', { roleArn: fixerRole });

    expect(message).toContain(`${fixerRole} may not be assumed: User: arn:aws:sts::111122223333`);
    expect(remedy).toContain(`sts:AssumeRole on ${fixerRole}`);
    expect(remedy).toContain('trust policy');
  });

  it.each([[{}], [{ roleArn: fixerRole }]])('no AWS credentials anywhere: how to get some %j', async (options) => {
    haveKeys(undefined);
    const [message, remedy] = await failing('unauthorized', options);

    expect(message).toContain('there are no AWS credentials to sign with');
    expect(remedy).toContain('AWS_PROFILE');
    expect(stage.asked).toEqual([]);
  });

  it.each<[string, number, ReadFailureKind, string]>([
    ['ExpiredTokenException', 403, 'unauthorized', 'does not accept the AWS credentials (ExpiredTokenException)'],
    ['UnrecognizedClientException', 403, 'unauthorized', 'does not accept the AWS credentials'],
    ['ThrottlingException', 429, 'throttled', 'EKS in eu-west-1 asks to wait (ThrottlingException)'],
    ['ServerException', 500, 'server-error', 'EKS in eu-west-1 answered 500'],
    ['Strange', 418, 'server-error', 'EKS in eu-west-1 answered 418'],
  ])('%s', async (type, status, kind, words) => {
    stage.describe = () => eksError(status, type);
    const [message] = await failing(kind);

    expect(message).toContain(words);
    expect(stage.asked.length).toBeLessThanOrEqual(2);
  });

  it('an answer that is none of EKS', async () => {
    stage.describe = () => ({
      status: 200,
      body: '{"cluster":{"status":7}}',
      headers: { 'content-type': 'application/json' },
    });
    const [message] = await failing('unparsable');

    expect(message).toContain('EKS in eu-west-1 answered not as it should: cluster.status');
  });

  it('nothing at all: the read ends at its deadline and says whom it waited for', async () => {
    stage.describe = () => undefined;
    const waiting = stage.open().source.read(node, { ...limits, deadlineMs: 200 });

    expect((await failureOf(waiting, 'timed-out')).message).toBe(
      'gave up waiting for AWS to say where the EKS cluster prod-eu is after 200 ms',
    );
  });

  it('nothing at all, and a read with patience: AWS is given up after seconds, not minutes', async () => {
    stage.describe = () => undefined;
    const [message] = await failing('timed-out');

    expect(message).toBe('EKS in eu-west-1 did not answer in time');
    expect(stage.asked).toHaveLength(2);
  });

  it('the reads of one run hear the same no; a moment later EKS is asked again', async () => {
    stage.describe = () => eksError(404, 'ResourceNotFoundException');
    const { source } = stage.open();
    for (let index = 0; index < 4; index += 1) await failureOf(source.read(node, limits), 'not-found');
    expect(stage.asked).toHaveLength(1);

    stage.describe = () => stage.active();
    stage.minutesPass(0.1);
    expect((await source.read(node, limits)).body).toEqual({ kind: 'Node' });
  });
});

describe('where the cluster is', () => {
  it('is asked again every hour, and stays known while AWS is away', async () => {
    const { source } = stage.open();
    await source.read(node, limits);
    stage.minutesPass(59);
    await source.read(node, limits);
    expect(stage.asked).toHaveLength(1);

    stage.describe = () => eksError(404, 'ResourceNotFoundException');
    stage.minutesPass(2);
    await source.read(node, limits);
    await source.read(node, limits);
    expect(stage.asked).toHaveLength(2);
  });

  it('is asked again when it no longer answers there, once a minute', async () => {
    const { source } = stage.open();
    await source.read(node, limits);
    await stage.move();
    await failureOf(source.read(node, limits), 'unreachable');
    await failureOf(source.read(node, limits), 'unreachable');
    expect(stage.asked).toHaveLength(1);

    stage.minutesPass(1);
    expect((await source.read(node, limits)).body).toEqual({ kind: 'Node' });
    expect(stage.asked).toHaveLength(2);
  });
});
