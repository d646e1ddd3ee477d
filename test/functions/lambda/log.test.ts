import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const file = join(import.meta.dirname, '../../../functions/lambda/log.ts');

/** What a process writes that does this with its log, what goes to standard error last. */
function written(script: string): readonly Record<string, unknown>[] {
  const text = `
    import { functionLog } from ${JSON.stringify(file)};
    const log = functionLog({ service: 'nightshift-test', logLevel: 'info' });
    const during = (awsRequestId) => log.during({ awsRequestId });
    ${script}`;
  const env = { AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand' };
  const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', text], {
    env,
    encoding: 'utf8',
  });
  return `${stdout}${stderr}`
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}

it('a line names the request it belongs to, and whether that had to wait for a cold start', () => {
  expect(written("during('first'); log.info({ n: 1 }, 'one'); during('second'); log.warn({}, 'two');")).toMatchObject([
    { level: 'INFO', message: 'one', n: 1, function_request_id: 'first', cold_start: true, service: 'nightshift-test' },
    { level: 'WARN', message: 'two', function_request_id: 'second', cold_start: false },
  ]);
});

it('so it does when the requests before had nothing to say', () => {
  expect(written("during('first'); during('second'); during('third'); log.error({}, 'late');")).toMatchObject([
    { message: 'late', function_request_id: 'third', cold_start: false },
  ]);
});

it('a line that is written before any request names none', () => {
  const [line] = written("log.warn({}, 'started without its secrets'); during('first');");

  expect(line).toMatchObject({ message: 'started without its secrets' });
  expect(line).not.toHaveProperty('function_request_id');
});
