import type { Cluster } from './triage.ts';

type Labels = Readonly<Record<string, string>>;

/**
 * The cluster an alert's labels speak of: of several that fit, the one whose `match` names most labels. Two that fit
 * alike are no ground to look into either.
 */
export function clusterOf(clusters: readonly Cluster[], labels: Labels): Cluster | { readonly why: string } {
  const fitting = clusters.filter(({ match }) => fits(match, labels));
  const most = Math.max(0, ...fitting.map(sizeOf));
  const [first, ...others] = fitting.filter((cluster) => sizeOf(cluster) === most);
  if (first && others.length === 0) return first;
  const [found, among] = first ? ['several', [first, ...others]] : ['none', clusters];
  return { why: `its labels fit ${found} of the configured clusters: ${among.map(wordsOf).join('; ')}` };
}

function fits(match: Labels, labels: Labels): boolean {
  return Object.entries(match).every(([label, value]) => labels[label] === value);
}

function sizeOf({ match }: Cluster): number {
  return Object.keys(match).length;
}

function wordsOf({ name, match }: Cluster): string {
  const labels = Object.entries(match).map(([label, value]) => `${label}=${value}`);
  return `${name} (${labels.join(', ')})`;
}
