import { describe, expect, it } from 'vitest';
import { type Measure, movementOf, movementWords } from '../../engine/measure.ts';

const p99 = (value: number, of = 'WAL fsync p99 of etcd-1'): Measure => {
  return { of, value, unit: 'seconds', worseWhen: 'higher', clearlyWorse: 4 };
};
const room = (value: number): Measure => {
  return { of: 'room on the fullest disk', value, unit: 'share', worseWhen: 'lower', clearlyWorse: 2 };
};

describe('a figure before and after', () => {
  it.each([
    ['lower', p99(0.212), p99(0.0031), 'better'],
    ['the same', p99(0.212), p99(0.212), 'much-the-same'],
    ['higher, by less than its limit', p99(0.212), p99(0.847), 'much-the-same'],
    ['higher, by its limit', p99(0.212), p99(0.848), 'clearly-worse'],
    ['something where there was nothing', p99(0), p99(0.001), 'clearly-worse'],
    ['nothing, as before', p99(0), p99(0), 'much-the-same'],
  ] as const)('is %s', (_, before, after, movement) => {
    expect(movementOf(before, after)).toBe(movement);
  });

  it.each([
    ['more of it', room(0.1), room(0.4), 'better'],
    ['somewhat less of it', room(0.1), room(0.06), 'much-the-same'],
    ['half of it', room(0.1), room(0.05), 'clearly-worse'],
    ['none of it', room(0.1), room(0), 'clearly-worse'],
  ] as const)('where little is bad: %s', (_, before, after, movement) => {
    expect(movementOf(before, after)).toBe(movement);
  });

  it('is not clearly worse for coming and going where it is no trouble', () => {
    const calm = { ...p99(0.003), fineUntil: 0.016 };

    expect(movementOf(calm, { ...calm, value: 0.03 })).toBe('much-the-same');
    expect(movementOf(calm, { ...calm, value: 0.064 })).toBe('clearly-worse');
    expect(movementOf(calm, { ...calm, value: 0.002 })).toBe('better');
  });

  it('is said with its unit, so that one sees which way it went', () => {
    const count = { of: 'nodes not ready', unit: 'count', worseWhen: 'higher', clearlyWorse: 2 } as const;

    expect(movementWords(p99(0.212), p99(0.0031))).toBe('WAL fsync p99 of etcd-1 212 ms → 3.1 ms');
    expect(movementWords(p99(0.96), p99(1.94))).toBe('WAL fsync p99 of etcd-1 960 ms → 1.9 s');
    expect(movementWords(room(0.151), room(0.08))).toBe('room on the fullest disk 15 % → 8 %');
    expect(movementWords({ ...count, value: 3 }, { ...count, value: 12 })).toBe('nodes not ready 3 → 12');
  });

  it('is compared with none of another thing, and with none at all', () => {
    const other = p99(3, 'WAL fsync p99 of etcd-2');

    expect([movementOf(p99(1), other), movementWords(p99(1), other)]).toEqual([undefined, undefined]);
    expect([movementOf(p99(1), undefined), movementWords(undefined, p99(1))]).toEqual([undefined, undefined]);
  });
});
