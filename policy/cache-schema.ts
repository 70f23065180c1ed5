// The `cache` section of the configuration, and the part of it that a tenant may have for itself.

import * as v from 'valibot';
import { described, flag, section, sentence, whole } from './schema-parts.ts';

const KIB = 1024;

/** One answer is one row, and the platform's rows end at 2 MB. */
const LARGEST_ANSWER_BYTES = KIB * KIB;

/** An hour: long enough for the same question of many users, short enough that a changed world shows. */
const TTL_SECONDS = 3_600;

/** With answers of a few kilobytes some megabytes a tenant. */
const MAX_ENTRIES = 1_000;

/** About 60,000 tokens of text. */
const MAX_ANSWER_BYTES = 256 * KIB;

const enabled = flag(sentence('Whether finished answers are kept and repeated for the same request.'));
const scope = v.pipe(
  v.picklist(['tenant', 'key']),
  described(sentence('Who shares answers: all API keys of a tenant, or each key has its own.')),
);
const ttl = whole(sentence('How long an answer may be repeated.'), 1, 30 * 86_400);
const entries = whole(
  sentence('Answers kept for each tenant; the one unused for longest goes first.'),
  1,
  10_000,
);
const bytes = whole(sentence('The largest answer that is kept.'), KIB, LARGEST_ANSWER_BYTES);

export const CACHE = section({
  enabled: v.optional(enabled, false),
  scope: v.optional(scope, 'tenant'),
  ttl_seconds: v.optional(ttl, TTL_SECONDS),
  max_entries: v.optional(entries, MAX_ENTRIES),
  max_answer_bytes: v.optional(bytes, MAX_ANSWER_BYTES),
});

export const TENANT_CACHE = section({
  enabled: v.exactOptional(enabled),
  scope: v.exactOptional(scope),
  ttl_seconds: v.exactOptional(ttl),
  max_entries: v.exactOptional(entries),
  max_answer_bytes: v.exactOptional(bytes),
});
