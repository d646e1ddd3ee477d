// What Lambda's runtime is to a function: imports it, then hands it one event after the other.
const [file = '', seconds = '30'] = process.argv.slice(2);
try {
  const { handler } = await import(file);
  process.send?.({ started: true });
  process.on('message', async ({ id, event }) => {
    const ends = performance.now() + Number(seconds) * 1_000;
    const context = {
      awsRequestId: id,
      functionName: process.env.AWS_LAMBDA_FUNCTION_NAME,
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
