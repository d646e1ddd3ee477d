import type { ReadFailureKind } from '../../../engine/errors.ts';
import type { MemberWorld } from './world.ts';

export function instanceOf({ host, port }: MemberWorld): string {
  return `${host}:${port}`;
}

/** In the words of Prometheus 2.42: a port where nobody listens refuses at once, a stopped process runs into the time-out. */
export function errorOf({ host, port, members: { up, scrapeSeconds = 0 } }: MemberWorld): string {
  if (up === 1) return '';
  const get = `Get "http://${host}:${port}/metrics": `;
  if (scrapeSeconds > 0.9) return `${get}context deadline exceeded`;
  if (scrapeSeconds > 0.5) return `${get}read tcp 10.0.0.9:41222->${host}:${port}: read: connection reset by peer`;
  return `${get}dial tcp ${host}:${port}: connect: connection refused`;
}

export function samples(
  labels: Record<string, string>,
  figures: Readonly<Record<string, unknown>>,
  at: string,
): unknown[] {
  return Object.entries(figures).flatMap(([figure, value]) =>
    typeof value === 'number'
      ? [{ labels: { ...labels, figure }, value: Number.isNaN(value) ? 'NaN' : value, at: at }]
      : [],
  );
}

export function failure(kind: ReadFailureKind, what: string, refused = false) {
  return { failure: { kind, message: `${what}: ${kind}`, ...(refused && { refused }) } };
}
