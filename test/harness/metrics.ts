export interface Metrics {
  /** Sum over all series of that name which carry these labels; undefined when there is none (absent is not zero). */
  sum(name: string, labels?: Readonly<Record<string, string>>): number | undefined;
}

const line = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)(?: \d+)?$/;
const label = /([a-zA-Z_]\w*)="((?:[^"\\]|\\.)*)"/g;

/** Reads a /metrics page in Prometheus' text format. Throws when it does not answer within `timeoutMs`. */
export async function readMetrics(url: string, timeoutMs = 2_000): Promise<Metrics> {
  const answer = await fetch(url, { signal: AbortSignal.timeout(timeoutMs) });
  if (!answer.ok) throw new Error(`GET ${url}: ${answer.status}`);
  return parseMetrics(await answer.text());
}

export function parseMetrics(text: string): Metrics {
  const series = text.split('\n').flatMap((row) => {
    const [, name, labels = '', value] = line.exec(row) ?? [];
    return name === undefined ? [] : [{ name, labels: Object.fromEntries(pairs(labels)), value: Number(value) }];
  });
  return {
    sum(name, wanted = {}) {
      const found = series.filter(
        (one) => one.name === name && Object.entries(wanted).every(([key, value]) => one.labels[key] === value),
      );
      return found.length === 0 ? undefined : found.reduce((total, { value }) => total + value, 0);
    },
  };
}

function pairs(labels: string): [string, string][] {
  return [...labels.matchAll(label)].map(([, key = '', value = '']) => [key, value]);
}
