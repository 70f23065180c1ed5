// The smallest provider there can be, for the test that adds one: an answer is lines of `say <text>`, then `over`.

import type { ChatRequest } from '../../../protocol/chat-request.ts';
import { textOf } from '../../../protocol/chat-request.ts';
import type { DecodedEvent } from '../../../protocol/upstream-event.ts';
import type { Provider, UpstreamDecoder } from '../../../providers/provider.ts';

export const TOY: Provider = {
  name: 'toy',
  flavours: [],
  server: {
    baseUrl: 'https://toy.invalid',
    keyVariable: 'TOY_API_KEY',
    baseUrlVariable: 'TOY_BASE_URL',
    gatewaySlug: null,
  },
  keyHeaders: (apiKey) => ({ 'x-toy-key': apiKey }),
  lacks: ({ tools }) => (tools.length === 0 ? null : 'tools'),
  resume: null,
  encode: (request, { upstreamModel }) => ({
    type: 'http',
    path: `/ask/${upstreamModel}`,
    headers: {},
    body: lastWords(request),
  }),
  decoder: (maxEventBytes) => new ToyDecoder(maxEventBytes),
  failureOfError: () => 'upstream_failed',
};

function lastWords({ messages }: ChatRequest): string {
  const last = messages.at(-1);
  return last === undefined ? '' : textOf(last.content);
}

class ToyDecoder implements UpstreamDecoder {
  readonly #maxEventBytes: number;
  #line = '';
  #ended = false;

  constructor(maxEventBytes: number) {
    this.#maxEventBytes = maxEventBytes;
  }

  push(text: string): readonly DecodedEvent[] {
    const lines = (this.#line + text).split('\n');
    this.#line = lines.pop() ?? '';
    const events = lines.flatMap((line) => this.#read(line));
    return this.#line.length > this.#maxEventBytes
      ? [...events, ...this.#fail('upstream_malformed')]
      : events;
  }

  close(): readonly DecodedEvent[] {
    return this.#fail('upstream_failed');
  }

  #read(line: string): readonly DecodedEvent[] {
    if (this.#ended) return [];
    if (line.startsWith('say ')) return [{ type: 'text_delta', text: line.slice('say '.length) }];
    if (line !== 'over') return this.#fail('upstream_malformed');
    this.#ended = true;
    return [{ type: 'finish', reason: 'stop', usage: null }];
  }

  #fail(code: 'upstream_malformed' | 'upstream_failed'): readonly DecodedEvent[] {
    if (this.#ended) return [];
    this.#ended = true;
    return [{ type: 'failure', code }];
  }
}
