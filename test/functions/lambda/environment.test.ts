import { describe, expect, it } from 'vitest';
import { ConfigError } from '../../../functions/config/error.ts';
import { environmentOf } from '../../../functions/lambda/environment.ts';
import { functionNames, variablesOf } from '../../../functions/lambda/needs.ts';

const aws = { AWS_REGION: 'eu-west-1', AWS_ACCESS_KEY_ID: 'AKIAEXAMPLE', AWS_SECRET_ACCESS_KEY: 'made-up' };
const urlOf = (variable: string) => `https://sqs.eu-west-1.amazonaws.com/111122223333/${variable}.fifo`;
const own = (name: (typeof functionNames)[number]) =>
  Object.fromEntries(variablesOf(name).map((variable) => [variable, urlOf(variable)]));
const given = (name: (typeof functionNames)[number]): Record<string, string> => ({
  ...aws,
  ...own(name),
  NIGHTSHIFT_LOG: 'info',
});

describe('the environment of a function', () => {
  it.each(functionNames)('%s: is enough when it has the variables of the table', (name) => {
    expect(environmentOf(name, given(name))).toMatchObject({
      logLevel: 'info',
      aws: { sqs: { region: 'eu-west-1', credentials: { accessKeyId: 'AKIAEXAMPLE' } } },
    });
  });

  it.each(functionNames.flatMap((name) => variablesOf(name).map((variable) => [name, variable] as const)))(
    '%s: without %s it does not start, and says what to do',
    (name, variable) => {
      const { [variable]: _missing, ...rest } = given(name);

      expect(() => environmentOf(name, rest)).toThrow(ConfigError);
      expect(() => environmentOf(name, rest)).toThrow(`the environment variable ${variable}`);
      expect(() => environmentOf(name, rest)).toThrow('Deploy again');
      expect(() => environmentOf(name, { ...rest, [variable]: '' })).toThrow(variable);
    },
  );

  it('names all that is missing at once', () => {
    expect(() => environmentOf('slack', aws)).toThrow(
      /NIGHTSHIFT_SERVICE.*NIGHTSHIFT_LOG.*NIGHTSHIFT_QUEUE_INVESTIGATE.*NIGHTSHIFT_QUEUE_REMEDIATE/,
    );
  });

  it('knows its own queues, and no others', () => {
    const { queues, deadLetters } = environmentOf('announce', given('announce'));

    expect(queues).toEqual({ announce: urlOf('NIGHTSHIFT_QUEUE_ANNOUNCE') });
    expect(deadLetters).toEqual({ announce: urlOf('NIGHTSHIFT_DEAD_LETTERS_ANNOUNCE') });
  });

  it.each([
    ['NIGHTSHIFT_QUEUE_ANNOUNCE', 'nightshift-prod-announce.fifo'],
    ['NIGHTSHIFT_DEAD_LETTERS_ANNOUNCE', 'https://sqs.eu-west-1.amazonaws.com/111122223333/not-first-in-first-out'],
  ])('knows queues by their URLs: %s cannot be %s', (variable, wrong) => {
    expect(() => environmentOf('announce', { ...given('announce'), [variable]: wrong })).toThrow(
      `the environment variable ${variable} is "${wrong}": it takes the URL of an SQS FIFO queue`,
    );
  });

  it('has a level of logging that exists', () => {
    expect(() => environmentOf('tick', { ...given('tick'), NIGHTSHIFT_LOG: 'loud' })).toThrow(
      'the environment variable NIGHTSHIFT_LOG is "loud": it takes silent, error, warn, info, debug',
    );
  });

  it('has keys, as Lambda always gives them; without, it says so', () => {
    const { AWS_SECRET_ACCESS_KEY: _gone, ...rest } = given('tick');

    expect(() => environmentOf('tick', rest)).toThrow('AWS_SECRET_ACCESS_KEY');
    const session = environmentOf('tick', { ...given('tick'), AWS_SESSION_TOKEN: 'x' });
    expect(session.aws.dynamodb.credentials).toMatchObject({ sessionToken: 'x' });
  });

  it('finds emulators by the names the SDK has for them', () => {
    const { aws: access } = environmentOf('tick', { ...given('tick'), AWS_ENDPOINT_URL_SQS: 'http://127.0.0.1:1' });

    expect(access.sqs.endpoint).toBe('http://127.0.0.1:1');
    expect(access.dynamodb.endpoint).toBeUndefined();
  });
});
