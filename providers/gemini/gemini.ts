// Google's Gemini API (`streamGenerateContent` with `alt=sse`). The version stands in the path and not in the base URL:
// behind Cloudflare AI Gateway the same path follows the gateway's own segment.

import type { Provider } from '../provider.ts';
import { GeminiDecoder } from './decoder.ts';
import { lackOf } from './lack-of.ts';
import { toGeminiBody } from './request-body.ts';

/** What Google lets stand there: a model's id, or its resource name. Anything else could lead to another path. */
const MODEL = /^(?:(?:models|tunedModels)\/)?\w[\w-]*(?:\.[\w-]+)*$/;

export const GEMINI: Provider = {
  name: 'gemini',
  flavours: [],
  server: {
    baseUrl: 'https://generativelanguage.googleapis.com',
    keyVariable: 'GEMINI_API_KEY',
    baseUrlVariable: 'GEMINI_BASE_URL',
    gatewaySlug: 'google-ai-studio',
  },
  keyHeaders: (apiKey) => ({ 'x-goog-api-key': apiKey }),
  lacks: lackOf,
  resume: null,
  encode: (request, { upstreamModel }) => ({
    type: 'http',
    path: `/v1beta/${resourceOf(upstreamModel)}:streamGenerateContent?alt=sse`,
    headers: {},
    body: JSON.stringify(toGeminiBody(request, upstreamModel)),
  }),
  decoder: (maxEventBytes) => new GeminiDecoder(maxEventBytes),
  failureOfError: () => 'upstream_failed',
};

function resourceOf(model: string): string {
  if (!MODEL.test(model)) {
    throw new Error(`"${model}" is no name of a Gemini model: configure one such as "gemini-2.5-flash"`);
  }
  return model.includes('/') ? model : `models/${model}`;
}
