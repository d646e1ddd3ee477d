import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Card } from '../../../engine/card.ts';
import { render } from '../../../infra/slack/render.ts';
import { renderCard } from '../../../infra/slack/render-card.ts';
import { evidenceParts, renderThread } from '../../../infra/slack/render-thread.ts';
import { diagnosed, lease, looking } from './cards.ts';
import { hostileCard, hostileText } from './hostile.ts';
import { expectSendable, wordsOfBlocks } from './words.ts';

const shown = (card: Card) => wordsOfBlocks(renderCard(card).message.blocks);
const thread = (card: Card) =>
  renderThread(card)
    .map(({ blocks }) => wordsOfBlocks(blocks))
    .join('\n');
const causes = (count: number) =>
  Array.from({ length: count }, (_, n) => ({ title: `Cause ${n}`, reason: `figure ${n} is over its limit of ${n}` }));

describe('the card of a diagnosed incident', () => {
  const lines = shown(diagnosed).split('\n');

  it('says in its first lines what is wrong, in which state it is, and the likely cause with its figure', () => {
    expect(lines.slice(0, 4)).toEqual([
      '# 🔴 Node worker-3: node is not ready · cause found',
      '',
      'Likely cause: The kubelet stopped or hangs',
      'The lease was renewed 247 s ago (limit 40 s) while node-exporter on the same machine answers.',
    ]);
  });

  it('has what the alert says of itself where no cause is known, and leaves it to the thread where one is', () => {
    expect(shown(diagnosed)).not.toContain('Node is not ready.');
    expect(shown({ ...diagnosed, likely: [] })).toContain('summary: Node is not ready.');
    expect(shown({ ...diagnosed, isBeside: true })).toContain('summary: Node is not ready.');
  });

  it('says what an earlier look found where the last one finds nothing any more', () => {
    const { likely, ...card } = diagnosed;
    const earlier = { at: new Date('2026-11-21T02:45:10Z'), causes: [...likely, { title: 'Another', reason: 'r' }] };
    const text = shown({ ...card, likely: [], earlier, state: 'closed', summary: 'Closed: the node is ready' });

    expect(text.split('\n').slice(2, 5)).toEqual([
      'Closed: the node is ready',
      expect.stringMatching(/^Cause found .*: The kubelet stopped or hangs \(and 1 more\)$/),
      'The lease was renewed 247 s ago (limit 40 s) while node-exporter on the same machine answers.',
    ]);
    expect(text).not.toContain('summary: Node is not ready.');
    expect(text).not.toContain('Ruled out');
    expect(thread({ ...card, likely: [], earlier, state: 'closed' })).toContain('The machine is down: node-exporter');
    expect(shown({ ...card, likely: [], earlier, state: 'undiagnosed' })).toContain('Ruled out by now');
  });

  it('says on the lock screen what is wrong and why', () => {
    expect(renderCard(diagnosed).message.text).toBe(
      'Node worker-3: node is not ready (cause found): The kubelet stopped or hangs. The lease was renewed 247 s ago (limit 40 s) while the machine answers.',
    );
  });

  it('says since when, where, and how bad', () => {
    expect(shown(diagnosed)).toContain(
      'Since <!date^1795228860^{date_short_pretty} {time}|2026-11-21 02:41:00 UTC> · cluster `prod-eu` · `Node worker-3` · severity critical',
    );
  });

  it('says that nobody said since when', () => {
    const { since: _since, ...card } = diagnosed;

    expect(shown(card)).toContain('Unknown since when · cluster `prod-eu`');
  });

  it('gives each other cause its verdict and its reason', () => {
    const text = shown({ ...diagnosed, likely: [...diagnosed.likely, { title: 'Disk full', reason: '99 % used' }] });
    expect(text).toContain('Also confirmed\n• Disk full: 99 % used');
    expect(text).toContain('Ruled out\n• The machine is down: node-exporter answered 4 s ago\n• Many nodes at once');
    expect(text).toContain('Undecided\n• Resource pressure: CPU pressure could not be seen');
  });

  it('says what could not be seen, why, and what to do about it', () => {
    expect(shown(diagnosed)).toContain(
      'Could not be seen\n• CPU pressure of the node: Prometheus at http://prometheus:9090 refused the connection\nTo see it: check that Prometheus runs',
    );
  });

  it('names the fixes with risk and exact changes, and has no button for what nobody may approve', () => {
    const text = shown(diagnosed);
    expect(text).toContain('• Cordon the node (risk: low): cordon node worker-3 (spec.unschedulable: true)');
    expect(text).toMatch(/• Restart the kubelet on the machine \(by hand, risk: medium\): \d steps?, in the thread/);
    expect(text).toContain('Not now: Evict the noisy pod');
    expect(text).toContain('[Run Again] [Runbook] [Prometheus] [⋯ Silence]');
  });

  it('has the steps in the thread, first: exact commands, how to check, what to beware of', () => {
    const text = thread(diagnosed);
    expect(text).toContain('Evict the noisy pod does not fit: no pod stands out');
    expect(text).toContain('```ssh worker-3 sudo systemctl restart kubelet```');
    expect(text).toContain('⚠ Running containers keep running; do not reboot.');
    expect(text).toContain('Then check: kubectl get node worker-3: Ready within 60 s');
    expect(text.indexOf('systemctl restart')).toBeLessThan(text.indexOf(diagnosed.evidence[0]?.title ?? 'nothing'));
  });

  it("shows the alert's labels and how they led to the target", () => {
    expect(shown(diagnosed)).toContain(
      'Alert KubeNodeNotReady (2 alerts, 1 firing)\nnode=worker-3 severity=critical job=kube-state-metrics condition=Ready \nlabel node=worker-3 names the Node',
    );
  });

  it('says when it looked, which may be long before it was edited', () => {
    const card = { ...diagnosed, lookedAt: new Date('2026-11-21T02:44:00Z') };
    expect(shown(card)).toContain('Looked at <!date^1795229040^');
    expect(thread(card)).toContain('02:44:00 UTC');
  });

  it('says what the look cost, and when', () => {
    expect(lines.at(-1)).toMatch(
      /^Updated <!date.*> · 7 Kubernetes calls, 4 Prometheus queries, 0\.2 s · evidence in the thread$/,
    );
  });

  it('gives the button an opaque reference and each revision its own block id', () => {
    const actions = renderCard(diagnosed).message.blocks.find(({ type }) => type === 'actions');
    expect(actions).toMatchObject({
      block_id: `actions-${diagnosed.updatedAt.getTime()}`,
      elements: [{ action_id: 'run-again', value: diagnosed.incident }, {}, {}, {}],
    });
  });
});

