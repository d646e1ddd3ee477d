import { hostOf } from '../evidence/scrape-targets.ts';

/** What a log of CoreDNS says, by the lines it writes. Formats: coredns v1.6 to v1.13, and kube-dns before it. */
export interface Said {
  /** Lines that were read. */
  readonly lines: number;
  /** The end of the process: a loop, or a configuration it cannot start with. */
  readonly loop: string | undefined;
  readonly config: string | undefined;
  /** A changed Corefile was refused, and none was taken since: it goes on with the one before. */
  readonly reload: string | undefined;
  /** The last changed Corefile that it wrote of was taken. */
  readonly reloaded: boolean;
  /** The API server says no: RBAC, or a token that is none; and how often. */
  readonly refused: string | undefined;
  readonly refusals: number;
  /** Calls to the API server without an answer, with where to. */
  readonly api: number;
  readonly apiWords: string | undefined;
  readonly apiWays: ReadonlySet<string>;
  /** Its version says that it cannot watch, but not why (CoreDNS 1.11.4 to 1.13.1). */
  readonly silent: number;
  /** Lines of what it asks the API server that tell of a failure in words not read here: no call without an answer, and not none. */
  readonly strangeCalls: number;
  readonly strangeCallWords: string | undefined;
  /** Questions without an answer, by upstream; `''`: the line names none. */
  readonly upstream: ReadonlyMap<string, number>;
  readonly upstreamWords: string | undefined;
  /** By what they were asked: `UDP 53`, `TCP 853`. */
  readonly upstreamWays: ReadonlySet<string>;
  /** What was asked for in these; `undefined`: some line does not say. */
  readonly upstreamNames: ReadonlySet<string> | undefined;
  /** Questions that failed for another reason, as plug-in errors writes it: nothing that is read here, and not nothing. */
  readonly strange: number;
  readonly strangeWords: string | undefined;
  readonly panics: number;
  /** The end of the process by Go itself: a panic that nobody caught, or a fault that none can catch. */
  readonly crash: string | undefined;
  /** Go got no more memory, or no more threads: not a fault of the program. */
  readonly starved: string | undefined;
  readonly lastLine: string | undefined;
}

/** `[FATAL] plugin/loop: Loop (127.0.0.1:55953 -> :1053) detected for zone "."`; before 1.2.5: `Seen "HINFO …" more than twice, loop detected`. */
const LOOP = /plugin\/loop: (Loop \(.+?\) detected.*?(?=, see|$)|Seen .+ loop detected)/;
/** `/etc/coredns/Corefile:3 - Error during parsing: …`, `plugin/forward: …` without a level, `Listen: listen tcp :53: bind: …`. */
const CONFIG =
  /^(\S+:\d+ - Error during parsing: .*|plugin\/(?!loop)\w+: .*|(?:Listen|loading Caddyfile).*|open \/etc\/coredns\/.*)/;
const RELOAD = /\[ERROR\] (?:plugin\/reload: Corefile changed but reload failed|Restart failed): (.*)/;
const RELOADED = /\[INFO\] Reloading complete/;
/** Who writes of calls to the API server: the plug-in, or client-go by itself before CoreDNS 1.9.4. */
const CALLER = String.raw`(?:plugin\/kubernetes|reflector|[Ff]ailed to (?:list|watch))`;
/** 403 and 401, the latter also as client-go says it for an answer without words of its own. */
const FORBIDDEN = new RegExp(
  String.raw`${CALLER}.*?([\w.]+ is forbidden: .*|\bforbidden: User .*|\bUnauthorized\b|the server has asked for the client to provide credentials)`,
);
/** A call that got no answer, by what is said of its connection. A certificate that is not accepted came from somebody: not that. */
const NO_ANSWER = [
  String.raw`(?:dial|read|write) (tcp) (?:\S+->)?(\S+?):(?!53:)(\d+): .*`,
  String.raw`dial tcp: lookup .*|net\/http: .*|http2: client connection lost|(?:unexpected )?\bEOF\b`,
  String.raw`connection re(?:fused|set by peer)|broken pipe|i\/o timeout|context deadline exceeded`,
].join('|');
/** `dial tcp 10.96.0.1:443: i/o timeout`, of what it watches. */
const API = new RegExp(`${CALLER}.*?((?:${NO_ANSWER}).*)`);
/** Of a line of client-go: that something failed. A watch whose version has grown too old is begun anew, which is no failure. */
const COMPLAINS = /\[(?:ERROR|WARNING)\]|\b[EW]\d{4} [\d:.]+|[Ff]ailed to (?:list|watch)/;
const IS_WELL = /too old resource version|resource ?version .*too old|is deprecated/i;
const SILENT = /plugin\/kubernetes: (?:Failed to watch|Unhandled Error)\s*$/;
/** A question that failed: `[ERROR] plugin/errors: 2 example.com. A: …`, and of kube-dns. */
const FAILED = /plugin\/errors: \d+ (\S+) \S+: (.*)|skydns: failure to forward request "(.*)"/;
/** `read udp 10.240.0.18:47848->168.63.129.16:53: i/o timeout`, over either of them, and whatever port the upstream has. */
const UPSTREAM = /((?:read|write|dial) (udp|tcp) (?:\S+->)?(\S+?):(\d+): .*)/;
/** All upstreams have failed their checks (coredns, plugin/forward: `ErrNoHealthy`). */
const NONE_HEALTHY = /no healthy proxies/;
/** The errors plug-in may add them up: `32 errors like '^read udp .* i/o timeout$' occurred in last 30s`. */
const ADDED_UP = /(\d+) errors like '(.*)' occurred in last \S+/;
const PANIC = /Recovered from panic in server/;
/** `panic: runtime error: …`, `fatal error: concurrent map writes` (Go, package runtime). */
const CRASH =
  /^(panic: (?!.*out of memory).*|fatal error: (?!.*(?:out of memory|cannot allocate|newosproc|pthread_create)).*)/;
