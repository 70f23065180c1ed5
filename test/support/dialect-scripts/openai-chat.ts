// OpenAI's chat completions as a server speaks them (API reference: "Create chat completion", "Streaming").

import { dataLine, roleMessages, SCRIPT_KEY, type DialectScript } from './dialect-script.ts';

const chunk = (fields: object): string =>
  dataLine({
    id: 'chatcmpl-script',
    object: 'chat.completion.chunk',
    created: 1_790_000_000,
    model: 'script',
    ...fields,
  });

const choice = (delta: object, finish_reason: string | null = null): string =>
  chunk({ choices: [{ index: 0, delta, logprobs: null, finish_reason }] });

export const OPENAI_CHAT: DialectScript = {
  title: 'OpenAI',
  provider: 'openai',
  endpoint: 'cloud',
  isBinding: false,
  upstreamModel: (script) => script,
  scriptOf: (path, { model }) =>
    path.endsWith('/chat/completions') && typeof model === 'string' ? model : null,
  lacks: (headers, body) => {
    if (headers.authorization !== `Bearer ${SCRIPT_KEY}`) return 'authorization';
    return body['stream'] === true ? null : 'stream';
  },
  messages: ({ messages }) => roleMessages(messages),
  opening: choice({ role: 'assistant', content: '' }),
  text: (content) => choice({ content }),
  ending:
    choice({}, 'stop') +
    chunk({ choices: [], usage: { prompt_tokens: 9, completion_tokens: 30, total_tokens: 39 } }) +
    'data: [DONE]\n\n',
  failure: dataLine({
    error: {
      message: 'The server had an error while processing your request.',
      type: 'server_error',
      param: null,
      code: null,
    },
  }),
  refusal: (status) =>
    JSON.stringify({
      error: { message: `scripted ${status}`, type: 'scripted', param: null, code: null },
    }),
};
