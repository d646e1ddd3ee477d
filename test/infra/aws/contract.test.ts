import type { Clock } from '../../../engine/ports.ts';
import { maxAttempts } from '../../../engine/ports.ts';
import type { Pace } from '../../contract/place.ts';
import { queueContract } from '../../contract/queue.ts';
import { storeContract } from '../../contract/store.ts';
import { emulated } from './fresh.ts';

// SQS counts in whole seconds; the emulator shows at once what there is.
const pace: Pace = { patienceMs: 20_000, lookMs: 0, shortestMs: 1_000, maxAttempts };

const place = emulated();
const open = async (clock: Clock) => (await place.fresh()).healthy({ clock });

storeContract('the DynamoDB table', open, pace);
queueContract('the SQS queues', open, pace);
