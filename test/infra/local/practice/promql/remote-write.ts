import type { PracticeSeries } from '../../../../../infra/local/practice/promql/series.ts';

/** The bits of Prometheus' stale marker (model/value/value.go), a NaN that arithmetic never makes. */
const staleMarker = 0x7ff0000000000002n;

/**
 * Everything the series say from `from` to `to` (Unix seconds) as the body of one remote-write request: a `WriteRequest`
 * of prometheus/prompb in snappy's block format, not compressed. A scrape without a reading writes the stale marker.
 */
export function writeRequest(series: readonly PracticeSeries[], from: number, to: number): Uint8Array<ArrayBuffer> {
  const message = Buffer.concat(series.map((each) => field(1, timeSeries(each, from, to))));
  const length = Buffer.alloc(4);
  length.writeUInt32LE(message.length - 1);
  const literalOfFourByteLength = Buffer.from([63 << 2]);
  return new Uint8Array(Buffer.concat([varint(BigInt(message.length)), literalOfFourByteLength, length, message]));
}

function timeSeries({ labels, at, stepSeconds = 15, gaps }: PracticeSeries, from: number, to: number): Buffer {
  const parts = Object.entries(labels)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => field(1, Buffer.concat([field(1, Buffer.from(name)), field(2, Buffer.from(value))])));
  for (let tick = Math.ceil(from / stepSeconds) * stepSeconds; tick < to; tick += stepSeconds) {
    const value = at(tick);
    const wasThere = at(tick - stepSeconds) !== undefined;
    if (value !== undefined)
      parts.push(
        field(
          2,
          sample(tick, (bytes) => bytes.writeDoubleLE(value)),
        ),
      );
    else if (wasThere && gaps !== 'missing')
      parts.push(
        field(
          2,
          sample(tick, (bytes) => bytes.writeBigUInt64LE(staleMarker)),
        ),
      );
  }
  return Buffer.concat(parts);
}

function sample(unixSeconds: number, write: (bytes: Buffer) => void): Buffer {
  const value = Buffer.alloc(8);
  write(value);
  return Buffer.concat([
    Buffer.from([(1 << 3) | 1]),
    value,
    Buffer.from([2 << 3]),
    varint(BigInt(Math.round(unixSeconds * 1000))),
  ]);
}

/** A length-delimited field of a protocol buffer. */
function field(number: number, content: Buffer): Buffer {
  return Buffer.concat([Buffer.from([(number << 3) | 2]), varint(BigInt(content.length)), content]);
}

function varint(value: bigint): Buffer {
  const bytes: number[] = [];
  let rest = value;
  for (; rest > 127n; rest >>= 7n) bytes.push(Number(rest & 127n) | 128);
  return Buffer.from([...bytes, Number(rest)]);
}