describe('the card in its other states', () => {
  it('while looking: a live checklist, and no button to look again', () => {
    const text = shown(looking);
    expect(text).toContain('# 🔎 Node worker-3: node is not ready · looking');
    expect(text).toContain('✓ Lease of the kubelet\n✗ CPU pressure of the node\n… Events of the node');
    expect(text).not.toContain('Run Again');
    expect(renderCard(looking).message.text).toBe(
      'Node worker-3: node is not ready: Looking: 1 of 3 evidence items seen',
    );
  });

  it.each([
    ['undiagnosed', '🟠 Node worker-3: node is not ready · cause not found'],
    ['still-broken', '🔴 Node worker-3: node is not ready · still broken'],
    ['unchecked', '🟠 Node worker-3: node is not ready · could not be checked'],
    ['folded', '⚪ Node worker-3: node is not ready · part of a larger problem'],
    ['closed', '🟢 Node worker-3: node is not ready · closed'],
  ] as const)('%s: says so in words and leads with the summary', (state, header) => {
    const [first, , second] = shown({ ...diagnosed, state, summary: 'What is known of it' }).split('\n');
    expect(first).toBe(`# ${header}`);
    expect(second).toBe('What is known of it');
  });

  it('of an alert that no runbook is about: calls what it found a trouble, and never the cause', () => {
    const beside: Card = {
      ...diagnosed,
      ...{ state: 'trouble-seen', isBeside: true, likely: causes(2) },
      summary: 'Trouble seen, not yet the cause: Cause 0. Reason 0',
    };
    const text = shown(beside);
    expect(text.split('\n').slice(0, 3)).toEqual([
      '# 🟠 Node worker-3: node is not ready · trouble seen',
      '',
      `Trouble seen, not yet the cause: ${causes(2)[0]?.title}`,
    ]);
    expect(text).toContain('Also seen');
    expect(text).not.toMatch(/cause found|Likely cause|Also confirmed/);
    expect(renderCard(beside).message.text).toBe(
      'Node worker-3: node is not ready: Trouble seen, not yet the cause: Cause 0. Reason 0',
    );
    expect(shown({ ...beside, state: 'closed' })).toContain('Trouble that was seen: ');
  });

  it('without a runbook: what the alert says of itself takes the place of verdicts', () => {
    const text = shown({ ...looking, state: 'undiagnosed', checklist: [], summary: 'No runbook answers this alert' });
    expect(text).toContain('No runbook answers this alert');
    expect(text).toContain('summary: Node is not ready.');
    expect(text).not.toContain('runbook_url');
  });
});

