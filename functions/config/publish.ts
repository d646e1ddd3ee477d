import { writeFileSync } from 'node:fs';
import { configJsonSchema } from './schema.ts';

// `npm run generate`: editors read the schema from the repository; a test holds it current.
const file = new URL('../../nightshift.schema.json', import.meta.url);
writeFileSync(file, `${JSON.stringify(configJsonSchema(), null, 2)}\n`);
