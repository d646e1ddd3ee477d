import * as z from 'zod';
import type { Evidence } from '../../engine/runbook.ts';
import { namesRead, RKE2 } from './naming.ts';
import { podReads } from './pods.ts';
import { NAME, NAMESPACE } from './target.ts';
import { dateTime, few } from './words.ts';

const ConfigMap = z
  .object({
    metadata: z.object({
      managedFields: z.array(z.object({ manager: z.string().default(''), time: z.string().optional() })).default([]),
    }),
    data: z.record(z.string(), z.string()).default({}),
  })
  .nullable();

/**
 * What the Corefile says, as far as a cause asks: no more of it is kept, for people keep keys of other plug-ins in it.
 * `null`: there is no ConfigMap of that name.
 */
export type Corefile = {
  readonly plugins: ReadonlySet<string>;
  /** To whom questions are passed on: addresses, or a file such as /etc/resolv.conf. */
  readonly upstreams: readonly string[];
  /**
   * Of these the ones that get every question nobody here answers, and get it as it was asked: of the one block for all names.
   * None where that cannot be told: several such blocks, or one that changes questions or picks among them.
   */
  readonly foreign: readonly string[];
  /** Of these the ones of blocks without plug-in `errors`: what they leave without an answer stands in no log. */
  readonly unlogged: readonly string[];
  /** Lines of other files are part of it, and were not read. */
  readonly imports: boolean;
  /** When somebody wrote to it last, and through what; servers before 1.18 do not say. */
  readonly changed: { readonly at: string; readonly by: string } | undefined;
} | null;

function corefileOf(found: z.infer<typeof ConfigMap>): Corefile {
  if (found === null) return null;
  const lines = pluginLines(found.data.Corefile ?? '');
  const writes = found.metadata.managedFields.flatMap(({ manager, time }) => (time ? [{ at: time, by: manager }] : []));
  return {
    plugins: new Set(lines.flatMap(({ words: [name] }) => name ?? [])),
    upstreams: [...new Set(lines.flatMap(passedOnTo))],
    foreign: foreignIn(lines),
    unlogged: unloggedIn(lines),
    imports: lines.some(({ words: [name] }) => name === 'import'),
    changed: writes.toSorted((a, b) => Date.parse(b.at) - Date.parse(a.at))[0],
  };
}

/** `forward FROM TO…` */
function passedOnTo({ words: [name, , ...to] }: PluginLine): readonly string[] {
  return name === 'forward' || name === 'proxy' ? to : [];
}

function foreignIn(lines: readonly PluginLine[]): readonly string[] {
  const blocks = new Set(lines.flatMap(({ zones }) => (zones.some(isForAll) ? [zones] : [])));
  const own = lines.filter(({ zones }) => blocks.has(zones));
  if (blocks.size !== 1 || own.some(({ words: [name = ''] }) => changing.has(name))) return [];
  return own.filter(({ words: [, from] }) => from === '.').flatMap(passedOnTo);
}

/**
 * On what it asks its upstreams by its configuration, as policies name it: `UDP 53`. One that nobody can tell is none of
 * a policy's ports. https://coredns.io/plugins/forward/
 */
export function askedOn(corefile: Corefile | undefined): readonly string[] {
  if (!corefile || corefile.imports || corefile.upstreams.length === 0) return [UNTOLD];
  return [...new Set(corefile.upstreams.map(portOf))];
}
const UNTOLD = 'untold 0';

function portOf(upstream: string): string {
  // A file such as /etc/resolv.conf names addresses alone.
  if (upstream.startsWith('/')) return 'UDP 53';
  const [, scheme = 'dns', rest = ''] = /^(?:(\w+):\/\/)?(.*)$/.exec(upstream) ?? [];
  const port = /^(?:\[.*\]|[^:]*):(\d+)$/.exec(rest)?.[1];
  if (scheme === 'dns') return `UDP ${port ?? 53}`;
  return scheme === 'tls' ? `TCP ${port ?? 853}` : UNTOLD;
}

