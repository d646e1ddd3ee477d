import type { FunctionName } from '../../../../functions/lambda/needs.ts';

/**
 * All that each function is allowed, in words: `action on resource`, and `of` which collections of the table. Whoever adds
 * a line here says why it is needed; none may be about everything there is.
 */
export const expected: Readonly<Record<FunctionName, readonly string[]>> = {
  alerts: [
    'logs:CreateLogStream on AlertsLogGroup',
    'logs:PutLogEvents on AlertsLogGroup',
    // An alert is stored as part of its webhook, with the message that has it worked on.
    'dynamodb:GetItem on Table of webhooks',
    'dynamodb:UpdateItem on Table of webhooks',
    's3:PutObject on Bucket/blobs/*',
    'sqs:SendMessage on InvestigateQueue',
    'secretsmanager:GetSecretValue on alerts',
  ],
  slack: [
    'logs:CreateLogStream on SlackLogGroup',
    'logs:PutLogEvents on SlackLogGroup',
    'sqs:SendMessage on InvestigateQueue',
    'sqs:SendMessage on RemediateQueue',
    'secretsmanager:GetSecretValue on slack',
  ],
  investigate: [
    'logs:CreateLogStream on InvestigateLogGroup',
    'logs:PutLogEvents on InvestigateLogGroup',
    ...of('alerts, closed, incidents, progress, slots, storms, webhooks', 'GetItem', 'Query'),
    ...of('alerts, closed, deliveries, incidents, progress, rejected, slots, storms', 'UpdateItem'),
    ...blobs(),
    ...workingOn('InvestigateQueue'),
    'sqs:SendMessage on InvestigateQueue',
    'sqs:SendMessage on AnnounceQueue',
    // After a look: do plans that wait for approval still rest on something?
    'sqs:SendMessage on RemediateQueue',
    'sqs:SendMessage on InvestigateDeadLetters',
    'secretsmanager:GetSecretValue on prometheus',
    'secretsmanager:GetSecretValue on lab-reader',
    'eks:DescribeCluster on eu-west-1 prod-eu',
    'sts:AssumeRole on nightshift-reader',
  ],
  announce: [
    'logs:CreateLogStream on AnnounceLogGroup',
    'logs:PutLogEvents on AnnounceLogGroup',
    ...of('agenda, closed, incidents, plans, posts, progress', 'GetItem'),
    // Behind which other plan an approved one waits.
    ...of('agenda, plans', 'Query'),
    ...of('deliveries, posts', 'UpdateItem'),
    ...blobs(),
    ...workingOn('AnnounceQueue'),
    // The thread, after every card has had its turn.
    'sqs:SendMessage on AnnounceQueue',
    'sqs:SendMessage on AnnounceDeadLetters',
    'secretsmanager:GetSecretValue on slack',
  ],
  remediate: [
    'logs:CreateLogStream on RemediateLogGroup',
    'logs:PutLogEvents on RemediateLogGroup',
    // In `progress`: how many plans somebody had made lately, and who of another workspace was sent away.
    ...of('agenda, closed, incidents, ledger, meta, plans, progress, storms', 'GetItem', 'Query'),
    // An undo is claimed also where the incident is over for long.
    ...of('agenda, closed, deliveries, incidents, ledger, meta, plans, progress', 'UpdateItem'),
    ...blobs(),
    ...workingOn('RemediateQueue'),
    'sqs:SendMessage on InvestigateQueue',
    'sqs:SendMessage on AnnounceQueue',
    'sqs:SendMessage on RemediateQueue',
    'sqs:SendMessage on RemediateDeadLetters',
    'secretsmanager:GetSecretValue on slack',
    'secretsmanager:GetSecretValue on prometheus',
    'secretsmanager:GetSecretValue on lab-reader',
    // Only here: what may change a cluster.
    'secretsmanager:GetSecretValue on lab-fixer',
    'sts:AssumeRole on nightshift-fixer',
    'eks:DescribeCluster on eu-west-1 prod-eu',
    'sts:AssumeRole on nightshift-reader',
  ],
  tick: [
    'logs:CreateLogStream on TickLogGroup',
    'logs:PutLogEvents on TickLogGroup',
    ...of(
      'agenda, alerts, closed, incidents, plans, posts, progress, rejected, slots, storms, webhooks',
      'GetItem',
      'Query',
    ),
    // Messages that were left behind are taken out of what holds them, once they are sent; what is over is put away.
    ...of('agenda, alerts, closed, incidents, plans, posts, progress, slots, webhooks', 'UpdateItem'),
    ...of('agenda, incidents, rejected', 'DeleteItem'),
    'dynamodb:Scan on Table/index/unsent',
    ...blobs(),
    'sqs:SendMessage on InvestigateQueue',
    'sqs:SendMessage on AnnounceQueue',
    'sqs:SendMessage on RemediateQueue',
  ],
};

function of(collections: string, ...actions: readonly string[]): readonly string[] {
  return actions.map((action) => `dynamodb:${action} on Table of ${collections}`);
}

/** What is too large for an item. Who may not list sees 403 where something is gone: it would look like a mistake here. */
function blobs(): readonly string[] {
  return ['s3:GetObject on Bucket/blobs/*', 's3:PutObject on Bucket/blobs/*', 's3:ListBucket on Bucket'];
}

/** The first two and the last for Lambda, which asks in the name of the function. */
function workingOn(queue: string): readonly string[] {
  const actions = ['ReceiveMessage', 'DeleteMessage', 'ChangeMessageVisibility', 'GetQueueAttributes'];
  return actions.map((action) => `sqs:${action} on ${queue}`);
}
