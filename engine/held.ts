import { amend } from './documents.ts';
import { type Incident, isOpen, slotOf } from './incident.ts';
import type { Store } from './ports.ts';
import { type Remembered, remembered } from './put-away.ts';

/**
 * An incident whose target was found after it was opened stays in the slot of what it was opened for, with its card. From
 * now on the slot of its target leads to it, so that the next alert about that does not open another.
 */
export async function holdSlot(store: Store, slot: string, { id }: Pick<Incident, 'id'>): Promise<void> {
  await amend<Remembered, void>(store, 'slots', slot, (before = { generation: 0, looked: false }) => ({
    result: undefined,
    value: { ...before, heldBy: id },
  }));
}

/** The open incident that was opened elsewhere and is about the target of this slot. */
export async function holderOfSlot(store: Pick<Store, 'get'>, slot: string): Promise<Incident | undefined> {
  const id = (await remembered(store, slot))?.heldBy;
  if (id === undefined) return undefined;
  const holder = (await store.get<Incident>('incidents', slotOf(id)))?.value;
  return holder?.id === id && isOpen(holder) ? holder : undefined;
}
