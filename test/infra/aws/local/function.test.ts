import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';
import { startFunction } from '../../../../infra/aws/local/function.ts';
import { functionPool } from '../../../../infra/aws/local/pool.ts';
import { exists, tiny, tinyZip } from './tiny.ts';

const root = join(import.meta.dirname, '../../../..');

describe('a packaged function in a process of its own', { timeout: 60_000 }, () => {
  it('has the environment it is given, and nothing else', async () => {
    const one = await tiny('return process.env', { NIGHTSHIFT_TABLE: 'table' });

    expect(await one.invoke({})).toEqual({ NIGHTSHIFT_TABLE: 'table' });
  });

  it('is told what Lambda tells it: its name, and how much time is left', async () => {
    const body = 'return { ...context, left: context.getRemainingTimeInMillis() }';
    const one = await tiny(body, {}, { name: 'alerts', timeoutSeconds: 10, memoryMb: 256 });
    const told = await one.invoke<{ left: number }>({});

    expect(told).toMatchObject({ functionName: 'alerts', memoryLimitInMB: '256', awsRequestId: expect.any(String) });
    expect(told.left).toBeGreaterThan(0);
    expect(told.left).toBeLessThanOrEqual(10_000);
  });

  it('hands on what the handler threw, and lives on', async () => {
    const one = await tiny('if (event.fail) throw new Error("the table is gone"); return "well"');

    await expect(one.invoke({ fail: true })).rejects.toThrow('the table is gone');
    expect(await one.invoke({})).toBe('well');
  });

  it('says what its cold start threw', async () => {
    const zip = tinyZip('', 'throw new Error("the variable NIGHTSHIFT_TABLE is missing")');

    await expect(startFunction(zip, {})).rejects.toThrow('the variable NIGHTSHIFT_TABLE is missing');
  });

  it('is killed when its time is over', async () => {
    const one = await tiny('await new Promise(() => setInterval(() => {}, 1_000))', {}, { timeoutSeconds: 1 });

    await expect(one.invoke({})).rejects.toThrow("the function's time was over after 1 s, it was killed");
    await expect.poll(() => exists(one.pid)).toBe(false);
  });

  it('does not mind a Ctrl-C in the terminal: whoever started it stops it', async () => {
    const one = await tiny('return "well"');
    process.kill(one.pid, 'SIGINT');

    expect(await one.invoke({})).toBe('well');
  });

  it('ends with whoever started it, however that ended', async () => {
    const zip = tinyZip('return 1', 'setInterval(() => {}, 1_000)');
    const module = pathToFileURL(join(root, 'infra/aws/local/function.ts')).href;
    const starter = `const { startFunction } = await import('${module}');
      const one = await startFunction('${zip}', {});
      console.log(one.pid);`;
    const parent = spawn(process.execPath, ['--input-type=module', '--eval', starter]);
    onTestFinished(() => void parent.kill('SIGKILL'));
    const [line] = await once(createInterface({ input: parent.stdout }), 'line');
    const pid = Number(line);
    expect(exists(pid)).toBe(true);
    parent.kill('SIGKILL');

    await expect.poll(() => exists(pid), { timeout: 20_000 }).toBe(false);
  });

  it('hands on each line it writes', async () => {
    const lines: string[] = [];
    const one = await tiny(
      'console.log(JSON.stringify({ a: 1 })); console.error("x")',
      {},
      { onLine: (l) => lines.push(l) },
    );
    await one.invoke({});

    await expect.poll(() => lines.toSorted()).toEqual(['x', '{"a":1}']);
    expect(one.logged()).toContainEqual({ a: 1 });
  });
});

describe('the processes of a function', { timeout: 60_000 }, () => {
  const poolOf = (body: string, most = 2) => {
    const zip = tinyZip(body);
    const pool = functionPool({ start: () => startFunction(zip, {}), most });
    onTestFinished(() => pool[Symbol.asyncDispose]());
    return pool;
  };
  const slowly = 'await new Promise((done) => setTimeout(done, 300)); return process.pid';

  it('are one, as long as one event comes after the other', async () => {
    const pool = poolOf('return process.pid');
    const pids = [await pool.invoke({}), await pool.invoke({})];

    expect(new Set(pids).size).toBe(1);
    expect(pool.read()).toMatchObject({ events: 2, errors: 0, coldStarts: 1 });
  });

  it('are more while it is busy, up to a number; the other events wait for them', async () => {
    const pool = poolOf(slowly);
    const pids = await Promise.all(Array.from({ length: 6 }, () => pool.invoke<number>({})));

    expect(new Set(pids).size).toBe(2);
    expect(pool.read()).toMatchObject({ events: 6, coldStarts: 2 });
    expect(pool.busy()).toBe(0);
  });

  it('handle one event at a time, each', async () => {
    const counting =
      'globalThis.n = (globalThis.n ?? 0) + 1; const n = globalThis.n; await 0; globalThis.n -= 1; return n';
    const pool = poolOf(counting);

    expect(await Promise.all(Array.from({ length: 20 }, () => pool.invoke({})))).toEqual(Array(20).fill(1));
  });

  it('are replaced when they die: the event is lost with one, the next event has another', async () => {
    const pool = poolOf('if (event.die) process.exit(1); return process.pid', 1);
    const first = await pool.invoke<number>({});

    await expect(pool.invoke({ die: true })).rejects.toThrow("the function's process ended (1)");
    expect(await pool.invoke<number>({})).not.toBe(first);
    expect(pool.read()).toMatchObject({ events: 3, errors: 1, coldStarts: 2 });
  });

  it('are gone when they are stopped, with whoever waited for them told', async () => {
    const pool = poolOf(slowly, 1);
    const pid = await pool.invoke<number>({});
    const inHand = pool.invoke({});
    const waiting = pool.invoke({});
    const outcomes = Promise.allSettled([inHand, waiting]);
    await pool[Symbol.asyncDispose]();

    expect((await outcomes).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(exists(pid)).toBe(false);
  });
});
