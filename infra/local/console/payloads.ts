import { type JsonObject, objects } from './message.ts';
import type { Person } from './practice-users.ts';
import type { Workspace } from './workspace.ts';

/** What the person pressed: which element of a message or a window, and which option of a menu. */
export interface Click {
  readonly blockId: string;
  readonly actionId: string;
  readonly option?: string | undefined;
}

/** Blocks that stand together: a message's own, or those of one of its attachments, counted from 1. */
export interface Blocks {
  readonly blocks: readonly JsonObject[];
  readonly attachmentId?: number;
}

export interface Pressed {
  readonly element: JsonObject;
  readonly attachmentId: number | undefined;
}

/** What every payload begins with. Somebody from another workspace acts in ours, and says where they come from. */
export function envelope(type: string, who: Person, { team, appId }: Workspace): JsonObject {
  return {
    type,
    user: { id: who.id, username: who.name, name: who.name, team_id: who.teamId ?? team.id },
    api_app_id: appId,
    team: { id: team.id, domain: team.domain },
    enterprise: null,
    is_enterprise_install: false,
  };
}

/** Looks the element up where it is now: the page is not believed, and an old version may be gone. */
export function pressedElement(places: readonly Blocks[], { blockId, actionId }: Click): Pressed | undefined {
  for (const { blocks, attachmentId } of places) {
    const block = blocks.find(({ block_id }) => block_id === blockId);
    const elements = block ? [...objects(block.elements), ...objects([block.accessory])] : [];
    const element = elements.find(({ action_id }) => action_id === actionId);
    if (element) return { element, attachmentId };
  }
  return undefined;
}

export function actionOf(element: JsonObject, { option, blockId }: Click, ts: string): JsonObject {
  const { type, action_id, text, value, style, options } = element;
  const place = { type, action_id, block_id: blockId, action_ts: ts };
  if (type === 'button')
    return { ...place, text, ...(value !== undefined && { value }), ...(style !== undefined && { style }) };
  return { ...place, selected_option: objects(options).find((candidate) => candidate.value === option) };
}
