import { dynamodbClient, sqsClient } from '../../../../infra/aws/clients.ts';
import { createSender } from '../../../../infra/aws/queue/send.ts';
import { createStore } from '../../../../infra/aws/store/store.ts';

// A process of its own, which was told in `PLACE` where everything is; it is killed while it sends what it wrote.
const { dynamodb, sqs, resources, limits } = JSON.parse(process.env.PLACE ?? '');
const store = createStore({
  client: dynamodbClient(dynamodb, limits),
  table: resources.table,
  clock: { now: () => new Date() },
  sender: createSender(sqsClient(sqs, limits), resources.urls),
});
await store.put({
  collection: 'alerts',
  id: 'of a child',
  value: {},
  expect: 'absent',
  send: [{ queue: 'investigate', group: 'g', body: { n: 1 } }],
});
