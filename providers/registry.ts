// Every provider, one line each. Adding one is a folder here, a line below, and its fixtures.

import { ANTHROPIC } from './anthropic/anthropic.ts';
import { GEMINI } from './gemini/gemini.ts';
import { NDJSON } from './ndjson/ndjson.ts';
import { OPENAI_COMPATIBLE } from './openai-compatible/openai-compatible.ts';
import { OPENAI_RESPONSES } from './openai-responses/openai-responses.ts';
import { OPENAI, OPENAI_SERVER } from './openai/openai.ts';
import type { Provider, ProviderServer } from './provider.ts';
import { WORKERS_AI } from './workers-ai/workers-ai.ts';

const PROVIDERS: readonly Provider[] = [
  OPENAI,
  OPENAI_COMPATIBLE,
  OPENAI_RESPONSES,
  WORKERS_AI,
  GEMINI,
  NDJSON,
  ANTHROPIC,
];

export function providerNamed(name: string): Provider | null {
  return PROVIDERS.find((provider) => provider.name === name) ?? null;
}

/** Where the `cloud` endpoint goes for a provider without servers of its own. */
export const DEFAULT_CLOUD: ProviderServer = OPENAI_SERVER;

/** The dialect of a server of one's own at the edge, whatever the model speaks on its maker's platform. */
export const SELF_HOSTED: Provider = OPENAI_COMPATIBLE;
