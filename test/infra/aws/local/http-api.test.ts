import { describe, expect, it } from 'vitest';
import { requestOf } from '../../../../functions/lambda/http.ts';
import { answerOf, httpApiEvent } from '../../../../infra/aws/local/http-api.ts';
import { documented } from '../../../functions/lambda/events.ts';

const json = { 'content-type': 'application/json', 'user-agent': 'Alertmanager/0.31' };
const post = (headers: Readonly<Record<string, string>>, body: string) =>
  httpApiEvent({ method: 'POST', path: '/alerts', headers, body: Buffer.from(body) }, new Date('2020-03-12T19:03:58Z'));

describe('the event API Gateway makes of a request', () => {
  it('has the parts of the documented one, but for those that nobody has configured', () => {
    const event = post({ ...json, cookie: 'a=1; b=2' }, '{}');
    const { queryStringParameters, pathParameters, stageVariables, ...parts } = documented;
    const { authentication, authorizer, ...context } = documented.requestContext as unknown as Record<string, unknown>;

    expect([queryStringParameters, pathParameters, stageVariables, authentication, authorizer]).not.toContain(
      undefined,
    );
    expect(Object.keys(event).sort()).toEqual(Object.keys(parts).sort());
    expect(Object.keys(event.requestContext).sort()).toEqual(Object.keys(context).sort());
    expect(Object.keys(event.requestContext.http).sort()).toEqual(Object.keys(documented.requestContext.http).sort());
    expect(event).toMatchObject({
      routeKey: 'POST /alerts',
      rawPath: '/alerts',
      cookies: ['a=1', 'b=2'],
      requestContext: { time: documented.requestContext.time, http: { userAgent: 'Alertmanager/0.31' } },
    });
    expect(event.headers).not.toHaveProperty('cookie');
  });

  it('hands JSON on as it is, and a form in base64; a function reads the same of both', () => {
    const form = { 'content-type': 'application/x-www-form-urlencoded' };

    expect(post(json, '{"a":"ü"}')).toMatchObject({ body: '{"a":"ü"}', isBase64Encoded: false });
    expect(post(form, 'a=ü')).toMatchObject({ body: Buffer.from('a=ü').toString('base64'), isBase64Encoded: true });
    expect(requestOf(post(form, 'a=ü'))).toMatchObject({ method: 'POST', path: '/alerts', body: 'a=ü' });
    expect(requestOf(post(json, ''))).toMatchObject({ body: '' });
  });

  it('makes an answer of what a function returns', () => {
    const body = Buffer.from('ü').toString('base64');

    expect(answerOf({ statusCode: 401, headers: { 'X-One': 1 }, body: 'no' })).toEqual({
      ...{ status: 401, headers: { 'x-one': '1' }, body: 'no' },
    });
    expect(answerOf({ body, isBase64Encoded: true })).toMatchObject({ status: 200, body: 'ü' });
  });
});