describe('a card that would grow too long', () => {
  it('names how many causes it leaves out, and the thread tells all of them', () => {
    const crowded = { ...diagnosed, ruledOut: causes(60) };
    expect(shown(crowded)).toMatch(/\+\d+ more, in the thread/);
    const told = thread(crowded);
    for (const { title, reason } of crowded.ruledOut) expect(told).toContain(`${title}: ${reason}`);
  });

  it('never shows half a command: the card points to the thread, which has it whole', () => {
    const command = `kubectl get --raw '/api/v1/nodes/${'very-long-name-'.repeat(200)}'`;
    const manual = [
      {
        id: 'm',
        title: 'By hand',
        cause: 'c',
        risk: 'low' as const,
        steps: [{ kind: 'look' as const, title: 'Look', command }],
      },
    ];
    const card = { ...diagnosed, manual };
    expect(shown(card)).toContain('By hand (by hand, risk: low): 1 step, in the thread');
    expect(shown(card)).not.toContain('kubectl get --raw');
    const pieces = [...thread(card).matchAll(/Command, piece \d+ of \d+:\n```([^`]*)```/g)].map(([, piece]) => piece);
    expect(pieces.length).toBeGreaterThan(1);
    expect(pieces.join('')).toBe(command);
  });

  it('keeps the links it has no room for in the thread', () => {
    const far = { label: 'Graph', url: `https://prometheus.example/graph?${'x'.repeat(2_500)}` };
    const card = { ...diagnosed, links: [...diagnosed.links, far] };
    expect(shown(card)).not.toContain('Graph');
    expect(thread(card)).toContain(`Graph: ${far.url}`);
  });

  it('puts an address that is no web address on no button', () => {
    const card = { ...diagnosed, links: [{ label: 'Silence', url: 'javascript:alert(1)' }] };
    expect(shown(card)).not.toContain('[Silence]');
    expect(JSON.stringify(renderCard(card).message)).not.toContain('javascript:');
  });
});

describe('the thread', () => {
  it('shows every evidence item with source, query, time, value and limit with its source', () => {
    expect(thread(diagnosed)).toContain(
      [
        '✓ Lease of the kubelet: renewed 247 s ago',
        'Limit: 40 s (lease duration) (source: https://kubernetes.io/docs/concepts/architecture/nodes/#heartbeats)',
        '```GET /apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases/worker-3```',
        'Kubernetes · as of 2026-11-21 02:45:10 UTC · took 12 ms',
      ].join('\n'),
    );
  });

  it('has a long query whole, in pieces that end with its lines, which messages may part', () => {
    const query = Array.from({ length: 400 }, (_, n) => `line_${n}{device=~"a|b",mode!=""}`).join('\n');
    const card = { ...diagnosed, evidence: [lease, { ...lease, title: 'The machine', query }] };
    const pieces = [...thread(card).matchAll(/Query, piece \d+ of \d+:\n```([^`]*)```/g)].map(([, piece]) => piece);

    expect(renderThread(card).length).toBeGreaterThan(1);
    expect(pieces.length).toBeGreaterThan(4);
    expect(pieces.join('')).toBe(query);
    for (const piece of pieces.slice(0, -1)) expect(piece).toMatch(/\n$/);
    for (const message of renderThread(card)) expectSendable(message);
  });

  it('says where a query is whole that no thread can hold', () => {
    const told = thread({ ...diagnosed, evidence: [{ ...lease, query: 'x'.repeat(30_000) }] });

    expect(told).toContain('…```\nThe whole query: nightshift incidents --json\nKubernetes · as of');
  });

  it('shows what failed with the reason and what to do', () => {
    expect(thread(diagnosed)).toContain(
      '✗ CPU pressure of the node: Prometheus at http://prometheus:9090 refused the connection\nTo see it: check that Prometheus runs',
    );
  });

  it('takes as many messages as it needs, tells each item once and in order, and counts its parts', () => {
    const evidence = Array.from({ length: 60 }, (_, n) => ({ ...lease, id: `e${n}`, title: `Item ${n}.` }));
    const card = { ...diagnosed, evidence };
    const messages = renderThread(card);
    expect(messages.length).toBeGreaterThan(2);
    expect(evidenceParts(card)).toBe(messages.length);
    expect([...thread(card).matchAll(/Item (\d+)\./g)].map(([, n]) => Number(n))).toEqual([...evidence.keys()]);
    expect(messages[1]?.text).toBe(`Fixes and evidence for Node worker-3: node is not ready (2 of ${messages.length})`);
    expect(render({ kind: 'evidence', card, part: 1 })).toEqual(messages[1]);
  });

  it('says how much it leaves out when there is more than a thread should hold', () => {
    const evidence = Array.from({ length: 300 }, (_, n) => ({ ...lease, id: `e${n}`, query: 'x'.repeat(2_000) }));
    const messages = renderThread({ ...diagnosed, evidence });
    expect(messages.length).toBeLessThanOrEqual(12);
    expect(wordsOfBlocks(messages.at(-1)?.blocks ?? [])).toMatch(/\+\d+ more: `nightshift incidents --json`/);
  });

  it('has no message when there is nothing to tell', () => {
    const bare = { ...looking, evidence: [], links: [] };
    expect(evidenceParts(bare)).toBe(0);
  });
});

describe('whatever a card holds', () => {
  it('the card can be posted and edited, pings nobody and stays within its budget', () => {
    fc.assert(
      fc.property(hostileCard, (card) => expectSendable(renderCard(card).message)),
      { numRuns: 80, endOnFailure: true },
    );
  });

  it('so can every message of its thread', () => {
    fc.assert(
      fc.property(hostileCard, (card) => {
        for (const message of renderThread(card)) expectSendable(message);
      }),
      { numRuns: 40, endOnFailure: true },
    );
  });

  it('and a note', () => {
    fc.assert(fc.property(hostileText, (text) => expectSendable(render({ kind: 'note', text }))));
  });
});
