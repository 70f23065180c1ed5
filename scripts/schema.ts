// Writes edgeways.schema.json, by which editors complete and check edgeways.config.json, from the definition that
// the Worker validates with. A test fails when the committed file is not what this prints.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { toJsonSchema } from '@valibot/to-json-schema';
import { configSchema } from '../policy/config-schema.ts';

const TARGET = join(import.meta.dirname, '..', 'edgeways.schema.json');

/** The schema as the file holds it. Defaulted keys are optional, as in the file. */
export function renderSchema(): string {
  const schema = toJsonSchema(configSchema, { typeMode: 'input', errorMode: 'throw' });
  return `${JSON.stringify({ ...schema, title: 'edgeways configuration' }, null, 2)}\n`;
}

if (process.argv[1] === import.meta.filename) {
  writeFileSync(TARGET, renderSchema());
  console.log(`wrote ${TARGET}`);
}
