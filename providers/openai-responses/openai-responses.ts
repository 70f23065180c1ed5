// OpenAI's Responses API. Nothing is kept there (`store: false`) but with the flavour `background`: then OpenAI goes on
// when the connection is lost, and the same answer is taken up again where it was.

import { ChatAnswer } from '../chat-answer.ts';
import { ChatDecoder } from '../chat-decoder.ts';
import { bearerHeaders, type EncodeOptions, type Provider, type UpstreamCall } from '../provider.ts';
import { failureOfError } from '../upstream-failure.ts';
import { CURSOR } from './cursor.ts';
import { ResponseReader } from './response-reader.ts';
import { lackingIn } from './to-input.ts';
import { toResponseBody } from './to-body.ts';

const BACKGROUND = 'background';

export const OPENAI_RESPONSES: Provider = {
  name: 'openai-responses',
  flavours: [BACKGROUND],
  server: {
    baseUrl: 'https://api.openai.com/v1',
    keyVariable: 'OPENAI_API_KEY',
    baseUrlVariable: 'OPENAI_BASE_URL',
    gatewaySlug: 'openai',
  },
  keyHeaders: bearerHeaders,
  lacks: lackingIn,
  encode: (request, { upstreamModel, flavour }) => ({
    type: 'http',
    path: '/responses',
    headers: {},
    body: JSON.stringify(toResponseBody(request, upstreamModel, flavour === BACKGROUND)),
  }),
  decoder: (maxEventBytes, flavour) => {
    const { read } = new ResponseReader(flavour === BACKGROUND);
    return new ChatDecoder(maxEventBytes, read, new ChatAnswer({ needsReason: true }));
  },
  failureOfError,
  resume,
};

function resume(cursor: string, _options: EncodeOptions): UpstreamCall {
  const [, id, after] = CURSOR.exec(cursor) ?? [];
  if (id === undefined || after === undefined) throw new Error('not a cursor of this provider');
  const path = `/responses/${id}?stream=true&starting_after=${after}`;
  return { type: 'http', method: 'GET', path, headers: {}, body: '' };
}