const STARVED =
  /^(fatal error: .*(?:out of memory|cannot allocate|newosproc|pthread_create).*|runtime: (?:out of memory|failed to create new OS thread).*)/;

export function saidIn(text: string): Said {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  const first = (pattern: RegExp, some: readonly string[] = lines) => {
    for (const line of some.toReversed()) {
      const found = pattern.exec(line);
      if (found) return (found[1] ?? found[2] ?? found[0]).trim().slice(0, 200);
    }
    return undefined;
  };
  const count = (pattern: RegExp) => lines.filter((line) => pattern.test(line)).length;
  const failed = lines.map(failedIn).filter((one) => one !== undefined);
  const unanswered = failed.flatMap((one) => (one.to === undefined ? [] : [{ ...one, to: one.to }]));
  const strange = failed.filter(({ to }) => to === undefined);
  const strangeCalls = lines.filter(isStrangeCall);
  const upstream = new Map<string, number>();
  for (const one of unanswered) upstream.set(one.to, (upstream.get(one.to) ?? 0) + one.count);
  const reloaded = lines.findLastIndex((line) => RELOADED.test(line));
  return {
    lines: lines.length,
    loop: first(LOOP),
    config: first(CONFIG),
    reload: first(RELOAD, lines.slice(reloaded + 1)),
    reloaded: reloaded > lines.findLastIndex((line) => RELOAD.test(line)),
    refused: first(FORBIDDEN),
    refusals: count(FORBIDDEN),
    api: count(API),
    apiWords: first(API),
    apiWays: new Set(lines.flatMap((line) => wayOf(API.exec(line)) ?? [])),
    silent: count(SILENT),
    strangeCalls: strangeCalls.length,
    strangeCallWords: strangeCalls.at(-1)?.replace(BEFORE_WORDS, '').replace(ASKED, '$1: ').trim().slice(0, 200),
    upstream,
    upstreamWords: unanswered.findLast(({ to }) => to !== '')?.words ?? unanswered.at(-1)?.words,
    upstreamWays: new Set(unanswered.flatMap(({ way }) => way ?? [])),
    upstreamNames: unanswered.some(({ name }) => name === undefined)
      ? undefined
      : new Set(unanswered.flatMap(({ name }) => name ?? [])),
    strange: strange.reduce((sum, one) => sum + one.count, 0),
    strangeWords: strange.at(-1)?.words,
    panics: count(PANIC),
    crash: first(CRASH),
    starved: first(STARVED),
    lastLine: lines.at(-1)?.trim().slice(0, 160),
  };
}

const CALLS = new RegExp(CALLER);
/** What stands before the words: time, level, plug-in, place in the source; and what was asked for, in full. */
const ASKED = /(?:Failed to watch[^:]*: )?(failed to list [^:]+): (?:Get "\S+": )?/;
const BEFORE_WORDS = /^.*?(?:plugin\/kubernetes: |reflector\.go:\d+\] )(?:\S+\.go:\d+: )?/;

function isStrangeCall(line: string): boolean {
  const known = [FORBIDDEN, API, SILENT, FAILED, ADDED_UP, RELOAD, IS_WELL];
  return CALLS.test(line) && COMPLAINS.test(line) && !known.some((pattern) => pattern.test(line));
}

/** `UDP 53`, of a match whose last three groups are the protocol, the host and the port. */
function wayOf(found: RegExpExecArray | null): string | undefined {
  const [protocol, , port] = found?.slice(-3) ?? [];
  return protocol === undefined || port === undefined ? undefined : `${protocol.toUpperCase()} ${port}`;
}

interface Failed {
  /** The upstream that did not answer; `''`: it is not named. `undefined`: something else failed. */
  readonly to?: string;
  readonly way?: string | undefined;
  /** What was asked for, in small letters and without the last dot; `undefined`: the line does not say. */
  readonly name: string | undefined;
  readonly words: string;
  readonly count: number;
}

function failedIn(line: string): Failed | undefined {
  const [added, times, pattern = ''] = ADDED_UP.exec(line) ?? [];
  const failed = FAILED.exec(line);
  const said = added === undefined ? (failed?.[2] ?? failed?.[3]) : pattern.replaceAll('\\', '').replace(/\$$/, '');
  if (said === undefined) return undefined;
  const found = UPSTREAM.exec(said);
  const words = (added ?? found?.[1] ?? said).trim().slice(0, 200);
  const name = failed?.[1]?.toLowerCase().replace(/\.$/, '');
  const one = { words, count: Number(times ?? 1), way: wayOf(found), name };
  if (found) return { ...one, to: hostOf(found[3] ?? '') };
  const isUnanswered =
    NONE_HEALTHY.test(said) || (added !== undefined && /timeout|refused|no route|unreachable/.test(said));
  return isUnanswered ? { ...one, to: '' } : one;
}

export function unansweredIn({ upstream }: Said): number {
  return [...upstream.values()].reduce((sum, count) => sum + count, 0);
}
