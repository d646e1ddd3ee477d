import autocannon from 'autocannon';
import { fiveKilobytes, ID_MARK } from './alerts.ts';
import type { Load, LoadInput } from './load.ts';
import { workFor } from './own-process.ts';

/** Where each mark begins, in bytes. */
function marksIn(body: Buffer): readonly number[] {
  const found: number[] = [];
  for (let at = body.indexOf(ID_MARK); at >= 0; at = body.indexOf(ID_MARK, at + 1)) found.push(at);
  return found;
}

workFor(async () => {
  const template = Buffer.from(fiveKilobytes());
  const marks = marksIn(template);
  let sent = 0;

  /** No two requests of this process hold the same alert. */
  function nextBody(): Buffer {
    sent += 1;
    const body = Buffer.from(template);
    const id = sent.toString(16).padStart(ID_MARK.length, '0');
    for (const at of marks) body.write(id, at, 'latin1');
    return body;
  }

  return {
    ready: template.length,
    answer: async (question): Promise<Load> => {
      const { url, token, connections, seconds } = question as LoadInput;
      const result = await autocannon({
        url: `${url}/alerts`,
        connections,
        duration: seconds,
        requests: [
          {
            method: 'POST',
            headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
            setupRequest: (request) => ({ ...request, body: nextBody() }),
          },
        ],
      });
      return {
        requestsPerSecond: result['2xx'] / result.duration,
        p99Ms: result.latency.p99,
        refused: result.non2xx + result.errors,
      };
    },
  };
});
