import { readFileSync } from 'node:fs';
import type { APIGatewayProxyEventV2 } from 'aws-lambda';

/** The example in https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html */
export const documented = JSON.parse(
  readFileSync(new URL('../../recorded/aws/http-api-event.json', import.meta.url), 'utf8'),
) as APIGatewayProxyEventV2;

export interface Sent {
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Default: as API Gateway does it, for everything but text, JSON, XML and JavaScript. */
  readonly base64?: boolean;
  /** Default: `$default`, which does not show in the path. */
  readonly stage?: string;
}

/**
 * The event API Gateway makes of a request. Which bodies come in base64 was tried out by others on the real thing:
 * https://github.com/ministackorg/ministack/pull/766
 */
export function httpEvent({
  path = '/',
  headers = {},
  body,
  base64,
  stage = '$default',
}: Sent): APIGatewayProxyEventV2 {
  const rawPath = stage === '$default' ? path : `/${stage}${path}`;
  const type = Object.entries(headers).find(([name]) => name.toLowerCase() === 'content-type')?.[1] ?? '';
  const isBase64Encoded = base64 ?? !/^(text\/|application\/(json|xml|javascript))/i.test(type);
  const { cookies: _cookies, body: _body, ...rest } = documented;
  return {
    ...rest,
    routeKey: `POST ${path}`,
    rawPath,
    rawQueryString: '',
    headers: {
      'content-length': String(Buffer.byteLength(body ?? '')),
      host: 'id.execute-api.eu-west-1.amazonaws.com',
      ...headers,
    },
    ...(body === undefined ? {} : { body: isBase64Encoded ? Buffer.from(body).toString('base64') : body }),
    isBase64Encoded,
    requestContext: {
      ...rest.requestContext,
      stage,
      http: { ...rest.requestContext.http, method: 'POST', path: rawPath },
    },
  };
}
