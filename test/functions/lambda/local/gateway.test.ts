import { expect, it } from 'vitest';
import { startGateway } from '../../../../functions/lambda/local/gateway.ts';
import { root } from '../../../../functions/lambda/local/place.ts';
import { readStack } from '../../../../functions/lambda/local/stack.ts';

async function opened() {
  const invoked: string[] = [];
  const gateway = await startGateway({
    ...{ host: '127.0.0.1', port: 0, functions: readStack(root).functions },
    invoke: async (name, { rawPath }) => {
      invoked.push(`${name} ${rawPath}`);
      return { statusCode: 200, body: 'stored' };
    },
    page: (request, response) => {
      if (request.url !== '/') return false;
      response.end('the page');
      return true;
    },
    onTrouble: () => {},
  });
  const ask = async (path: string, method = 'POST') => {
    const response = await fetch(`${gateway.url}${path}`, { method });
    return [response.status, await response.text()] as const;
  };
  return { invoked, ask, [Symbol.asyncDispose]: () => gateway[Symbol.asyncDispose]() };
}

it('hands to a function what comes to its route', async () => {
  await using gateway = await opened();

  expect(await gateway.ask('/alerts')).toEqual([200, 'stored']);
  expect(await gateway.ask('/slack/events?a=b')).toEqual([200, 'stored']);
  expect(await gateway.ask('/', 'GET')).toEqual([200, 'the page']);
  expect(gateway.invoked).toEqual(['alerts /alerts', 'slack /slack/events']);
});

it.each([
  ['/alerts/', 'POST'],
  ['/slack/events/', 'POST'],
  ['/alerts/more', 'POST'],
  ['/alerts', 'PUT'],
  ['/alerts', 'GET'],
])(
  'answers %s %s as API Gateway does, so that an address at which no alert would arrive there does not work here',
  async (path, method) => {
    await using gateway = await opened();

    expect(await gateway.ask(path, method)).toEqual([404, '{"message":"Not Found"}']);
    expect(gateway.invoked).toEqual([]);
  },
);
