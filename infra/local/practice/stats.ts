import type { Exchange } from './listener.ts';

export interface PracticeStats {
  readonly kubernetesCalls: number;
  readonly prometheusQueries: number;
  /** Bodies of all answers before compression, and of the API server's alone. */
  readonly bytes: number;
  readonly kubernetesBytes: number;
  /** Answers by URL path, without queries. */
  readonly byPath: Readonly<Record<string, number>>;
  readonly userAgents: readonly string[];
}

/** Counts what was asked and answered. */
export function counters() {
  const kubernetes = { calls: 0, bytes: 0 };
  const prometheus = { calls: 0, bytes: 0 };
  const byPath = new Map<string, number>();
  const userAgents = new Set<string>();
  const count = (side: { calls: number; bytes: number }) => {
    return ({ url, request }: Exchange, bytes: number): void => {
      side.calls += 1;
      side.bytes += bytes;
      byPath.set(url.pathname, (byPath.get(url.pathname) ?? 0) + 1);
      userAgents.add(request.headers['user-agent'] ?? '');
    };
  };
  return {
    kubernetes: count(kubernetes),
    prometheus: count(prometheus),
    read: (): PracticeStats => ({
      kubernetesCalls: kubernetes.calls,
      prometheusQueries: prometheus.calls,
      bytes: kubernetes.bytes + prometheus.bytes,
      kubernetesBytes: kubernetes.bytes,
      byPath: Object.fromEntries(byPath),
      userAgents: [...userAgents],
    }),
  };
}
