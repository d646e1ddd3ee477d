import { writeFileSync } from 'node:fs';
import { matrices, page } from './page.ts';

writeFileSync(new URL('../../../docs/diagnosis.md', import.meta.url), page(await matrices()));
