/**
 * `bad_data`: the query cannot be understood; the message is Prometheus' own up to the word it starts with
 * (`invalid parameter "query": `), which belongs to its HTTP API. `execution`: the query met data it cannot join.
 */
export class PromqlError extends Error {
  readonly errorType: 'bad_data' | 'execution';

  constructor(errorType: 'bad_data' | 'execution', message: string) {
    super(message);
    this.name = 'PromqlError';
    this.errorType = errorType;
  }
}

/** A parse error the way Prometheus words it: `1:5: parse error: …`, with line and column of `offset`. */
export function parseError(query: string, offset: number, message: string): PromqlError {
  const before = query.slice(0, offset).split('\n');
  const column = (before[before.length - 1] ?? '').length + 1;
  return new PromqlError('bad_data', `${before.length}:${column}: parse error: ${message}`);
}

export function executionError(message: string): PromqlError {
  return new PromqlError('execution', message);
}
