import type * as z from 'zod';
import { messageOf, ReadFailure, type ReadFailureKind } from '../../../engine/errors.ts';
import { unreachable } from '../../kubernetes/unreachable.ts';
import { nameOf } from '../failures.ts';
import type { EksPlace } from './access.ts';

/** This process has no keys to sign with, or may not be who it shall be. */
export function keysFailure(thrown: unknown, place: EksPlace): ReadFailure {
  const { roleArn, region } = place;
  if (nameOf(thrown) === 'AccessDenied' && roleArn !== undefined) {
    return failure('forbidden', `${roleArn} may not be assumed: ${said(thrown)}`, thrown, [
      `Two policies must allow it: the one of who asks (sts:AssumeRole on ${roleArn}),`,
      'and the trust policy of the role, which must name who asks.',
    ]);
  }
  if (nameOf(thrown) === 'CredentialsProviderError') {
    return failure('unauthorized', `there are no AWS credentials to sign with: ${said(thrown)}`, thrown, [
      'A Lambda function or a pod has those of its role. Elsewhere log in (aws sso login) and set AWS_PROFILE,',
      'or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.',
    ]);
  }
  return inGeneral(thrown, `the security token service in ${region}`);
}

/** https://docs.aws.amazon.com/eks/latest/APIReference/API_DescribeCluster.html#API_DescribeCluster_Errors */
export function describeFailure(thrown: unknown, { region, clusterName }: EksPlace): ReadFailure {
  switch (nameOf(thrown)) {
    case 'ResourceNotFoundException':
      return failure('not-found', `there is no EKS cluster ${clusterName} in ${region} in this account`, thrown, [
        `Correct eks.clusterName or eks.region; what there is: aws eks list-clusters --region ${region}`,
      ]);
    case 'AccessDeniedException': {
      const resource = /on resource: (arn:\S+)/.exec(said(thrown))?.[1];
      const cluster = resource ?? `arn:aws:eks:${region}:ACCOUNT:cluster/${clusterName}`;
      return failure('forbidden', `EKS does not tell where ${clusterName} is: ${said(thrown)}`, thrown, [
        `Add to the policy of that role: {"Effect":"Allow","Action":"eks:DescribeCluster","Resource":"${cluster}"}`,
      ]);
    }
  }
  return inGeneral(thrown, `EKS in ${region}`);
}

/** It is there, but no API server is. */
export function notThere(status: string, { region, clusterName }: EksPlace): ReadFailure {
  const name = `--region ${region} --name ${clusterName}`;
  const remedy =
    status === 'CREATING' || status === 'PENDING'
      ? `It has one when it is ACTIVE: aws eks wait cluster-active ${name}`
      : `See what is wrong with it: aws eks describe-cluster ${name}`;
  return new ReadFailure('unreachable', `the EKS cluster ${clusterName} is ${status} and has no API server`, {
    remedy,
  });
}

export function unlikeEks(error: z.ZodError, { region }: EksPlace): ReadFailure {
  const [issue] = error.issues;
  const words = `EKS in ${region} answered not as it should: ${issue?.path.join('.')}: ${issue?.message}`;
  return new ReadFailure('unparsable', words, { cause: error });
}

const wrongKeys = /^(ExpiredToken|InvalidClientTokenId|UnrecognizedClient|InvalidSignature|SignatureDoesNotMatch)/;
const tooMany = /Throttl|TooManyRequests|RequestLimitExceeded/;

/** What any AWS service may answer, or not answer. */
function inGeneral(thrown: unknown, service: string): ReadFailure {
  const code = nameOf(thrown);
  if (wrongKeys.test(code)) {
    return failure(
      'unauthorized',
      `${service} does not accept the AWS credentials (${code}): ${said(thrown)}`,
      thrown,
      ['They are expired, deactivated, or the clock of this machine is wrong: aws sts get-caller-identity'],
    );
  }
  if (tooMany.test(code)) return failure('throttled', `${service} asks to wait (${code})`, thrown);
  if (code === 'TimeoutError') return failure('timed-out', `${service} did not answer in time`, thrown);
  const status = statusOf(thrown);
  if (status !== undefined) return failure('server-error', `${service} answered ${status}: ${said(thrown)}`, thrown);
  return unreachable(thrown, service);
}

function failure(kind: ReadFailureKind, message: string, cause: unknown, remedy: readonly string[] = []): ReadFailure {
  return new ReadFailure(kind, message, { cause, ...(remedy.length === 0 ? {} : { remedy: remedy.join(' ') }) });
}

function said(thrown: unknown): string {
  return messageOf(thrown).replace(/\s+/g, ' ').trim();
}

function statusOf(thrown: unknown): number | undefined {
  const metadata =
    typeof thrown === 'object' && thrown !== null && '$metadata' in thrown ? thrown.$metadata : undefined;
  return (metadata as { readonly httpStatusCode?: number } | undefined)?.httpStatusCode;
}
