import { nodeDirectory } from '../../engine/directory.ts';
import { ReadFailure } from '../../engine/errors.ts';
import type { ReadRequest, Source } from '../../engine/readers.ts';
import { requestKey } from '../../engine/request.ts';
import { nodeAlert } from './night.ts';

export const clock = { now: () => new Date('2026-11-21T03:00:00Z') };
const columns = ['Name', 'Status', 'Roles', 'Age', 'Version', 'Internal-IP', 'External-IP'];
export const table = {
  columnDefinitions: columns.map((name) => ({ name })),
  rows: [
    { cells: ['worker-1', 'Ready', '<none>', '1d', 'v1.33.1', '10.0.0.1', '<none>'] },
    { cells: ['worker-2', 'NotReady', '<none>', '1d', 'v1.33.1', '10.0.0.2', '203.0.113.2'] },
    { cells: ['worker-6', 'Ready', '<none>', '1d', 'v1.33.1', 'fd00::6', '<none>'] },
    { cells: ['twin-a', 'Ready', '<none>', '1d', 'v1.33.1', '10.0.0.9', '<none>'] },
    { cells: ['twin-b', 'Ready', '<none>', '1d', 'v1.33.1', '10.0.0.9', '<none>'] },
  ],
};

/** A cluster of five nodes, and what else it answers. */
export function lookup(answers: Record<string, unknown> = {}) {
  const asked: string[] = [];
  const source: Source = {
    async read(request: ReadRequest) {
      const key = requestKey(request);
      asked.push(key);
      const body = { 'list Node --as table': table, ...answers }[key];
      if (body === undefined) throw new ReadFailure('not-found', 'not found');
      if (body instanceof Error) throw body;
      return { body, bytes: 1, asked: key, asOf: clock.now() };
    },
  };
  return { source, nodes: nodeDirectory(source, clock), asked };
}

export function alert(labels: Record<string, string>) {
  return { ...nodeAlert('x'), labels: { alertname: 'Any', ...labels } };
}
