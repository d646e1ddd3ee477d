// What `alerts` asks of AWS for one event, without the SDK and with nothing to do: three requests to the same server.
const { Agent, request } = process.getBuiltinModule('http');
const url = new URL(process.env.AWS_ENDPOINT_URL_SQS ?? '');
const agent = new Agent({ keepAlive: true });

function call(operation, body) {
  return new Promise((resolve, reject) => {
    const options = { agent, method: 'POST', headers: { 'x-amz-target': `Bench.${operation}` } };
    const sent = request(url, options, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (part) => {
        text += part;
      });
      response.on('end', () => resolve(JSON.parse(text)));
    });
    sent.on('error', reject).end(JSON.stringify(body));
  });
}

export const handler = async () => {
  await call('UpdateItem', { Key: { collection: { S: 'webhooks' } } });
  await call('SendMessageBatch', { Entries: [{ Id: '0', MessageBody: '{}' }] });
  await call('UpdateItem', { Key: { collection: { S: 'webhooks' } } });
  return {};
};
