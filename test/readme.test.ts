import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Accounts } from '../engine/accounts.ts';
import { catalog } from '../runbooks/catalog.ts';
import { nightshift, server, until, workplace } from './functions/process.ts';

const root = join(import.meta.dirname, '..');
const text = (file: string) => readFileSync(join(root, file), 'utf8');

/** The one `curl` line of a page, done as curl does it: the file, and curl's own content type. */
async function curl(page: string, url: string): Promise<Response> {
  const lines = [...text(page).matchAll(/^curl --data-binary @(\S+) http:\/\/127\.0\.0\.1:3000(\/\S*)$/gm)];
  expect(lines, `${page} has one curl line`).toHaveLength(1);
  const [, file = '', path = ''] = lines[0] ?? [];
  const headers = { 'content-type': 'application/x-www-form-urlencoded' };
  return fetch(url + path, { method: 'POST', headers, body: text(file) });
}

function withoutBlocks(markdown: string): string {
  return markdown.replace(/^ *```[\s\S]*?^ *```$/gm, '');
}

async function accountsIn(directory: string): Promise<Accounts> {
  return JSON.parse((await nightshift(['incidents', '--json'], { NIGHTSHIFT_DATA: directory }, directory)).stdout);
}

describe('what a newcomer types', () => {
  it('makes an incident of its own on the first start, with its cause named (README)', async () => {
    using place = workplace();
    await using running = await server({ NIGHTSHIFT_DATA: place.directory }, place.directory);

    expect((await curl('README.md', running.url)).status).toBe(200);

    const incident = await until(
      async () =>
        (await accountsIn(place.directory)).incidents.find(
          ({ target, state }) => target === 'node/worker-7' && state === 'diagnosed',
        ),
      'the diagnosis',
      running.output,
    );
    const found = incident.report?.causes.filter(({ verdict }) => verdict === 'confirmed');
    expect(incident).toMatchObject({ runbook: 'node-not-ready', posted: true });
    expect(found?.map(({ id }) => id)).toEqual(['pressure']);
    expect(incident.report?.causes.filter(({ verdict }) => verdict === 'inconclusive')).toEqual([]);
    expect(incident.report?.evidence.filter(({ status }) => status === 'failed')).toEqual([]);
  });

  it('makes a card of the alert that wants its runbook (CONTRIBUTING)', async () => {
    using place = workplace();
    await using running = await server({ NIGHTSHIFT_DATA: place.directory }, place.directory);

    expect((await curl('CONTRIBUTING.md', running.url)).status).toBe(200);

    const incident = await until(
      async () => (await accountsIn(place.directory)).incidents.find(({ target }) => target === 'pod/shop/reports-0'),
      'the card',
      running.output,
    );
    // Whoever has followed the page to its end has one.
    const answers = catalog.find(({ alerts }) =>
      alerts.some(({ name, labels }) => name === 'KubePodCrashLooping' && !labels),
    );
    expect(incident.runbook).toBe(answers?.id ?? 'any-alert');
  });

  it('finds every file and every folder the pages link to', () => {
    const pages = ['README.md', 'CONTRIBUTING.md', 'ARCHITECTURE.md', 'SECURITY.md'];
    const links = pages.flatMap((page) =>
      [...withoutBlocks(text(page)).matchAll(/(?:\]\(|src(?:set)?=")(?!https?:|#)([^)#"]+)/g)].map(([, link]) => ({
        page,
        link: link ?? '',
      })),
    );

    expect(links.length).toBeGreaterThan(5);
    for (const { page, link } of links) expect(existsSync(join(root, link)), `${page}: ${link}`).toBe(true);
  });

  it('sees every runbook in the table of the README', () => {
    const rows = [...text('README.md').matchAll(/^\| \[`([\w-]+)`\]\(runbooks\/\1\/README\.md\)/gm)].map(
      ([, id]) => id,
    );

    expect(rows.sort()).toEqual(catalog.map(({ id }) => id).sort());
  });
});
