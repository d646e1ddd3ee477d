import { createHash } from 'node:crypto';
import { TryLater } from '../../../engine/errors.ts';
import type { Blobs } from '../../../engine/ports.ts';
import { asking } from '../failures.ts';
import { type AwsAccess, type Limits, s3Limits } from '../settings.ts';
import type { Bucket } from './bucket.ts';

/**
 * The port `Blobs` over one S3 bucket. S3's client is loaded when something does not fit elsewhere, which is hardly
 * ever: it would cost every cold start, and lies in a module of its own.
 */
export function createBlobs(access: AwsAccess, bucket: string, limits: Limits = s3Limits): Blobs {
  const what = `The bucket ${bucket}`;
  let opening: Promise<Bucket> | undefined;
  const open = () => {
    opening ??= import('./bucket.ts').then(({ openBucket }) => openBucket(access, bucket, limits));
    return opening;
  };

  return {
    async put(content) {
      const hash = hashOf(content);
      const opened = await open();
      await asking(what, opened.put(keyOf(hash), content));
      return hash;
    },
    async get(hash) {
      const opened = await open();
      const content = await asking(what, opened.get(keyOf(hash)));
      if (content === undefined || hashOf(content) === hash) return content;
      throw new TryLater(`The bucket ${bucket} gave another content than ${hash}.`, 5_000);
    },
  };
}

function keyOf(hash: string): string {
  return `blobs/${hash}`;
}

function hashOf(content: Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}
