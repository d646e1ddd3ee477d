import type { PracticeOptions, PracticeStats } from '../../infra/local/practice/practice.ts';
import { startProcess } from './own-process.ts';

export interface PracticeReady {
  readonly kubeconfig: string;
  /** Of somebody who may change it. */
  readonly fixerKubeconfig: string;
  readonly prometheusUrl: string;
}

export type PracticeQuestion = { readonly world: string } | { readonly alertFor: string } | { readonly stats: true };

export type Cost = Pick<PracticeStats, 'kubernetesCalls' | 'prometheusQueries' | 'bytes'>;

/** The practice cluster in a process of its own. */
export interface Practice extends PracticeReady, AsyncDisposable {
  setWorld(id: string): Promise<void>;
  /** The body of the webhook that belongs to this world. */
  alertFor(id: string): Promise<string>;
  /** What it has answered so far. */
  cost(): Promise<Cost>;
}

export async function startPractice(options: Omit<PracticeOptions, 'clock'>): Promise<Practice> {
  const own = await startProcess<PracticeReady>('practice-process.ts', options);
  const ask = <Answer>(question: PracticeQuestion) => own.ask<Answer>(question);
  return {
    ...own.ready,
    setWorld: (world) => ask<void>({ world }),
    alertFor: async (id) => JSON.stringify(await ask<unknown>({ alertFor: id })),
    cost: () => ask<Cost>({ stats: true }),
    [Symbol.asyncDispose]: () => own[Symbol.asyncDispose](),
  };
}
