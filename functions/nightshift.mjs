#!/usr/bin/env node
// Plain JavaScript on purpose: it must parse on any Node, so that an old one gets a sentence instead of a stack trace.
import { spawn } from 'node:child_process';
import module, { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

const NEEDED_MAJOR = 24;
const FLUSH_AFTER_MS = 10_000;
const cli = new URL('./cli.ts', import.meta.url);
const compiled = new URL('../node_modules/.cache/nightshift', import.meta.url);

/**
 * What was compiled once serves every later start: half the time, a tenth less memory. Written when the process ends, and
 * once before for a server that is killed. Where it cannot be written every start compiles.
 */
function keepCompiled() {
  module.enableCompileCache(fileURLToPath(compiled));
  setTimeout(() => module.flushCompileCache(), FLUSH_AFTER_MS).unref();
}

/** The Node 24 that `npm ci` put beside us as an optional dependency, if this platform has one. */
function bundledNode() {
  try {
    return createRequire(import.meta.url).resolve(`node-${process.platform}-${process.arch}/bin/node`);
  } catch {
    return undefined;
  }
}

if (Number.parseInt(process.versions.node, 10) >= NEEDED_MAJOR) {
  // Started by the branch below: end with it, also when it is killed.
  process.channel?.unref();
  process.on('disconnect', () => process.kill(process.pid, 'SIGTERM'));
  keepCompiled();
  await import(cli.href);
} else {
  const node = bundledNode();
  if (node === undefined) {
    process.stderr.write(
      `nightshift needs Node ${NEEDED_MAJOR}, this is ${process.version}. Install Node ${NEEDED_MAJOR}, or run \`npm ci\` on Linux (x64, arm64): it brings one along.\n`,
    );
    process.exit(2);
  }
  const child = spawn(node, [new URL(import.meta.url).pathname, ...process.argv.slice(2)], {
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('exit', (code, signal) => process.exit(signal ? 1 : (code ?? 1)));
}
