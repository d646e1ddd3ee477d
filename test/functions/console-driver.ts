/** What a person does in the console's page, by the requests that the page sends. */
export interface Message {
  readonly ts: string;
  readonly text: string;
  readonly blocks?: unknown;
}

export interface Button {
  readonly blockId: string;
  readonly actionId: string;
  readonly text: string;
  readonly value: string;
}

interface Snapshot {
  readonly messages: readonly Message[];
  readonly ephemerals: readonly { readonly text: string }[];
  readonly view?: { readonly id: string; readonly submit?: unknown };
}

export function consoleOf(url: string) {
  async function act(name: string, body: object): Promise<boolean> {
    const answer = await fetch(`${url}/console/${name}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin: url },
      body: JSON.stringify(body),
    });
    return answer.ok && ((await answer.json()) as { readonly ok?: boolean }).ok !== false;
  }
  return {
    act,
    press: (as: string, ts: string, { blockId, actionId }: Button) => act('click', { as, ts, blockId, actionId }),
    thread: async (ts: string) =>
      ((await (await fetch(`${url}/console/thread?ts=${ts}`)).json()) as { readonly messages: readonly Message[] })
        .messages,
    /** The page as one person sees it. */
    async snapshot(as?: string): Promise<Snapshot> {
      const end = new AbortController();
      const { body } = await fetch(`${url}/console/events${as ? `?as=${as}` : ''}`, { signal: end.signal });
      let read = '';
      for await (const piece of body?.pipeThrough(new TextDecoderStream()) ?? []) {
        read += piece;
        const found = /^event: snapshot\ndata: (.*)\n\n/m.exec(read)?.[1];
        if (found === undefined) continue;
        end.abort();
        return JSON.parse(found) as Snapshot;
      }
      throw new Error('the console sent no snapshot');
    },
  };
}

export function buttonsIn({ blocks }: Message): readonly Button[] {
  const found: Button[] = [];
  const walk = (part: unknown, blockId: string): void => {
    if (Array.isArray(part)) for (const one of part) walk(one, blockId);
    else if (part !== null && typeof part === 'object') {
      const block = part as Record<string, unknown> & { readonly text?: { readonly text?: string } };
      const id = typeof block.block_id === 'string' ? block.block_id : blockId;
      if (block.type === 'button')
        found.push({
          blockId: id,
          actionId: String(block.action_id),
          text: block.text?.text ?? '',
          value: String(block.value),
        });
      for (const inner of Object.values(block)) walk(inner, id);
    }
  };
  walk(blocks, '');
  return found;
}
