import { SendMessageBatchCommand } from '@aws-sdk/client-sqs';
import { sqsClient } from '../../infra/aws/clients.ts';

// The least that anything with AWS's SDK does: one client sends one message.
const { AWS_ENDPOINT_URL_SQS: endpoint = '', AWS_REGION: region = '' } = process.env;
const client = sqsClient({ endpoint, region, credentials: { accessKeyId: 'AKIAEXAMPLE', secretAccessKey: 'made-up' } });

export const handler = async (): Promise<unknown> =>
  client.send(
    new SendMessageBatchCommand({
      QueueUrl: `${endpoint}/000000000000/bench.fifo`,
      Entries: [{ Id: '0', MessageBody: '{}', MessageGroupId: 'bench', MessageDeduplicationId: 'bench' }],
    }),
  );
