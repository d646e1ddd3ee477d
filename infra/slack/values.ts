import * as z from 'zod';

/**
 * What buttons, menus and modals carry: opaque references, never the change itself. They come back from outside, so
 * whatever is not of this shape was not put there by us.
 */
const reference = z.string().regex(/^[\w.:-]{1,100}$/);
const pair = z
  .string()
  .max(201)
  .transform((value) => value.split('/'))
  .pipe(z.tuple([reference, reference]));
/** Travels with the modal: which plan it shows, and in which channel the button was. */
const modal = z.object({ plan: reference, channel: z.string().regex(/^\w{0,30}$/) });

/** `<incident>/<id of a remedy or a manual fix>`; `undefined` when one of them could not be read back. */
export function pairValue(incident: string, id: string): string | undefined {
  const value = `${incident}/${id}`;
  return pair.safeParse(value).success ? value : undefined;
}

export function readPair(value: unknown): { readonly incident: string; readonly id: string } | undefined {
  const read = pair.safeParse(value);
  return read.success ? { incident: read.data[0], id: read.data[1] } : undefined;
}

export function readReference(value: unknown): string | undefined {
  return reference.safeParse(value).data;
}

export function modalValue(plan: string, channel: string): string {
  return JSON.stringify({ plan, channel });
}

export function readModal(value: unknown): { readonly plan: string; readonly channel: string } | undefined {
  return modal.safeParse(parsed(value)).data;
}

/** Names an open modal to `Chat.showPlan`, with the channel it was opened from: Slack does not keep that. */
export function viewReference(view: string, channel: string): string {
  return `${view}/${channel}`;
}

export function readViewReference(reference: string): { readonly view: string; readonly channel: string } {
  const [view = '', channel = ''] = reference.split('/');
  return { view, channel };
}

function parsed(text: unknown): unknown {
  try {
    return typeof text === 'string' ? JSON.parse(text) : undefined;
  } catch {
    return undefined;
  }
}
