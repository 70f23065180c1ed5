// Servers that stream over plain chunked HTTP, without events: `lines` is one JSON object a line, as Ollama's own API
// (`/api/chat`) sends them; `text` is a server whose every byte is the answer.

import { toChatBody } from '../chat-body.ts';
import { bearerHeaders, type Provider } from '../provider.ts';
import { lackOf } from './lack-of.ts';
import { LinesDecoder } from './lines-decoder.ts';
import { toLinesBody } from './lines-body.ts';
import { PlainTextDecoder } from './plain-text-decoder.ts';

const TEXT = 'text';

export const NDJSON: Provider = {
  name: 'ndjson',
  flavours: ['lines', TEXT],
  server: null,
  keyHeaders: bearerHeaders,
  lacks: (request, flavour) => lackOf(request, flavour === TEXT),
  resume: null,
  encode: (request, { upstreamModel, flavour }) => ({
    type: 'http',
    // A text server has no paths that are known: its address is the whole base URL.
    path: flavour === TEXT ? '' : '/api/chat',
    headers: {},
    body:
      flavour === TEXT
        ? JSON.stringify(toChatBody(request, upstreamModel, 'max_tokens'))
        : toLinesBody(request, upstreamModel),
  }),
  decoder: (maxEventBytes, flavour) =>
    flavour === TEXT ? new PlainTextDecoder() : new LinesDecoder(maxEventBytes),
  failureOfError: () => 'upstream_failed',
};
