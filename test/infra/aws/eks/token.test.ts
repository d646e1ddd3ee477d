import { describe, expect, it } from 'vitest';
import { eksToken } from '../../../../infra/aws/eks/token.ts';
import { refusalOf } from './authenticator.ts';

const now = new Date('2026-11-21T02:00:00Z');
/** The example keys of AWS's own documentation. */
const lasting = { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY' };
const temporary = { ...lasting, accessKeyId: 'ASIAIOSFODNN7EXAMPLE', sessionToken: 'IQoJb3JpZ2luX2VjEA//+a==' };
const cluster = { clusterName: 'prod-eu', stsHost: 'sts.eu-west-1.amazonaws.com' };
const authenticator = { ...cluster, keys: [lasting, temporary] };
const minutesLater = (minutes: number) => new Date(now.getTime() + minutes * 60_000);
const token = (keys: typeof lasting = lasting) => eksToken({ ...cluster, region: 'eu-west-1', keys, now });
const urlIn = (made: string) => new URL(Buffer.from(made.slice('k8s-aws-v1.'.length), 'base64url').toString());

describe('an EKS token', () => {
  it('is a presigned question of the regional token service, for this cluster, in the words EKS documents', async () => {
    const url = urlIn(await token());

    expect(url.origin + url.pathname).toBe('https://sts.eu-west-1.amazonaws.com/');
    expect(Object.fromEntries(url.searchParams)).toEqual({
      Action: 'GetCallerIdentity',
      Version: '2011-06-15',
      'X-Amz-Algorithm': 'AWS4-HMAC-SHA256',
      'X-Amz-Credential': 'AKIAIOSFODNN7EXAMPLE/20261121/eu-west-1/sts/aws4_request',
      'X-Amz-Date': '20261121T020000Z',
      'X-Amz-Expires': '60',
      'X-Amz-SignedHeaders': 'host;x-k8s-aws-id',
      'X-Amz-Signature': expect.stringMatching(/^[0-9a-f]{64}$/),
    });
  });

  it('has no padding, whatever its length', async () => {
    for (const length of [1, 2, 3, 4]) {
      const made = await token({ ...lasting, accessKeyId: 'A'.repeat(length) });
      expect(made).toMatch(/^k8s-aws-v1\.[\w-]+$/);
    }
  });

  it.each([
    ['lasting keys', lasting],
    ['the temporary keys of a role', temporary],
  ])('signed with %s is accepted by the authenticator, its signature computed by hand', async (_what, keys) => {
    expect(refusalOf(await token(keys), authenticator, now)).toBeUndefined();
  });

  it('is honoured for 15 minutes, and not a second longer', async () => {
    const made = await token();

    expect(refusalOf(made, authenticator, minutesLater(15))).toBeUndefined();
    expect(refusalOf(made, authenticator, new Date(minutesLater(15).getTime() + 1_000))).toBe('expired');
  });

  it('is good for no other cluster, nobody else’s keys, and not when touched', async () => {
    const made = await token();
    const touched = `k8s-aws-v1.${Buffer.from(urlIn(made).href.replace('T020000Z', 'T020100Z')).toString('base64url')}`;

    expect(refusalOf(made, { ...authenticator, clusterName: 'prod-us' }, now)).toBe('signature');
    expect(refusalOf(made, { ...authenticator, keys: [{ ...lasting, secretAccessKey: 'other' }] }, now)).toBe(
      'signature',
    );
    expect(refusalOf(touched, authenticator, now)).toBe('signature');
    expect(
      refusalOf(await token(temporary), { ...authenticator, keys: [{ ...temporary, sessionToken: 'x' }] }, now),
    ).toBe('session token');
  });
});
