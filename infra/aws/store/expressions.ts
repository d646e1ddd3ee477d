import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import type { Collection, Write } from '../../../engine/ports.ts';
import type { Letter } from '../queue/letter.ts';
import { toAttribute } from './letters.ts';

/** Where an item is. */
export interface Address {
  readonly collection: Collection;
  readonly key: string;
}

/** A write that needs nothing but to be done. */
export interface PreparedWrite {
  readonly address: Address;
  /** The id, where the key is not the id. */
  readonly id?: string;
  readonly value: AttributeValue;
  readonly expect: Write['expect'];
  readonly letters: readonly Letter[];
  readonly nowMs: number;
  readonly expiresAt?: number;
}

/** An item that has outlived its time is no document any more; DynamoDB removes it within days. */
export const alive = '(attribute_not_exists(#expiresAt) OR #expiresAt > :seconds)';

/** The write as DynamoDB wants it. */
export function updateOf(table: string, prepared: PreparedWrite, stamp: string) {
  const { address, id, value, expect, letters, nowMs, expiresAt } = prepared;
  const sets = {
    version: expect === 'absent' ? ':one' : 'if_not_exists(#version, :zero) + :one',
    value: ':value',
    writtenAt: ':now',
    writerBefore: 'if_not_exists(#writer, :stamp)',
    writer: ':stamp',
    ...(id === undefined ? {} : { id: ':id' }),
    ...(expiresAt === undefined ? {} : { expiresAt: ':expiresAt' }),
    ...(letters.length === 0
      ? {}
      : {
          outbox: 'list_append(if_not_exists(#outbox, :none), :letters)',
          outboxStamp: ':stamp',
          unsentSince: 'if_not_exists(#unsentSince, :now)',
        }),
  };
  const assignments = Object.entries(sets).map(([name, expression]) => `#${name} = ${expression}`);
  // A collection that is kept for ever now may not always have been.
  const update = `SET ${assignments.join(', ')}${expiresAt === undefined ? ' REMOVE #expiresAt' : ''}`;
  const condition = conditionOf(expect);
  return {
    TableName: table,
    Key: keyAttributes(address),
    UpdateExpression: update,
    ConditionExpression: condition,
    ExpressionAttributeNames: namesIn(update, condition),
    ExpressionAttributeValues: valuesIn(
      {
        ':zero': { N: '0' },
        ':one': { N: '1' },
        ':value': value,
        ':now': { N: String(nowMs) },
        ':seconds': { N: String(Math.floor(nowMs / 1_000)) },
        ':expected': { N: String(expect) },
        ':stamp': { S: stamp },
        ':id': { S: JSON.stringify(id) },
        ':expiresAt': { N: String(expiresAt) },
        ':none': { L: [] },
        ':letters': { L: letters.map(toAttribute) },
      },
      update,
      condition,
    ),
    // What others have left unsent is among the old values.
    ReturnValues: letters.length === 0 ? ('NONE' as const) : ('UPDATED_OLD' as const),
  };
}

function conditionOf(expect: Write['expect']): string | undefined {
  if (expect === 'any') return undefined;
  return expect === 'absent'
    ? `attribute_not_exists(#key) OR #expiresAt <= :seconds`
    : `#version = :expected AND ${alive}`;
}

export function keyAttributes({ collection, key }: Address) {
  return { collection: { S: collection }, key: { S: key } };
}

/** The names that expressions use, as DynamoDB wants them: hundreds of words may not stand there by themselves. */
export function namesIn(...expressions: readonly (string | undefined)[]): Record<string, string> {
  return Object.fromEntries(
    [...expressions.join(' ').matchAll(/#(\w+)/g)].map(([reference, name = '']) => [reference, name]),
  );
}

/** DynamoDB refuses values that no expression uses. */
function valuesIn(values: Record<string, AttributeValue>, ...expressions: readonly (string | undefined)[]) {
  const used = new Set(expressions.join(' ').match(/:\w+/g));
  return Object.fromEntries(Object.entries(values).filter(([name]) => used.has(name)));
}
