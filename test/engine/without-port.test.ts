import { expect, it } from 'vitest';
import { withoutPort } from '../../engine/node-of-labels.ts';

it('strips a port from names, addresses and bracketed addresses only', () => {
  expect(['10.0.0.1:9100', '[fd00::1]:9100', 'fd00::1', 'worker-3:10250', 'worker-3'].map(withoutPort)).toEqual([
    '10.0.0.1',
    'fd00::1',
    'fd00::1',
    'worker-3',
    'worker-3',
  ]);
});
