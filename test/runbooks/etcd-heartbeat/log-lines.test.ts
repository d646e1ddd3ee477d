import { describe, expect, it } from 'vitest';
import { entriesIn } from '../../../runbooks/etcd-heartbeat/log/entries.ts';
import { capnslog, dropped, late, lostStream, slowApply, slowSync, unreached, zap } from './logs.ts';

const only = (line: string) => {
  const [entry, ...more] = entriesIn(line);
  expect(more).toEqual([]);
  return entry;
};

/** The line of the article; of etcd 3.2, for it names no follower. */
const article = 'failed to send out heartbeat on time (exceeded the 100ms timeout for 401.80886ms)';

describe('a late heartbeat', () => {
  it('of the article had the one before 601.80886 ms earlier: what etcd prints is the excess over twice the interval', () => {
    const entry = only(article);

    expect(entry).toMatchObject({ kind: 'late', intervalSeconds: 0.1 });
    if (entry?.kind !== 'late') throw new Error('no late heartbeat');
    expect(entry.gapSeconds).toBeCloseTo(0.60180886, 9);
  });

  it('of etcd 3.5, which names the follower, is the same record', () => {
    const { at: _, ...ofArticle } = only(article) ?? {};

    expect(only(late('02:58:41', '401.80886ms', '7c4cab318ce0967'))).toEqual({
      ...ofArticle,
      at: '2026-11-21T02:58:41.358Z',
    });
  });

  it('of etcd 3.3, which names it in the sentence, is the same as well', () => {
    const { at: _, ...ofArticle } = only(article) ?? {};
    const line = capnslog('02:58:41', `etcdserver: ${article.replace(')', ', to fa4ddfec63d549fc)')}`);

    expect(only(line)).toEqual({ ...ofArticle, at: '2026-11-21T02:58:41.070Z' });
  });

  it.each([
    ['whose figure systemd shortened', article.replace('401.80886ms', '401...516ms')],
    ['cut off at the end', article.slice(0, -6)],
    ['cut off within its JSON', late('02:58:41', '401.80886ms', 'a2').slice(0, -8)],
    ['with a word for a figure', late('02:58:41', 'soon', 'a2')],
  ])('%s is none', (_, line) => {
    expect(entriesIn(line)).toEqual([]);
  });
});

describe('an election', () => {
  it('is told with its term, the new leader, and until etcd 3.3 the quorum', () => {
    const lines = [
      'e23bf6fd185b2dc5 [quorum:2] has received 2 MsgVoteResp votes and 0 vote rejections',
      'e23bf6fd185b2dc5 became leader at term 337',
      'raft.node: e23bf6fd185b2dc5 elected leader e23bf6fd185b2dc5 at term 337',
    ].map((text) => capnslog('02:57:03', `raft: ${text}`, 'I'));

    expect(only(lines.join('\n'))).toEqual({
      kind: 'election',
      at: '2026-11-21T02:57:03.070Z',
      term: 337,
      leader: 'e23bf6fd185b2dc5',
      quorum: 2,
    });
  });

  it.each([
    ['zap', zap('02:57:03', 'raft.node: cbe7359d441e0f11 elected leader 56ed239a36ecc044 at term 2', {}, 'info')],
    ['a change', zap('02:57:03', 'raft.node: a1 changed leader from a2 to 56ed239a36ecc044 at term 2', {}, 'info')],
    ["raft's own logger", 'raft2026/11/21 02:57:03 INFO: raft.node: a1 elected leader 56ed239a36ecc044 at term 2'],
  ])('is understood of %s', (_, line) => {
    expect(only(line)).toMatchObject({ term: 2, leader: '56ed239a36ecc044' });
    expect(only(line)?.at).toMatch(/^2026-11-21T02:57:03/);
  });
});

