#!/usr/bin/env node
// Plain JavaScript on purpose: it must parse on any Node, so that an old one gets a sentence instead of a stack trace.
import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';

const NEEDED_MAJOR = 24;
const cli = new URL('./cli.ts', import.meta.url);

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
