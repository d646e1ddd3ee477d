import { accessSync, constants, existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { messageOf, Refused } from '../engine/errors.ts';
import type { Case } from '../engine/replay.ts';
import type { AnyRunbook } from '../engine/runbook.ts';
import { differences, replay } from '../infra/local/cases/replay.ts';

/** Asked before the run: an incident is recorded once, and must not be lost over a file name. */
export function refuseRecording(file: string): void {
  const no = (why: string) => new Refused('NOT_RECORDED', `--record: ${why}; name another file`);
  if (existsSync(file)) throw no(`${file} exists already`);
  const folder = dirname(resolve(file));
  if (!existsSync(folder)) throw no(`there is no folder ${folder}`);
  try {
    accessSync(folder, constants.W_OK);
  } catch {
    throw no(`${folder} may not be written to`);
  }
}

/** Writes a case for the eyes of its owner only. Throws `Refused` when masking has taken away what a verdict rests on. */
export async function writeCase(file: string, runbook: AnyRunbook, recorded: Case): Promise<void> {
  try {
    await writeFile(file, `${JSON.stringify(recorded, null, 2)}\n`, { flag: 'wx', mode: 0o600 });
  } catch (thrown) {
    throw new Refused('NOT_RECORDED', `--record: ${messageOf(thrown)}`, thrown);
  }
  const [first] = differences(recorded, (await replay(runbook, recorded)).report);
  if (first === undefined) return;
  const words = `${first.cause} was ${first.expected} and is ${first.got} in ${file}: ${first.reason}`;
  throw new Refused('NOT_RECORDED', `--record: what was masked has changed a verdict; ${words}`);
}
