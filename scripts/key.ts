// `npm run key -- <tenant> [--write]`: makes an API key, prints it once, and says which line of the configuration
// knows it. Only the key's SHA-256 is ever written; with 256 random bits behind it, it cannot be searched back.

import { createHash, randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { formatProblems, parseConfig } from '../policy/config.ts';
import { isJsonObject } from '../protocol/json.ts';

const KEY_BYTES = 32;
const CONFIG_FILE = join(import.meta.dirname, '..', 'edgeways.config.json');
const USAGE = 'usage: npm run key -- <tenant> [--write]   (--write adds the hash to edgeways.config.json)';

export type ApiKey = { readonly key: string; readonly sha256: string };

export function makeKey(): ApiKey {
  const key = `ew_${randomBytes(KEY_BYTES).toString('base64url')}`;
  return { key, sha256: createHash('sha256').update(key).digest('hex') };
}

/**
 * The configuration's text with one more key for this tenant, who is added when unknown. Throws with the problems
 * when the result would not be a valid configuration.
 */
export function withKey(configText: string, tenant: string, sha256: string): string {
  const config: unknown = JSON.parse(configText);
  const before = parseConfig(config);
  if (!before.ok) throw new Error(formatProblems(before.refusal));
  if (!isJsonObject(config)) throw new Error('edgeways.config.json is not a JSON object');
  const tenants = Array.isArray(config['tenants']) ? config['tenants'].filter(isJsonObject) : [];
  const known = tenants.some((entry) => entry['id'] === tenant);
  const changed = tenants.map((entry) => (entry['id'] === tenant ? addKey(entry, sha256) : entry));
  const next = { ...config, tenants: known ? changed : [...tenants, { id: tenant, key_sha256: [sha256] }] };
  const parsed = parseConfig(next);
  if (!parsed.ok) throw new Error(formatProblems(parsed.refusal));
  return `${JSON.stringify(next, null, 2)}\n`;
}

function addKey(entry: Readonly<Record<string, unknown>>, sha256: string): object {
  const keys: unknown = entry['key_sha256'];
  return { ...entry, key_sha256: [...(Array.isArray(keys) ? keys : []), sha256] };
}

function main(words: readonly string[]): number {
  const [tenant, ...surplus] = words.filter((word) => !word.startsWith('--'));
  const flags = words.filter((word) => word.startsWith('--'));
  if (tenant === undefined || surplus.length > 0 || flags.some((flag) => flag !== '--write')) {
    console.error(USAGE);
    return 2;
  }
  const { key, sha256 } = makeKey();
  // Checked in any case, so that a tenant's name with a space is refused before the key is in use.
  const changed = withKey(readFileSync(CONFIG_FILE, 'utf8'), tenant, sha256);
  if (flags.includes('--write')) writeFileSync(CONFIG_FILE, changed);
  console.log(`API key of ${tenant} (shown once, keep it): ${key}`);
  console.log(
    flags.includes('--write')
      ? 'Its SHA-256 was added to edgeways.config.json. Deploy to make it valid.'
      : `For "tenants" in edgeways.config.json: { "id": "${tenant}", "key_sha256": ["${sha256}"] }`,
  );
  return 0;
}

if (process.argv[1] === import.meta.filename) {
  try {
    process.exitCode = main(process.argv.slice(2));
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  }
}
