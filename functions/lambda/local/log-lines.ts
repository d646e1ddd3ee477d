/** What Powertools writes into every line, and nobody reads twenty times. */
const always = new Set([
  ...['level', 'message', 'timestamp', 'service', 'sampling_rate', 'xray_trace_id', 'cold_start'],
  ...['function_arn', 'function_memory_size', 'function_name', 'function_request_id'],
]);
const MOST_CHARACTERS = 400;

/**
 * A line of a function's log for people: `announce  WARN  will try again  queue=announce attempt=1`. `undefined`:
 * nothing for people, such as the metrics that CloudWatch takes out of the log.
 */
export function readable(name: string, line: string): string | undefined {
  const fields = objectIn(line);
  if (!fields) return line.trim() === '' ? undefined : within(`${name}  ${line}`);
  if ('_aws' in fields) return undefined;
  const more = Object.entries(fields)
    .filter(([key]) => !always.has(key))
    .map(([key, value]) => `${key}=${typeof value === 'string' ? value : JSON.stringify(value)}`);
  const { level = '', message = '' } = fields;
  return within([name, String(level), String(message), more.join(' ')].filter((part) => part !== '').join('  '));
}

function objectIn(line: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

function within(text: string): string {
  return text.length <= MOST_CHARACTERS ? text : `${text.slice(0, MOST_CHARACTERS - 1)}…`;
}
