import { randomUUID } from 'node:crypto';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';

/** A request at a route of an HTTP API. */
export interface HttpApiRequest {
  readonly method: string;
  /** Without a query: no route of ours has one. */
  readonly path: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: Buffer;
}

export interface HttpApiAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

const account = '000000000000';
const domainPrefix = 'local';
const domainName = `${domainPrefix}.execute-api.eu-central-1.amazonaws.com`;
/** Every other body is handed on in base64: https://github.com/ministackorg/ministack/pull/766 */
const plainText = /^(text\/|application\/(json|xml|javascript))/i;

/**
 * The event that API Gateway makes of a request, in payload format 2.0.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
 */
export function httpApiEvent(
  { method, path, headers, body }: HttpApiRequest,
  now = new Date(),
): APIGatewayProxyEventV2 {
  const { cookie, ...rest } = headers;
  const isBase64Encoded = body.length > 0 && !plainText.test(headers['content-type'] ?? '');
  const sourceIp = '127.0.0.1';
  const cameBy = { 'x-forwarded-for': sourceIp, 'x-forwarded-port': '443', 'x-forwarded-proto': 'https' };
  return {
    version: '2.0',
    routeKey: `${method} ${path}`,
    rawPath: path,
    rawQueryString: '',
    ...(cookie === undefined ? {} : { cookies: cookie.split('; ') }),
    headers: { ...rest, ...cameBy, host: domainName },
    requestContext: {
      accountId: account,
      apiId: domainPrefix,
      domainName,
      domainPrefix,
      http: { method, path, protocol: 'HTTP/1.1', sourceIp, userAgent: headers['user-agent'] ?? '' },
      requestId: randomUUID(),
      routeKey: `${method} ${path}`,
      stage: '$default',
      time: commonLogTime(now),
      timeEpoch: now.getTime(),
    },
    ...(body.length === 0 ? {} : { body: body.toString(isBase64Encoded ? 'base64' : 'utf8') }),
    isBase64Encoded,
  };
}

/** What API Gateway makes of a function's result. */
export function answerOf({
  statusCode = 200,
  headers = {},
  body = '',
  isBase64Encoded,
}: APIGatewayProxyStructuredResultV2): HttpApiAnswer {
  const named = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), String(value)]);
  const text = isBase64Encoded ? Buffer.from(body, 'base64').toString('utf8') : body;
  return { status: statusCode, headers: Object.fromEntries(named), body: text };
}

/** A function that throws, or does not answer in time. */
export const internalServerError: HttpApiAnswer = {
  status: 500,
  headers: { 'content-type': 'application/json' },
  body: '{"message":"Internal Server Error"}',
};

/**
 * No route has this method and this path, to the letter: one that ends in a slash is another, and none can be made that does
 * (https://github.com/storacha/w3infra/pull/166).
 */
export const notFound: HttpApiAnswer = {
  status: 404,
  headers: { 'content-type': 'application/json' },
  body: '{"message":"Not Found"}',
};

/** `12/Mar/2020:19:03:58 +0000` */
function commonLogTime(at: Date): string {
  const [, day, month, year, time] = /^\w+, (\d+) (\w+) (\d+) ([\d:]+)/.exec(at.toUTCString()) ?? [];
  return `${day}/${month}/${year}:${time} +0000`;
}
