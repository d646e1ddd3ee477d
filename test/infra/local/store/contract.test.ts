import { maxAttempts } from '../../../../engine/ports.ts';
import type { Pace } from '../../../contract/place.ts';
import { queueContract } from '../../../contract/queue.ts';
import { storeContract } from '../../../contract/store.ts';
import { openFresh } from './fresh.ts';

const pace: Pace = { patienceMs: 5_000, lookMs: 0, shortestMs: 30, maxAttempts };

storeContract('the embedded store', (clock) => openFresh({ clock }), pace);
queueContract('the embedded queue', (clock) => openFresh({ clock }), pace);