/** A plug-in is part of the one block that names it. */
function unloggedIn(lines: readonly PluginLine[]): readonly string[] {
  const logged = new Set(lines.flatMap(({ words: [name], zones }) => (name === 'errors' ? [zones] : [])));
  return [...new Set(lines.filter(({ zones }) => !logged.has(zones)).flatMap(passedOnTo))];
}
/** `.`, `.:53`, `dns://.:1053` */
const isForAll = (zone: string) => /^(dns:\/\/)?\.(:\d+)?,?$/.test(zone);
/** Plug-ins that answer or ask something else than was asked, or take only some questions; and lines that are not read. */
const changing = new Set(['rewrite', 'template', 'view', 'import']);

/** The Corefile without what no cause reads: blocks, names of plug-ins, and to whom questions are passed on. */
export function bareCorefile(text: string): string {
  const bare: string[] = [];
  let depth = 0;
  for (const words of linesOf(text)) {
    const plain = words.filter((word) => !isBrace(word));
    const opens = opened(words);
    const isWhole = (depth === 0 && opens > 0) || told.has(plain[0] ?? '');
    const kept = isWhole ? plain : plain.slice(0, 1).filter((word) => NAME_OF_PLUGIN.test(word));
    const braces = words.filter((word) => isBrace(word));
    if (depth <= 1) bare.push([...kept, ...braces].join(' '));
    else if (depth === 2 && closed(words) > 0) bare.push('}');
    depth += opens - closed(words);
  }
  return `${bare.join('\n')}\n`;
}
/** Plug-ins of which a cause reads the whole line. */
const told = new Set(['forward', 'proxy', 'import']);
/** Not the next line of a key that goes over several. */
const NAME_OF_PLUGIN = /^[a-z]\w{0,30}$/;

interface PluginLine {
  readonly words: readonly string[];
  /** Of the server block it stands in: one array for each block. */
  readonly zones: readonly string[];
}

/** The lines directly inside of a server block. https://coredns.io/2017/07/23/corefile-explained/ */
function pluginLines(text: string): readonly PluginLine[] {
  const found: PluginLine[] = [];
  let depth = 0;
  let zones: readonly string[] = [];
  for (const words of linesOf(text)) {
    const plain = words.filter((word) => !isBrace(word));
    if (depth === 0 && opened(words) > 0) zones = plain;
    if (plain.length > 0 && (depth === 1 || plain[0] === 'import')) found.push({ words: plain, zones });
    depth += opened(words) - closed(words);
  }
  return found;
}

/** The words of each line, without comments. */
function linesOf(text: string): readonly (readonly string[])[] {
  return text.split('\n').map((line) => line.replace(/#.*/, '').trim().split(/\s+/).filter(Boolean));
}

function isBrace(word: string): boolean {
  return word === '{' || word === '}';
}

function opened(words: readonly string[]): number {
  return words.filter((word) => word.endsWith('{')).length;
}

function closed(words: readonly string[]): number {
  return words.filter((word) => word === '}').length;
}

export const corefile: Evidence<Corefile, unknown> = {
  title: 'Its configuration, the Corefile',
  schema: ConfigMap.transform(corefileOf),
  reads: [
    ...podReads,
    'get ConfigMap/coredns in kube-system',
    'get ConfigMap/rke2-coredns-rke2-coredns in kube-system',
  ],
  keptOfConfigMap: (key, text) => (key === 'Corefile' ? bareCorefile(text) : undefined),
  read: async (readers) =>
    readers.kube.find('ConfigMap', (await namesRead(readers)).configMap, { namespace: NAMESPACE }),
  show: (found) => {
    if (found === null) return `there is no ConfigMap ${NAME} (RKE2: ${RKE2}) in ${NAMESPACE}`;
    const { plugins, upstreams, changed, imports } = found;
    const to = upstreams.length > 0 ? `; passes on to ${few(upstreams)}` : '; passes nothing on';
    const when = changed ? `; last written at ${dateTime(changed.at)} by ${changed.by}` : '';
    return `plug-ins ${[...plugins].join(', ')}${to}${imports ? '; imports other files' : ''}${when}`;
  },
};
