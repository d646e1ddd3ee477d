import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Refused } from '../../../engine/errors.ts';
import { hasBearer } from '../../../functions/http.ts';
import { requestOf, resultOf } from '../../../functions/lambda/http.ts';
import { documented, httpEvent } from './events.ts';

describe('an event of an HTTP API', () => {
  it('as AWS documents it is a request', () => {
    expect(requestOf(documented)).toEqual({
      method: 'POST',
      path: '/my/path',
      headers: { header1: 'value1', header2: 'value1,value2', cookie: 'cookie1; cookie2' },
      body: 'Hello from Lambda',
    });
  });

  it('carries the same body in base64 and without, whatever is in it', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.boolean(), (body, base64) => {
        expect(requestOf(httpEvent({ body, base64 })).body).toBe(body);
      }),
    );
  });

  it('without a body has an empty one', () => {
    expect(requestOf(httpEvent({})).body).toBe('');
    expect(requestOf({ ...httpEvent({}), body: null, cookies: null }).body).toBe('');
  });

  it('carries header names in any case, and joins what comes twice', () => {
    const headers = { 'Content-Type': 'application/json; charset=utf-8', 'X-Thing': 'one', 'x-thing': 'two' };
    expect(requestOf(httpEvent({ headers })).headers).toMatchObject({
      'content-type': 'application/json; charset=utf-8',
      'x-thing': 'one, two',
    });
  });

  it.each([
    ['$default', '/alerts', '/alerts'],
    ['prod', '/prod/alerts', '/alerts'],
    ['prod', '/alerts', '/alerts'],
    ['alerts', '/alerts', '/alerts'],
    ['prod', '/production/alerts', '/production/alerts'],
    ['a.c', '/abc/alerts', '/abc/alerts'],
  ])('of stage %s with the path %s is about %s', (stage, rawPath, path) => {
    const event = httpEvent({ stage });
    expect(requestOf({ ...event, rawPath }).path).toBe(path);
  });

  it('with names that JavaScript knows has them as headers, and nothing else', () => {
    const event = JSON.stringify(httpEvent({ headers: { constructor: 'x' } }));
    const { headers } = requestOf(
      JSON.parse(event.replace('"headers":{', '"headers":{"__proto__":"y","toString":"z",')),
    );
    expect(Object.getPrototypeOf(headers)).toBe(Object.prototype);
    expect(headers).toMatchObject({ constructor: 'x', tostring: 'z' });
    expect(headers.authorization).toBeUndefined();
  });

  it.each([
    ['of format 1.0', { ...documented, version: '1.0' }, 'version'],
    ['of a queue', { Records: [] }, 'version'],
    ['with a body that is none', { ...documented, body: { a: 1 } }, 'body'],
    ['that is nothing', undefined, ''],
  ])('%s is refused, for it was deployed wrongly', (_what, event, where) => {
    expect(() => requestOf(event)).toThrow(Refused);
    expect(() => requestOf(event)).toThrow(where);
    expect(() => requestOf(event)).toThrow('set payloadFormatVersion of the integration to 2.0');
  });
});

describe('the result of an entry', () => {
  it('is in the shape API Gateway takes as it is', () => {
    expect(resultOf({ status: 200, headers: { 'content-type': 'text/plain' }, body: 'ok\n' })).toEqual({
      statusCode: 200,
      headers: { 'content-type': 'text/plain' },
      body: 'ok\n',
      isBase64Encoded: false,
    });
  });
});

describe('a bearer token', () => {
  const sent = (authorization?: string) => ({ method: 'POST', path: '/', headers: { authorization }, body: '' });

  it.each([
    ['secret', 'Bearer secret', true],
    ['secret', 'bearer   secret', true],
    ['secret', 'Bearer secret,Bearer secret', false],
    ['secret', 'Basic secret', false],
    ['secret', undefined, false],
    ['', undefined, false],
    ['', 'Bearer ', false],
    ['', 'Basic x', false],
  ])('"%s" lets in %s: %s', (token, authorization, lets) => {
    expect(hasBearer(sent(authorization), token)).toBe(lets);
  });
});
