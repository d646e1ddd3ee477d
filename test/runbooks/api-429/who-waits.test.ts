import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { whoWaits } from '../../../runbooks/api-429/manual/commands.ts';

const recorded = readFileSync(
  new URL('../../recorded/kubernetes/apf-requests-etcd-stalled.txt', import.meta.url),
  'utf8',
);
/** As Kubernetes has it since it counts seats: three columns more, before the user. */
const newer = recorded.replaceAll(/^((?:[^,]*,){6})/gm, (_, before: string) =>
  before.includes('ArriveTime') ? `${before} InitialSeats, FinalSeats, AdditionalLatency,` : `${before} 1, 0, 0s,`,
);
/** What the command makes of an answer; only the question to the API server is left out. */
const told = (answer: string) =>
  execFileSync('sh', ['-c', (whoWaits.command ?? '').replace(/^.*?' \| /, '')], { input: answer, encoding: 'utf8' });

it.each([
  ['of 1.20', recorded],
  ['of later versions', newer],
])('who waits is read by the names of the columns: %s', (_, answer) => {
  expect(told(answer).trim()).toBe('24 workload-low, system:serviceaccount:heavy:reader, list, events');
});
