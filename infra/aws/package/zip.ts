import { type Zippable, zipSync } from 'fflate';

/** The first moment a zip can tell, whatever the time zone: its times are local ones. */
const mtime = new Date(1980, 0, 1);
/** A regular file that everybody may read, as Unix says it: Lambda runs as somebody else than who has packed it. */
const attrs = (0o100_644 << 16) >>> 0;
const unix = 3;

/** The same files give the same bytes, wherever and whenever, with whatever zlib: fflate is JavaScript all through. */
export function zipOf(files: Readonly<Record<string, Uint8Array>>): Uint8Array {
  const sorted = Object.entries(files).sort(([a], [b]) => (a < b ? -1 : 1));
  const entries: Zippable = {};
  for (const [name, content] of sorted) entries[name] = [content, { mtime, attrs, os: unix, level: 9 }];
  return zipSync(entries);
}
