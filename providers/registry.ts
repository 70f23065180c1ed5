// Every provider, one line each. Adding one is a folder here, a line below, and its fixtures.

import { OPENAI_COMPATIBLE } from './openai-compatible/openai-compatible.ts';
import { OPENAI } from './openai/openai.ts';
import type { Provider } from './provider.ts';
import { WORKERS_AI } from './workers-ai/workers-ai.ts';

const PROVIDERS: readonly Provider[] = [OPENAI, OPENAI_COMPATIBLE, WORKERS_AI];

export function providerNamed(name: string): Provider | null {
  return PROVIDERS.find((provider) => provider.name === name) ?? null;
}
