// What edgeways does when the configuration says nothing. One constant per value, each with its reason;
// the schema in config-schema.ts is their only user. Units are in the names.

/** Enough for a team on one key; small enough that a runaway loop is stopped within seconds. */
export const CONCURRENT_STREAMS = 20;

/** Above the tenant's own default, so that it only binds where a tenant was given more. */
export const STREAMS_PER_ADDRESS = 30;

/** Ten a second: far beyond what people type, below what a scraper wants. */
export const REQUESTS_PER_MINUTE = 600;

/** All concurrent streams at the largest default answer (20 × 8,192) fit, with room for their prompts. */
export const TOKENS_PER_MINUTE = 200_000;

/** About 25 pages of prose. An answer that never ends costs at most this. */
export const MAX_OUTPUT_TOKENS = 8_192;

/** Two tabs and a phone are three; more than this on one answer is a fan-out that needs a cache, not an object. */
export const FOLLOWERS_PER_STREAM = 32;

/** A million tokens of text, or a few images as data URLs; an object has 128 MB for everything. */
export const BODY_BYTES = 4 * 1024 * 1024;

/** Long agent sessions stay in the hundreds. */
export const MESSAGES = 1_000;

/** A token event is a few hundred bytes; one of a megabyte is a line that does not end. */
export const UPSTREAM_EVENT_BYTES = 1024 * 1024;

/** Four million tokens: no model answers so much, a broken upstream does. */
export const ANSWER_BYTES = 16 * 1024 * 1024;

/** Local mode is for load tests too: only memory bounds it. */
export const LOCAL_CONCURRENT_STREAMS = 2_000;

/** A TCP and TLS handshake around the world takes under a second. */
export const CONNECT_MS = 5_000;

/** Long prompts and queues at a busy provider; a reasoning model shows its thinking earlier. */
export const FIRST_CONTENT_MS = 30_000;

/** No model pauses a minute in the middle of an answer. */
export const IDLE_MS = 60_000;

/** The platform ends an object's operation after 15 minutes; a minute is left for the orderly end. */
export const TOTAL_MS = 840_000;

/** A failure within this time is a real HTTP status; a client that sees no head for longer gives up. */
export const HEAD_HOLD_MS = 4_000;

/** Below the 15 s at which the stricter proxies cut silent connections. */
export const HEARTBEAT_MS = 10_000;

/** A reader that comes back the next day still finds the answer. */
export const RETENTION_SECONDS = 86_400;

/** A phone that changes networks or a reloaded tab is back within a minute. */
export const LINGER_SECONDS = 60;

/**
 * Half-width of the band in which a prompt alone does not tell: within it the probability is wrong about as often as a
 * checked draft costs a second call, outside it the check would hold answers that are good anyway.
 */
export const ANSWER_CHECK_BAND = 0.12;

/** A hold that a reader does not notice: below what a slow network adds, above a sentence of a fast edge model. */
export const ANSWER_CHECK_HOLD_MS = 300;

/** A whole draft of a small model takes a few seconds; whoever asks for a full check accepts that wait. */
export const ANSWER_CHECK_BUDGET_MS = 8_000;

/** Providers keep a prompt's cache for minutes, some for an hour; after it a switch of tier costs nothing extra. */
export const CONVERSATION_IDLE_SECONDS = 3_600;

/** Each takes some 200 finished generations a second with room to spare; a reader asks all of them. */
export const ANALYTICS_SHARDS = 4;
