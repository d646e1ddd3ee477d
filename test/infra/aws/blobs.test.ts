import { expect, it } from 'vitest';
import { TryLater } from '../../../engine/errors.ts';
import { createBlobs } from '../../../infra/aws/blobs/blobs.ts';
import { blobsContract } from '../../contract/blobs.ts';
import { emulated, impatient } from './fresh.ts';

const place = emulated();

blobsContract('an S3 bucket', async () => (await place.fresh()).healthy().blobs);

it('notices when what is in the bucket is not what was put there', async () => {
  const { healthy, resources } = await place.fresh();
  const { blobs } = healthy();
  const hash = await blobs.put(Buffer.from('evidence'));
  const address = `${place.emulators().sqs.endpoint}/${resources.bucket}/blobs/${hash}`;
  expect((await fetch(address, { method: 'PUT', body: 'other evidence' })).ok).toBe(true);
  const failure = await blobs.get(hash).catch((thrown: unknown) => thrown);
  expect(failure).toBeInstanceOf(TryLater);
  expect(failure).toMatchObject({ message: expect.stringContaining('another content') });
});

it.each(['PUT', 'GET'] as const)('asks to come back when the bucket does not answer (%s)', async (method) => {
  const { sqs, resources } = await place.fresh();
  const blobs = createBlobs(sqs.access, resources.bucket, impatient);
  sqs.fail(method, { kind: 'silent' });
  const work = method === 'PUT' ? blobs.put(Buffer.from('x')) : blobs.get('0'.repeat(64));
  await expect(work).rejects.toMatchObject({ code: 'TRY_LATER', message: expect.stringContaining('in time') });
  expect(sqs.asked).toEqual([method, method, method]);
});

it('says so when there is no such bucket', async () => {
  const blobs = createBlobs(place.emulators().sqs, 'never-made');
  await expect(blobs.put(Buffer.from('x'))).rejects.toMatchObject({
    message: expect.stringContaining('does not exist'),
  });
});
