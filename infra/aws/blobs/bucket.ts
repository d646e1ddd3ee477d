import { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { type AwsAccess, clientSettings, type Limits } from '../settings.ts';

/** Objects of one bucket. Throws what S3, the SDK or the network says. */
export interface Bucket {
  put(key: string, content: Uint8Array): Promise<void>;
  get(key: string): Promise<Uint8Array | undefined>;
}

/** Packed apart from the function that loads it: no class is the same on both sides, so errors go out as they came. */
export function openBucket(access: AwsAccess, bucket: string, limits: Limits): Bucket {
  // Emulators have no host name for each bucket.
  const forcePathStyle = access.endpoint !== undefined;
  const client = new S3Client({ ...clientSettings(access, limits), forcePathStyle });
  return {
    async put(key, content) {
      const type = 'application/octet-stream';
      await client.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: content, ContentType: type }));
    },
    async get(key) {
      try {
        const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
        return await Body?.transformToByteArray();
      } catch (thrown) {
        if (thrown instanceof Error && thrown.name === 'NoSuchKey') return undefined;
        throw thrown;
      }
    },
  };
}
