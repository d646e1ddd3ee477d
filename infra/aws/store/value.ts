import { deflateRawSync, inflateRawSync } from 'node:zlib';
import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { Refused } from '../../../engine/errors.ts';
import type { Blobs } from '../../../engine/ports.ts';
import { toJson } from '../../local/store/encoding.ts';

/** A value in the form it is stored in: as JSON, or when that is long, as compressed JSON. */
export type Packed = { readonly S: string } | { readonly B: Uint8Array };

/** DynamoDB charges writes by the started kilobyte; up to here compressing saves nothing. */
const plainBytes = 512;
/** What an item may hold, messages included. DynamoDB's limit is 400 KB with keys and attribute names. */
const mostBytes = 300 * 1_024;
const mostOtherBytes = mostBytes - plainBytes;

/** Throws a TypeError for what JSON cannot say. */
export function pack(value: unknown): Packed {
  const json = toJson(value);
  return Buffer.byteLength(json) <= plainBytes ? { S: json } : { B: deflateRawSync(json) };
}

/** The value as an attribute beside `otherBytes` in one item: itself, or where its bytes are. */
export async function shelve(packed: Packed, otherBytes: number, blobs: Blobs | undefined): Promise<AttributeValue> {
  const bytes = 'B' in packed ? packed.B : Buffer.from(packed.S);
  if (bytes.length + otherBytes <= mostBytes) return packed;
  if (!blobs || otherBytes > mostOtherBytes) {
    throw new Refused(
      'DOCUMENT_TOO_LARGE',
      `A document of ${bytes.length} bytes (compressed) and messages of ${otherBytes} bytes do not fit into one item` +
        (blobs ? '.' : ', and this function has no bucket for what is larger.'),
    );
  }
  return { M: { blob: { S: await blobs.put(bytes) } } };
}

export async function unshelve<T>(attribute: AttributeValue | undefined, blobs: Blobs | undefined): Promise<T> {
  if (attribute?.S !== undefined) return JSON.parse(attribute.S) as T;
  if (attribute?.B !== undefined) return inflate<T>(attribute.B);
  const hash = attribute?.M?.blob?.S;
  const bytes = hash === undefined ? undefined : await blobs?.get(hash);
  if (bytes) return inflate<T>(bytes);
  throw new Refused('DOCUMENT_LOST', `The content of a document is not in the bucket any more (${hash}).`);
}

function inflate<T>(bytes: Uint8Array): T {
  return JSON.parse(inflateRawSync(bytes).toString()) as T;
}
