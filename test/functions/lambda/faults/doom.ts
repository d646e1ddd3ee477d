import type { FunctionName } from '../../../../functions/lambda/needs.ts';
import type { FunctionProcess } from '../../../../infra/aws/local/function.ts';
import type { Loopback } from '../../../../infra/aws/local/loopback.ts';
import { crossingsTo } from './crossings.ts';
import { faultStage, type Stage } from './stage.ts';

/** Kills one process at its nth crossing: the moment before anything that outlives it, and after one in the cluster. */
export interface Doom extends AsyncDisposable {
  readonly stage: Stage;
  /** A process that may be killed. */
  victim(name: FunctionName): Promise<FunctionProcess>;
  /** From now on this one ends at its nth crossing, counted from 1, if it gets there. */
  doom(victim: FunctionProcess, nth: number): void;
  /** What the doomed one has crossed. */
  crossed(): readonly string[];
}

export async function stageWithDoom(): Promise<Doom> {
  const open = new AsyncDisposableStack();
  let last: { readonly nth: number; readonly crossed: string[]; one?: FunctionProcess } = { nth: 0, crossed: [] };
  const cross = (name: string): boolean => {
    const { one, nth, crossed } = last;
    if (!one?.isRunning()) return false;
    crossed.push(name);
    if (crossed.length !== nth) return false;
    process.kill(one.pid, 'SIGKILL');
    return true;
  };
  const dropAt = (name: string) => () => (cross(name) ? 'drop' : undefined);
  const stage = open.use(
    await faultStage({ arrived: dropAt('before the cluster'), done: dropAt('after the cluster') }),
  );
  const ways = new Map<FunctionName, Record<'dynamodb' | 'sqs', Loopback>>();

  async function waysOf(name: FunctionName) {
    const { dynamodb, sqs } = stage.guards[name];
    const known = ways.get(name) ?? {
      dynamodb: open.use(await crossingsTo(dynamodb.url, cross)),
      sqs: open.use(await crossingsTo(sqs.url, cross)),
    };
    ways.set(name, known);
    return known;
  }

  return {
    stage,
    async victim(name) {
      const { dynamodb, sqs } = await waysOf(name);
      return stage.copyOf(name, { dynamodb: dynamodb.url, sqs: sqs.url });
    },
    doom: (one, nth) => {
      last = { one, nth, crossed: [] };
    },
    crossed: () => last.crossed,
    [Symbol.asyncDispose]: () => open.disposeAsync(),
  };
}
