import * as fc from 'fast-check';
import type { Card } from '../../../engine/card.ts';
import type { ManualStep } from '../../../engine/runbook.ts';

/** Strings a label, an annotation or a log line may hold, and that have broken bots before. */
export const hostileText: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom(
    '',
    ' ',
    '<!channel>',
    '<!here|here> <!everyone>',
    '<@U0123456789>',
    '<#C0123456789|general>',
    '<!subteam^S0123456789>',
    '<!date^0^{date}|never>',
    '<https://evil.example|click here>',
    '&lt;!channel&gt;',
    '*bold* _italic_ ~strike~ `code` ```block```',
    '> quote\n>>> more',
    '`',
    '*',
    'line\nbreak\r\nand\ttab',
    '\u0000\u0007\u001b[31mred\u001b[0m\u007f\u0085',
    '\u202eright to left override\u202c \u2066isolate\u2069',
    'zero\u200bwidth\u200d\u2060\ufeffjoiner',
    'עברית وعربية',
    '👩🏽‍🚒👨‍👩‍👧‍👦🇩🇪❤️1️⃣',
    '\ud83d alone',
    `${'e\u0301'.repeat(200)}`,
    `z${'\u0301'.repeat(3_000)}`,
    '"quotes" and \\backslashes\\',
    '{"json":[1,2,3]}',
    'javascript:alert(1)',
    ':fire: :+1:',
    'x'.repeat(10_240),
    '<'.repeat(10_240),
    '&'.repeat(10_240),
    '"'.repeat(10_240),
    '\n'.repeat(10_240),
    '`*_~'.repeat(2_560),
    '😀'.repeat(5_120),
    '漢'.repeat(10_240),
    '\u202e'.repeat(10_240),
  ),
  fc.string({ unit: 'binary', maxLength: 300 }),
  fc.string({ unit: 'grapheme', maxLength: 300 }),
);

const hostileUrl = fc.oneof(
  fc.webUrl({ withQueryParameters: true, withFragments: true }),
  fc.constant(`https://prometheus.example/graph?g0.expr=${'a%7B%7D'.repeat(400)}`),
  fc.constant(`https://x.example/?${'&a=|<>"'.repeat(100)}`),
  hostileText,
);

const hostileDate = fc.oneof(
  fc.date({ min: new Date(0), max: new Date('2100-01-01'), noInvalidDate: true }),
  fc.constant(new Date(Number.NaN)),
);

/** Ids that make buttons, and ids that must not. */
export const someId = fc.oneof(hostileText, fc.constantFrom('0a1b2c3d4e5f-1', 'cordonNode', 'restart-kubelet'));

/** Points in time as JSON has them. */
export const hostileInstant = fc.oneof(fc.constant('2026-11-21T02:46:00Z'), hostileText);
/** Ids that become mentions, and ids that must not. */
export const hostilePerson = fc.oneof(hostileText, fc.constantFrom('U0APPROVER', 'W0GRIDUSER', 'S0APPROVERS'));
const planWords = [
  'requested',
  'approved',
  'refused',
  'rehearsed',
  'applied',
  'verified',
  'failed',
  'unknown',
  'expired',
  'outdated',
  'moot',
] as const;

const cause = fc.record({ title: hostileText, reason: hostileText });
export const few = <T>(item: fc.Arbitrary<T>, maxLength = 30) => fc.array(item, { maxLength });
const labels = fc.dictionary(hostileText, hostileText, { maxKeys: 30, noNullPrototype: true });
export const risk = fc.constantFrom('none', 'low', 'medium', 'high');

const evidence = fc.record(
  {
    id: hostileText,
    title: hostileText,
    status: fc.constantFrom('ok', 'failed'),
    source: hostileText,
    query: hostileText,
    asOf: fc.oneof(hostileText, fc.constant('2026-11-21T02:45:10Z')),
    windowSeconds: fc.integer({ min: 1, max: 86_400 }),
    value: fc.jsonValue(),
    shown: hostileText,
    threshold: hostileText,
    thresholdSource: hostileText,
    reason: hostileText,
    remedy: hostileText,
    elapsedMs: fc.double({ min: 0, max: 60_000, noNaN: true }),
  },
  {
    requiredKeys: ['id', 'title', 'status', 'source', 'query', 'asOf', 'value', 'shown', 'elapsedMs'],
  },
) satisfies fc.Arbitrary<Card['evidence'][number]>;

