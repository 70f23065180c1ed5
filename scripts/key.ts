// `npm run key -- <tenant> [--write]`, for operators `npm run key -- --operator <name> [--write]`: makes an API key,
// prints it once, and says which line of the configuration knows it. Only the key's SHA-256 is ever written; with 256
// random bits behind it, it cannot be searched back.

import { createHash, randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { formatProblems, parseConfig } from '../policy/config.ts';
import { isJsonObject } from '../protocol/json.ts';

const KEY_BYTES = 32;
const CONFIG_FILE = join(import.meta.dirname, '..', 'edgeways.config.json');
const USAGE =
  'usage: npm run key -- [--operator] <name> [--write]   (--write adds the hash to edgeways.config.json)';

/** Whose key it is: of a tenant, who calls models, or of an operator, who sees the statistics of all. */
export type KeyOwner = { readonly list: 'tenants' | 'operators'; readonly id: string };

export type ApiKey = { readonly key: string; readonly sha256: string };

export function makeKey(): ApiKey {
  const key = `ew_${randomBytes(KEY_BYTES).toString('base64url')}`;
  return { key, sha256: createHash('sha256').update(key).digest('hex') };
}

/**
 * The configuration's text with one more key for this owner, who is added when unknown. Throws with the problems
 * when the result would not be a valid configuration.
 */
export function withKey(configText: string, { list, id }: KeyOwner, sha256: string): string {
  const config: unknown = JSON.parse(configText);
  const before = parseConfig(config);
  if (!before.ok) throw new Error(formatProblems(before.refusal));
  if (!isJsonObject(config)) throw new Error('edgeways.config.json is not a JSON object');
  const owners = Array.isArray(config[list]) ? config[list].filter(isJsonObject) : [];
  const known = owners.some((entry) => entry['id'] === id);
  const changed = owners.map((entry) => (entry['id'] === id ? addKey(entry, sha256) : entry));
  const next = { ...config, [list]: known ? changed : [...owners, { id, key_sha256: [sha256] }] };
  const parsed = parseConfig(next);
  if (!parsed.ok) throw new Error(formatProblems(parsed.refusal));
  return `${JSON.stringify(next, null, 2)}\n`;
}

function addKey(entry: Readonly<Record<string, unknown>>, sha256: string): object {
  const keys: unknown = entry['key_sha256'];
  return { ...entry, key_sha256: [...(Array.isArray(keys) ? keys : []), sha256] };
}

function main(words: readonly string[]): number {
  const [id, ...surplus] = words.filter((word) => !word.startsWith('--'));
  const flags = words.filter((word) => word.startsWith('--'));
  const list = flags.includes('--operator') ? 'operators' : 'tenants';
  const isKnown = (flag: string): boolean => flag === '--write' || flag === '--operator';
  if (id === undefined || surplus.length > 0 || !flags.every(isKnown)) {
    console.error(USAGE);
    return 2;
  }
  const { key, sha256 } = makeKey();
  // Checked in any case, so that a tenant's name with a space is refused before the key is in use.
  const changed = withKey(readFileSync(CONFIG_FILE, 'utf8'), { list, id }, sha256);
  if (flags.includes('--write')) writeFileSync(CONFIG_FILE, changed);
  console.log(`API key of ${id} (shown once, keep it): ${key}`);
  console.log(
    flags.includes('--write')
      ? 'Its SHA-256 was added to edgeways.config.json. Deploy to make it valid.'
      : `For "${list}" in edgeways.config.json: { "id": "${id}", "key_sha256": ["${sha256}"] }`,
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
