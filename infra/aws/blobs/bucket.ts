import { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { asking, nameOf } from '../failures.ts';
import { type AwsAccess, clientSettings, type Limits } from '../settings.ts';

/** Objects of one bucket. Throws `TryLater`. */
export interface Bucket {
  put(key: string, content: Uint8Array): Promise<void>;
  get(key: string): Promise<Uint8Array | undefined>;
}

export function openBucket(access: AwsAccess, bucket: string, limits: Limits): Bucket {
  // Emulators have no host name for each bucket.
  const forcePathStyle = access.endpoint !== undefined;
  const client = new S3Client({ ...clientSettings(access, limits), forcePathStyle });
  const what = `The bucket ${bucket}`;

  async function read(key: string): Promise<Uint8Array | undefined> {
    try {
      const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
      return await Body?.transformToByteArray();
    } catch (thrown) {
      if (nameOf(thrown) === 'NoSuchKey') return undefined;
      throw thrown;
    }
  }

  return {
    async put(key, content) {
      const type = 'application/octet-stream';
      const command = new PutObjectCommand({ Bucket: bucket, Key: key, Body: content, ContentType: type });
      await asking(what, client.send(command));
    },
    get: (key) => asking(what, read(key)),
  };
}
