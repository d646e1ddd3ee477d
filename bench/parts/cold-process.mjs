// What Lambda's runtime is to a function: imports it and hands it one event. Tells when it was answered, counted from the
// start of the process, and what the result was, to file descriptor 3. No TypeScript here: stripping it takes time.
import { readFileSync, writeSync } from 'node:fs';

const [file, eventFile] = process.argv.slice(2);
const { handler } = await import(file);
const importedMs = performance.now();
const ends = importedMs + 30_000;
const context = { awsRequestId: 'first', getRemainingTimeInMillis: () => ends - performance.now() };
const result = await handler(JSON.parse(readFileSync(eventFile, 'utf8')), context);
const answeredMs = performance.now();
const { user, system } = process.cpuUsage();
writeSync(3, JSON.stringify({ importedMs, answeredMs, cpuMs: (user + system) / 1_000, result }));
process.exit();
