import type { Pod } from './objects.ts';

type Toleration = Pod['spec']['tolerations'][number];

interface Tainting {
  readonly key: string;
  readonly value?: string | undefined;
  readonly effect: string;
}

/** https://kubernetes.io/docs/concepts/scheduling-eviction/taint-and-toleration/ */
export function tolerates({ key, operator, value, effect }: Toleration, taint: Tainting): boolean {
  if (effect !== undefined && effect !== '' && effect !== taint.effect) return false;
  if (operator === 'Exists') return key === undefined || key === '' || key === taint.key;
  return key === taint.key && value === (taint.value ?? '');
}
