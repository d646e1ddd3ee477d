import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { type QueueName, queueNames } from '../../../engine/ports.ts';
import type { Letter } from '../queue/letter.ts';

/** How an item holds the messages that go with it. */
export function toAttribute({ queue, group, id, text }: Letter): AttributeValue {
  return { M: { queue: { S: queue }, group: { S: group }, id: { S: id }, text: { S: text } } };
}

export function fromAttribute({ M: letter = {} }: AttributeValue): Letter {
  const text = (name: string): string => {
    const value = letter[name]?.S;
    if (value === undefined) throw new TypeError(`A message in the table has no ${name}.`);
    return value;
  };
  return { queue: queueNamed(text('queue')), group: text('group'), id: text('id'), text: text('text') };
}

function queueNamed(name: string): QueueName {
  const queue = queueNames.find((known) => known === name);
  if (!queue) throw new TypeError(`A message in the table is for a queue ${name}, which this version does not know.`);
  return queue;
}

/** As DynamoDB counts them: text by its UTF-8, names included. */
export function sizeOf(letters: readonly Letter[]): number {
  const perLetter = 32;
  return letters.reduce(
    (sum, { queue, group, id, text }) => sum + perLetter + Buffer.byteLength(queue + group + id + text),
    0,
  );
}
