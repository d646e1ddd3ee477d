import { type Json, recorded, type Stage } from './practice.ts';

const answers = recorded('practice/writes-1.20.json').answers ?? {};

/** What a real API server answered to the same. */
export function real(what: string): Json {
  const answer = answers[what]?.answer;
  if (!answer) throw new Error(`no answer was recorded for: ${what}`);
  return answer;
}

export function realStatus(what: string): number {
  return Number(answers[what]?.status);
}

export async function read({ get }: Stage, path: string): Promise<Json> {
  return (await get(path)).body;
}

/** Which fields Nightshift wrote, without when. */
export function written({ metadata }: Json) {
  return Object.values(metadata?.managedFields ?? {})
    .filter(({ manager }) => String(manager) === 'nightshift')
    .map(({ operation, fieldsType, fieldsV1 }) => ({ operation, fieldsType, fieldsV1 }));
}
