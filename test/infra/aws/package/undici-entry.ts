import { Agent } from 'undici';

/** What clients of ours do with undici. */
export async function statusOf(origin: string): Promise<number> {
  const agent = new Agent({ connections: 1 });
  const { statusCode, body } = await agent.request({ origin, path: '/', method: 'GET' });
  await body.dump();
  await agent.close();
  return statusCode;
}
