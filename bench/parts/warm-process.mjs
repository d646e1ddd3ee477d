// A function that is warm: hands it the same event again and again, and tells how long each took to file descriptor 3.
import { readFileSync, writeSync } from 'node:fs';

const [file, eventFile, warmUps, events] = process.argv.slice(2);
const { handler } = await import(file);
const event = JSON.parse(readFileSync(eventFile, 'utf8'));
const context = { awsRequestId: 'warm', getRemainingTimeInMillis: () => 30_000 };
for (let count = 0; count < Number(warmUps); count += 1) await handler(event, context);
const tookMs = [];
for (let count = 0; count < Number(events); count += 1) {
  const began = performance.now();
  await handler(event, context);
  tookMs.push(performance.now() - began);
}
writeSync(3, JSON.stringify(tookMs));
process.exit();
