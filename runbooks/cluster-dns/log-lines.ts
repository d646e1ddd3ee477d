/** What a log of CoreDNS says, by the lines it writes. Formats: coredns v1.6 to v1.13, and kube-dns before it. */
export interface Said {
  /** Lines that were read. */
  readonly lines: number;
  /** The end of the process: a loop, or a configuration it cannot start with. */
  readonly loop: string | undefined;
  readonly config: string | undefined;
  /** A changed Corefile was refused: it goes on with the one before. */
  readonly reload: string | undefined;
  /** The API server says no: RBAC, or a token that is none. */
  readonly refused: string | undefined;
  /** Calls to the API server without an answer, with where to. */
  readonly api: number;
  readonly apiWords: string | undefined;
  /** Its version says that it cannot watch, but not why (CoreDNS 1.11.4 to 1.13.1). */
  readonly silent: number;
  /** Questions without an answer, by upstream; `''`: the line names none. */
  readonly upstream: ReadonlyMap<string, number>;
  readonly upstreamWords: string | undefined;
  readonly panics: number;
}

/** `[FATAL] plugin/loop: Loop (127.0.0.1:55953 -> :1053) detected for zone "."`; before 1.2.5: `Seen "HINFO …" more than twice, loop detected`. */
const LOOP = /plugin\/loop: (Loop \(.+?\) detected.*?(?=, see|$)|Seen .+ loop detected)/;
/** `/etc/coredns/Corefile:3 - Error during parsing: …`, `plugin/forward: …` without a level, `Listen: listen tcp :53: bind: …`. */
const CONFIG =
  /^(\S+:\d+ - Error during parsing: .*|plugin\/(?!loop)\w+: .*|(?:Listen|loading Caddyfile).*|open \/etc\/coredns\/.*)/;
const RELOAD = /\[ERROR\] (?:plugin\/reload: Corefile changed but reload failed|Restart failed): (.*)/;
const FORBIDDEN =
  /([\w.]+ is forbidden: User "[^"]*" cannot \w+ resource "[^"]*".*)|plugin\/kubernetes:.*?(\bUnauthorized\b)/;
/** `dial tcp 10.96.0.1:443: i/o timeout`; not what is asked of an upstream, on port 53. */
const API =
  /(?:plugin\/kubernetes|reflector|Failed to (?:list|watch)).*?((?:dial tcp \S+:(?!53:)\d+: .*|net\/http: TLS handshake timeout|context deadline exceeded|unexpected EOF|connection refused).*)/;
const SILENT = /plugin\/kubernetes: (?:Failed to watch|Unhandled Error)\s*$/;
/** `read udp 10.240.0.18:47848->168.63.129.16:53: i/o timeout`, of either of them. */
const UPSTREAM =
  /((?:read|write|dial) (?:udp|tcp) (?:\S+->)?(\S+?):(?:53|853): (i\/o timeout|connect: \S.*|(?:recvfrom|sendto|read|write): .*|no route to host|operation not permitted))/;
/** The errors plug-in may add them up: `32 errors like '^read udp .* i/o timeout$' occurred in last 30s`. */
const ADDED_UP = /(\d+) errors like '(.*)' occurred in last/;
const PANIC = /Recovered from panic in server/;

export function saidIn(text: string): Said {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  const first = (pattern: RegExp) => {
    for (const line of lines.toReversed()) {
      const found = pattern.exec(line);
      if (found) return (found[1] ?? found[2] ?? found[0]).trim().slice(0, 200);
    }
    return undefined;
  };
  const upstream = new Map<string, number>();
  for (const line of lines) {
    const { to, count } = unanswered(line) ?? {};
    if (to !== undefined && count !== undefined) upstream.set(to, (upstream.get(to) ?? 0) + count);
  }
  const count = (pattern: RegExp) => lines.filter((line) => pattern.test(line)).length;
  return {
    lines: lines.length,
    loop: first(LOOP),
    config: first(CONFIG),
    reload: first(RELOAD),
    refused: first(FORBIDDEN),
    api: count(API),
    apiWords: first(API),
    silent: count(SILENT),
    upstream,
    upstreamWords: first(UPSTREAM) ?? first(/(\d+ errors like .*)/),
    panics: count(PANIC),
  };
}

function unanswered(line: string): { readonly to: string; readonly count: number } | undefined {
  const [, added, pattern = ''] = ADDED_UP.exec(line) ?? [];
  if (added !== undefined)
    return /timeout|refused|no route|unreachable/.test(pattern)
      ? { to: /->\\?([\d.]+?):?\\?:53/.exec(pattern)?.[1] ?? '', count: Number(added) }
      : undefined;
  const to = UPSTREAM.exec(line)?.[2];
  return to === undefined ? undefined : { to, count: 1 };
}

export function unansweredIn({ upstream }: Said): number {
  return [...upstream.values()].reduce((sum, count) => sum + count, 0);
}
