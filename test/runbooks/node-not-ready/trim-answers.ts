/**
 * Cuts two sets of answers of a real API server down to test/recorded/node-troubles/*.json: a kubelet stopped by
 * SIGSTOP, and a silent node read while etcd had no quorum.
 *
 *   node test/runbooks/node-not-ready/trim-answers.ts FOLDER
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { itemsOf, type Json, pick, Recording, trimNode, trimPod } from './recording.ts';

const [folder] = process.argv.slice(2);
if (folder === undefined) throw new Error('which folder holds the answers? see the top of this file');
const text = (name: string) => readFileSync(join(folder, name), 'utf8');
const json = (name: string) => JSON.parse(text(name)) as Json;
/** Files with status line and headers, the body, and a closing line of our own. */
const body = (name: string) => JSON.parse(/^\{.*^\}$/ms.exec(text(name))?.[0] ?? 'null') as Json;
const lease = ({ metadata, spec }: Json) => ({ metadata: pick(metadata as Json, 'resourceVersion'), spec });
const nothing = { scrapes: {}, kubelet: {}, apiCalls: {} };

write('kubelet-frozen', {
  about:
    'the kubelet stopped by SIGSTOP for 61 s; the scrape durations were seen (10 s, the time-out) but not recorded with it',
  now: '2026-11-21T07:12:47.147Z',
  node: trimNode(json('node-real-kubelet-stopped.json')),
  lease: lease(json('lease-real-kubelet-stopped.json')),
  events: itemsOf(json('events-real-kubelet-stopped.json'))
    .filter(({ involvedObject }) => (involvedObject as Json).kind === 'Node')
    .map((event) => pick(event, 'metadata', 'reason', 'message', 'source', 'count', 'firstTimestamp', 'lastTimestamp'))
    .map((event) => ({ ...event, metadata: pick(event.metadata as Json, 'name', 'creationTimestamp') })),
  pods: itemsOf(json('pods-real-kubelet-stopped.json')).map(trimPod),
  ...nothing,
  scrapes: { kubelet: { up: 0, seconds: 10 }, 'kubelet-cadvisor': { up: 0, seconds: 10 } },
});

write('etcd-lost', {
  about: 'a silent node, read with resourceVersion=0 half a minute after etcd lost its quorum',
  now: '2026-11-21T07:18:13.000Z',
  node: trimNode(body('etcdstop-node-rv0.txt')),
  lease: lease(json('lease-fake-stopped.json')),
  events: [],
  pods: itemsOf(body('etcdstop-nodelist-rv0.txt')).map(trimPod),
  readyz: { status: 500, text: text('etcdstop-readyz-verbose-later.txt').replace(/^[\s\S]*?\n\n|\n---HTTP.*/g, '') },
  ...nothing,
});

write('healthy', {
  about: 'a node that is well',
  now: new Date(Date.parse(renewTime('lease-real-live.json')) + 4_000).toISOString(),
  node: trimNode(json('node-real-ready.json')),
  lease: lease(json('lease-real-live.json')),
  events: [],
  pods: [],
  readyz: { status: 200, text: text('readyz-verbose-healthy.txt').replace(/^[\s\S]*?\n\n|\n---HTTP.*/g, '') },
  ...nothing,
});

function renewTime(name: string): string {
  return String((json(name).spec as Json).renewTime);
}

function write(name: string, recording: unknown): void {
  const file = new URL(`../../recorded/node-troubles/${name}.json`, import.meta.url);
  writeFileSync(file, `${JSON.stringify(Recording.parse(recording), null, 1)}\n`);
}
