import { writeFileSync } from 'node:fs';
import { page } from './table.ts';

writeFileSync(new URL('../../../docs/alerts.md', import.meta.url), page());
