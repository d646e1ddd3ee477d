import type { Context } from 'aws-lambda';
import { type House, openHouse, warmUp } from './house.ts';
import type { FunctionName } from './needs.ts';

export type Entry<Event, Result> = (event: Event, context: Context) => Promise<Result>;

/**
 * A schedule sends this to every function once an hour: what is wrong with its configuration (a secret that was deleted,
 * a permission that is missing) fails it by day, and raises an alarm, not in the middle of an incident.
 */
export interface Check {
  readonly check: 'configuration';
}

/**
 * The cold start of a function: reads environment, configuration and secrets, and composes what works on events. What
 * can never work is thrown, with the setting and what to do; Lambda logs it and counts an error.
 */
export async function start<Event extends object, Result>(
  name: FunctionName,
  compose: (house: House) => Promise<Entry<Event, Result>> | Entry<Event, Result>,
): Promise<Entry<Event | Check, Result | string>> {
  const house = openHouse(name);
  const entry = await compose(house);
  await warmUp(house);
  return async (event, context) => {
    house.log.during(context);
    try {
      if (!('check' in event)) return await entry(event, context);
      await house.check();
      return 'the configuration can be used';
    } finally {
      house.metrics.flush();
    }
  };
}
