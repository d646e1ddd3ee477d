import { describe, expect, it } from 'vitest';
import { readable } from '../../../../functions/lambda/local/log-lines.ts';

const line = (fields: object) => readable('announce', JSON.stringify(fields));

describe('a line of a function, for people', () => {
  it('says who, how bad, what, and what belongs to it', () => {
    const always = { timestamp: 't', service: 's', cold_start: true, function_request_id: 'r' };

    expect(line({ level: 'WARN', message: 'will try again', ...always, attempt: 2, body: { what: 'card' } })).toBe(
      'announce  WARN  will try again  attempt=2 body={"what":"card"}',
    );
  });

  it('is none for metrics and for nothing', () => {
    expect(line({ _aws: {}, Alerts: 1 })).toBeUndefined();
    expect(readable('announce', ' ')).toBeUndefined();
  });

  it('is what it was where it is not JSON, and short', () => {
    expect(readable('announce', 'TypeError: x')).toBe('announce  TypeError: x');
    expect(readable('announce', 'x'.repeat(1_000))).toHaveLength(400);
  });
});
