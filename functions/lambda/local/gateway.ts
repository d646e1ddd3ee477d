import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { pino } from 'pino';
import { messageOf } from '../../../engine/errors.ts';
import { answerOf, httpApiEvent, internalServerError, notFound } from '../../../infra/aws/local/http-api.ts';
import type { RequestHandler } from '../../../infra/local/console/http.ts';
import type { HttpRequest, HttpResponse } from '../../http.ts';
import { listen, type Route, type ServerOptions } from '../../server.ts';
import type { FunctionName } from '../needs.ts';
import type { Stack } from './stack.ts';

export interface GatewayOptions {
  readonly host: string;
  /** 0: a free one. */
  readonly port: number;
  readonly functions: Stack['functions'];
  readonly invoke: (name: FunctionName, event: APIGatewayProxyEventV2) => Promise<APIGatewayProxyStructuredResultV2>;
  /** The console's page, which in AWS nobody would find here. */
  readonly page: RequestHandler;
  readonly onTrouble: (name: FunctionName, reason: string) => void;
}

export interface Gateway extends AsyncDisposable {
  readonly url: string;
}

/** API Gateway: the routes of serverless.yml, each before its function. Throws `Refused` when it cannot listen. */
export async function startGateway({ functions, invoke, page, onTrouble, ...where }: GatewayOptions): Promise<Gateway> {
  const routes = Object.entries(functions).flatMap(([name, { routes }]) =>
    routes.map((route): Route => ({ ...route, handle: (request) => answer(name as FunctionName, request) })),
  );

  async function answer(name: FunctionName, request: HttpRequest): Promise<HttpResponse> {
    try {
      return answerOf(
        await invoke(name, httpApiEvent({ ...request, body: request.bytes ?? Buffer.from(request.body) })),
      );
    } catch (failure) {
      onTrouble(name, messageOf(failure));
      return internalServerError;
    }
  }

  return opened({ ...where, routes, fallback: page });
}

/** Throws `Refused` when somebody else listens there. */
export async function checkFree(where: Pick<GatewayOptions, 'host' | 'port'>): Promise<void> {
  await using _ = await opened({ ...where, routes: [] });
}

async function opened(options: Omit<ServerOptions, 'log'>): Promise<Gateway> {
  const { server, url } = await listen({ ...options, exactElse: notFound, log: pino({ level: 'silent' }) });
  return {
    url,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    },
  };
}
