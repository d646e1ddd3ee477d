import { createHash, randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { Blobs } from '../../engine/ports.ts';

/** What every `Blobs` promises. `open` gives an empty one. */
export function blobsContract(name: string, open: () => Promise<Blobs>): void {
  describe(`the blobs contract, kept by ${name}`, () => {
    it('gives back what was put, byte for byte', async () => {
      const blobs = await open();
      const contents = [
        randomBytes(5 * 1_024 * 1_024),
        Buffer.from('äöü'),
        new Uint8Array(),
        Uint8Array.of(0, 255, 10),
      ];
      for (const content of contents) {
        const hash = await blobs.put(content);
        expect(Buffer.from((await blobs.get(hash)) ?? 'nothing').equals(content)).toBe(true);
      }
    });

    it('names a blob by its content: the same content is the same blob', async () => {
      const blobs = await open();
      const content = Buffer.from('evidence');
      const hash = await blobs.put(content);
      expect(hash).toBe(createHash('sha256').update(content).digest('hex'));
      expect(await blobs.put(Buffer.from('evidence'))).toBe(hash);
      expect(await blobs.put(Buffer.from('Evidence'))).not.toBe(hash);
    });

    it('knows nothing of what was never put', async () => {
      const blobs = await open();
      await blobs.put(Buffer.from('something else'));
      expect(await blobs.get('0'.repeat(64))).toBeUndefined();
    });

    it('serves many at once', async () => {
      const blobs = await open();
      const contents = Array.from({ length: 30 }, (_, n) => Buffer.from(`content ${n}`));
      const hashes = await Promise.all(contents.map((content) => blobs.put(content)));
      const back = await Promise.all(hashes.map((hash) => blobs.get(hash)));
      expect(back.map((content) => Buffer.from(content ?? []).toString())).toEqual(contents.map(String));
    });
  });
}