export const change = fc.oneof(
  fc.record({ verb: fc.constant('cordon'), node: hostileText }),
  fc.record({ verb: fc.constant('evict'), namespace: hostileText, pod: hostileText }),
);
const remedy = fc.oneof(
  fc.record({ id: hostileText, title: hostileText, cause: hostileText, unavailable: hostileText }),
  fc.record({
    id: someId,
    title: hostileText,
    cause: hostileText,
    risk,
    digest: hostileText,
    changes: few(change, 60),
    rehearsal: fc.constant(null),
  }),
) satisfies fc.Arbitrary<Card['remedies'][number]>;

const step = fc.oneof(
  fc.record(
    { kind: fc.constant('look'), title: hostileText, command: hostileText, shows: hostileText, warning: hostileText },
    { requiredKeys: ['kind', 'title', 'command'] },
  ),
  fc.record(
    {
      kind: fc.constant('change'),
      title: hostileText,
      command: hostileText,
      verify: fc.record({ command: hostileText, shows: hostileText }),
      warning: hostileText,
    },
    { requiredKeys: ['kind', 'title', 'verify'] },
  ),
  fc.record({ kind: fc.constant('advice'), title: hostileText, warning: hostileText }),
) satisfies fc.Arbitrary<ManualStep>;
const manual = fc.record({ id: someId, title: hostileText, cause: hostileText, risk, steps: few(step, 12) });
const planLine = fc.record({
  plan: hostileText,
  title: hostileText,
  steps: few(
    fc.record(
      { word: fc.constantFrom(...planWords), at: hostileInstant, by: hostilePerson, note: hostileText },
      { requiredKeys: ['word', 'at'] },
    ),
    12,
  ),
}) satisfies fc.Arbitrary<Card['plans'][number]>;

/** Any card there could be, with hostile text in every field. */
export const hostileCard: fc.Arbitrary<Card> = fc.record(
  {
    incident: someId,
    state: fc.constantFrom(
      'looking',
      'diagnosed',
      'trouble-seen',
      'undiagnosed',
      'still-broken',
      'unchecked',
      'folded',
      'closed',
    ),
    title: hostileText,
    summary: hostileText,
    cluster: hostileText,
    target: hostileText,
    targetNote: hostileText,
    since: hostileDate,
    updatedAt: hostileDate,
    severity: hostileText,
    canLook: fc.boolean(),
    checklist: few(fc.record({ title: hostileText, state: fc.constantFrom('waiting', 'ok', 'failed') }), 60),
    likely: few(cause),
    earlier: fc.record({ at: hostileDate, causes: few(cause) }),
    isBeside: fc.boolean(),
    ruledOut: few(cause),
    open: few(cause),
    gaps: few(
      fc.record(
        { title: hostileText, reason: hostileText, remedy: hostileText },
        { requiredKeys: ['title', 'reason'] },
      ),
    ),
    evidence: few(evidence, 40),
    remedies: few(remedy, 8),
    manual: few(manual, 5),
    offered: few(someId, 8),
    plans: few(planLine, 12),
    alert: fc.record({
      name: hostileText,
      labels,
      annotations: labels,
      count: fc.nat(),
      firing: fc.nat(),
    }),
    links: few(fc.record({ label: hostileText, url: hostileUrl }), 12),
    byHand: few(fc.record({ title: hostileText, by: hostilePerson, at: hostileInstant }), 8),
    notes: few(hostileText, 20),
    cost: fc.record({ kubernetesCalls: fc.nat(), prometheusQueries: fc.nat(), elapsedMs: fc.nat() }),
  },
  {
    requiredKeys: [
      'incident',
      'state',
      'title',
      'summary',
      'cluster',
      'target',
      'updatedAt',
      'canLook',
      'isBeside',
      'checklist',
      'likely',
      'ruledOut',
      'open',
      'gaps',
      'evidence',
      'remedies',
      'manual',
      'offered',
      'plans',
      'links',
      'byHand',
      'notes',
    ],
  },
);
