import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SQSClient } from '@aws-sdk/client-sqs';
import { type AwsAccess, clientSettings, dynamodbLimits, type Limits, sqsLimits } from './settings.ts';

// The clients that every function with a store has. The others are loaded by whoever needs them: each costs a cold start.

export function dynamodbClient(access: AwsAccess, limits: Limits = dynamodbLimits): DynamoDBClient {
  return new DynamoDBClient(clientSettings(access, limits));
}

export function sqsClient(access: AwsAccess, limits: Limits = sqsLimits): SQSClient {
  // A queue's URL names a host; an endpoint that was set for an emulator or a VPC is to win over it.
  return new SQSClient({ ...clientSettings(access, limits), useQueueUrlAsEndpoint: false });
}
