import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import * as z from 'zod';
import { Refused } from '../../engine/errors.ts';
import type { HttpRequest, HttpResponse } from '../http.ts';

/** A function behind a route of an HTTP API, or behind a function URL, which sends the same. */
export type HttpEntry = (event: APIGatewayProxyEventV2) => Promise<APIGatewayProxyStructuredResultV2>;

/** As far as we use it: https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html */
const HttpEvent = z.object({
  version: z.literal('2.0'),
  rawPath: z.string(),
  headers: z.record(z.string(), z.string().optional()),
  cookies: z.array(z.string()).nullish(),
  body: z.string().nullish(),
  isBase64Encoded: z.boolean().default(false),
  requestContext: z.object({ stage: z.string(), http: z.object({ method: z.string() }) }),
});
type HttpEvent = z.infer<typeof HttpEvent>;

/**
 * The request in an event. Forms come in base64, JSON does not: https://github.com/ministackorg/ministack/pull/766.
 * Throws `Refused` for an event of another kind, which only a wrong deployment sends.
 */
export function requestOf(event: unknown): HttpRequest {
  const parsed = HttpEvent.safeParse(event);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const words = `this is no HTTP API event of payload format 2.0 (${issue?.path.join('.')}: ${issue?.message})`;
    throw new Refused('LAMBDA_EVENT', `${words}: set payloadFormatVersion of the integration to 2.0`);
  }
  const { requestContext, body, isBase64Encoded } = parsed.data;
  return {
    method: requestContext.http.method,
    path: pathOf(parsed.data),
    headers: headersOf(parsed.data),
    body: Buffer.from(body ?? '', isBase64Encoded ? 'base64' : 'utf8').toString('utf8'),
  };
}

export function resultOf({ status, headers, body }: HttpResponse): APIGatewayProxyStructuredResultV2 {
  return { statusCode: status, headers: { ...headers }, body, isBase64Encoded: false };
}

/** A stage with a name of its own stands in front: https://github.com/aws-powertools/powertools-lambda-python/issues/621 */
function pathOf({ rawPath, requestContext: { stage } }: HttpEvent): string {
  return rawPath.startsWith(`/${stage}/`) ? rawPath.slice(stage.length + 1) : rawPath;
}

/** Names in lower case. A header sent twice is one with a comma; cookies, which come apart, are one header again. */
function headersOf({ headers, cookies }: HttpEvent): Record<string, string> {
  const named = new Map<string, string>();
  for (const [name, value] of Object.entries(headers)) {
    if (value === undefined) continue;
    const before = named.get(name.toLowerCase());
    named.set(name.toLowerCase(), before === undefined ? value : `${before}, ${value}`);
  }
  if (cookies?.length) named.set('cookie', cookies.join('; '));
  return Object.fromEntries(named);
}