describe('the other lines', () => {
  it.each([
    ['a sync of over a second', slowSync('02:53:19', '1.263337456s'), { kind: 'sync', tookSeconds: 1.263337456 }],
    [
      '… of etcd 3.3',
      capnslog('02:53:19', 'wal: sync duration of 2.004393954s, expected less than 1s'),
      { kind: 'sync', tookSeconds: 2.004393954 },
    ],
    ['a slow apply', slowApply('02:55:11', '312.5ms'), { kind: 'apply', tookSeconds: 0.3125 }],
    [
      '… of etcd 3.3',
      capnslog(
        '02:55:11',
        'etcdserver: read-only range request "key:\\"/registry/health\\" " with result "error:context deadline exceeded" took too long (1.999933111s) to execute',
      ),
      { kind: 'apply', tookSeconds: 1.999933111 },
    ],
    [
      '… of etcd 3.2',
      capnslog('02:55:11', 'etcdserver: apply entries took too long [221.680793ms for 1 entries]'),
      { kind: 'apply', tookSeconds: 0.221680793 },
    ],
    [
      'a read index that timed out',
      capnslog(
        '02:55:11',
        'etcdserver: timed out waiting for read index response (local node might have slow network)',
      ),
      { kind: 'read-index' },
    ],
    [
      '… that is tried again',
      zap('02:55:11', 'waiting for ReadIndex response took too long, retrying', { 'retry-timeout': '500ms' }),
      { kind: 'read-index' },
    ],
    ['a message that was dropped', dropped('02:52:23', 'a2'), { kind: 'dropped', peer: 'a2' }],
    [
      '… since etcd 3.6 without the guess',
      zap('02:52:23', 'dropped internal Raft message since sending buffer is full', { 'remote-peer-id': 'a2' }),
      { kind: 'dropped', peer: 'a2' },
    ],
    [
      '… of etcd 3.3',
      capnslog(
        '02:52:23',
        "rafthttp: dropped internal raft message to a2 since streamMsg's sending buffer is full (bad/overloaded network)",
      ),
      { kind: 'dropped', peer: 'a2' },
    ],
    ['a stream that broke', lostStream('02:52:22', 'a2'), { kind: 'lost', peer: 'a2' }],
    [
      '… of etcd 3.3',
      capnslog('02:52:22', 'rafthttp: lost the TCP streaming connection with peer a2 (stream Message reader)'),
      { kind: 'lost', peer: 'a2' },
    ],
    [
      'a peer from which no packet comes back',
      unreached('02:55:42', '10.0.0.2'),
      { kind: 'unreached', address: '10.0.0.2', error: 'i/o timeout' },
    ],
    [
      '… over IPv6',
      unreached('02:55:42', '[fd00::2]', 'connect: no route to host'),
      { kind: 'unreached', address: 'fd00::2', error: 'no route to host' },
    ],
    [
      '… of etcd 3.3',
      capnslog(
        '02:55:42',
        'rafthttp: health check for peer a2 could not connect: dial tcp 10.0.0.2:2380: i/o timeout (prober "ROUND_TRIPPER_RAFT_MESSAGE")',
      ),
      { kind: 'unreached', address: '10.0.0.2', error: 'i/o timeout' },
    ],
  ])('%s', (_, line, entry) => {
    expect(only(line)).toMatchObject(entry);
    expect(only(line)?.at).toMatch(/^2026-11-21T02:5/);
  });

  it.each([
    ['2023-12-10T20:06:58.479041+0300', '2023-12-10T17:06:58.479Z'],
    [1526587299.177, '2018-05-17T20:01:39.177Z'],
    ['yesterday', undefined],
    [null, undefined],
  ])('are dated %s as zap of different versions does', (ts, at) => {
    const line = JSON.stringify({ ts, msg: 'slow fdatasync', took: '1.2s' });

    expect(only(line)?.at).toBe(at);
  });

  it('say nothing of a stream that is given up on purpose, or of a port that answers by refusing', () => {
    expect(entriesIn(lostStream('02:52:22', 'a2', 'context canceled'))).toEqual([]);
    expect(entriesIn(unreached('02:52:22', '10.0.0.2', 'connect: connection refused'))).toEqual([]);
  });
});

describe('a hostile log', () => {
  it.each([
    [
      'a key that quotes a line',
      zap('02:55:11', 'apply request took too long', { took: '1h', request: `key:"${article}"` }),
      1,
    ],
    [
      'the same of capnslog',
      capnslog('02:55:11', `etcdserver: request "key:\\"${article}\\"" with result "" took too long (1s) to execute`),
      1,
    ],
    ['a sentence that begins otherwise', `x ${article}`, 0],
    ['an id that is none', late('02:58:41', '1s', '<!channel>'), 1],
    ['fields of other kinds', JSON.stringify({ msg: 'slow fdatasync', took: { evil: true }, ts: [] }), 0],
    ['no object', '[1]', 0],
    ['a line without an end', `{"msg":"slow fdatasync","took":"1.2s","request":"${'a'.repeat(50_000)}"}`, 0],
    ['binary', '\u0000\u{1F4A9}\ud800', 0],
  ])('%s is no more than it is', (_, line, count) => {
    const entries = entriesIn(line);

    expect(entries).toHaveLength(count);
    expect(JSON.stringify(entries)).not.toMatch(/channel|key|evil/);
  });

  it('of a megabyte is read in no time', () => {
    const began = performance.now();
    const lines = [
      `request ${'took too long ('.repeat(1_000)}`,
      '{'.repeat(15_000),
      `raft.node: ${'a'.repeat(15_000)}`,
    ];

    expect(entriesIn(Array.from({ length: 66 }, (_, index) => lines[index % 3]).join('\n'))).toEqual([]);
    expect(performance.now() - began).toBeLessThan(2_000);
  });
});
