// What Lambda's runtime is to a function: imports it, then hands it one event after the other.
const { module, name, timeoutSeconds, memoryMb } = JSON.parse(process.argv[2]);
/** Ctrl-C in a terminal reaches everybody in it; whoever started this process decides when it ends. */
process.on('SIGINT', () => {});
process.on('disconnect', () => process.exit());
try {
  const { handler } = await import(module);
  process.send?.({ started: true });
  process.on('message', async ({ id, event }) => {
    const ends = performance.now() + timeoutSeconds * 1_000;
    const context = {
      awsRequestId: id,
      functionName: name,
      functionVersion: '$LATEST',
      invokedFunctionArn: `arn:aws:lambda:eu-central-1:000000000000:function:${name}`,
      memoryLimitInMB: String(memoryMb),
      getRemainingTimeInMillis: () => Math.max(0, ends - performance.now()),
    };
    try {
      process.send?.({ id, result: (await handler(event, context)) ?? null });
    } catch (failure) {
      process.send?.({ id, failed: String(failure?.stack ?? failure) });
    }
  });
} catch (failure) {
  process.send?.({ failed: String(failure?.stack ?? failure) });
  process.disconnect?.();
}
