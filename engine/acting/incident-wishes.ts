import type { Amendment } from '../documents.ts';
import { type Incident, slotOf } from '../incident.ts';
import { amendWithEntry, type Noting } from './amend-noted.ts';
import type { Acting } from './desk.ts';
import { append, type Happening } from './ledger.ts';
import type { Made } from './messages.ts';
import { answered, isAnswered, told } from './wished.ts';

/** Whether this wish was answered, as a deed by hand or by a no. */
export function isAnsweredIn(incident: Incident, made: Made | undefined): boolean {
  const { byHand = [] } = incident;
  return isAnswered(incident, made) || (made !== undefined && byHand.some(({ wish }) => wish === made.wish));
}

/** A no about an incident is written down, and told, once for each wish. */
export async function denyOnce(
  acting: Acting,
  denied: Happening & { readonly incident: string; readonly by: string },
  text: string | undefined,
  made: Made | undefined,
): Promise<string | undefined> {
  const { answer, send } = told(denied.by, text, made);
  const isStored =
    made &&
    (await amendIncident(acting, denied.incident, async (current, { note }) => {
      if (isAnsweredIn(current, made)) return { result: true };
      await note(denied);
      return { result: true, value: { ...current, ...answered(current, made) }, send };
    }));
  if (isStored) return answer;
  await append(acting.store, acting.clock, denied);
  return text;
}

/** The incident of this id in its slot, or where it was put away. `undefined`: it is nowhere. */
export async function amendIncident<R>(
  acting: Acting,
  id: string,
  decide: (current: Incident, noting: Noting) => Promise<Amendment<Incident, R>>,
): Promise<R | undefined> {
  for (const [collection, document] of [['incidents', slotOf(id)] as const, ['closed', id] as const]) {
    let found = false;
    const result = await amendWithEntry<Incident, R | undefined>(acting, collection, document, (current, noting) => {
      found = current?.id === id;
      return current && found ? decide(current, noting) : Promise.resolve({ result: undefined });
    });
    if (found) return result;
  }
  return undefined;
}
