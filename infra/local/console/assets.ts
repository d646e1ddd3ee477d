import { readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { extname } from 'node:path';

const folder = new URL('./page/', import.meta.url);
const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
};
/** Only what lies in the folder can be asked for: a name is looked up, never joined to a path from outside. */
const names = new Set(readdirSync(folder).filter((name) => extname(name) in types));

/**
 * No inline script or style, nothing from other places, no markup made from strings. Messages carry text from alerts
 * and logs; should any of it ever be taken for markup, it still could not run.
 */
const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join('; ');

/** Sends one file of the page. `false` when there is none of that name. */
export async function sendAsset(response: ServerResponse, name: string): Promise<boolean> {
  if (!names.has(name)) return false;
  const body = await readFile(new URL(name, folder));
  response.writeHead(200, {
    'content-type': types[extname(name)],
    'content-security-policy': contentSecurityPolicy,
    'cache-control': 'no-cache',
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
  });
  response.end(body);
  return true;
}
