// Anthropic's Messages as a server speaks them (API reference: "Messages", "Streaming messages", "Errors").

import { roleMessages, SCRIPT_KEY, type DialectScript } from './dialect-script.ts';

const event = (type: string, fields: object): string =>
  `event: ${type}\ndata: ${JSON.stringify({ type, ...fields })}\n\n`;

const errorBody = (type: string): object => ({ error: { type, message: `scripted ${type}` } });

const ERROR_TYPES: Readonly<Record<number, string>> = {
  401: 'authentication_error',
  429: 'rate_limit_error',
  529: 'overloaded_error',
};

const STARTED = {
  id: 'msg_script',
  type: 'message',
  role: 'assistant',
  content: [],
  model: 'script',
  stop_reason: null,
  stop_sequence: null,
  usage: {
    input_tokens: 9,
    cache_creation_input_tokens: 0,
    cache_read_input_tokens: 0,
    output_tokens: 1,
  },
};

export const ANTHROPIC_MESSAGES: DialectScript = {
  title: 'Anthropic',
  provider: 'anthropic',
  endpoint: 'cloud',
  isBinding: false,
  upstreamModel: (script) => script,
  scriptOf: (path, { model }) => (path.endsWith('/messages') && typeof model === 'string' ? model : null),
  lacks: (headers, body) => {
    if (headers['x-api-key'] !== SCRIPT_KEY) return 'x-api-key';
    if (headers['anthropic-version'] === undefined) return 'anthropic-version';
    if (typeof body['max_tokens'] !== 'number') return 'max_tokens';
    return body['stream'] === true ? null : 'stream';
  },
  messages: ({ messages }) => roleMessages(messages),
  opening:
    event('message_start', { message: STARTED }) +
    event('content_block_start', { index: 0, content_block: { type: 'text', text: '' } }) +
    event('ping', {}),
  text: (text) => event('content_block_delta', { index: 0, delta: { type: 'text_delta', text } }),
  ending:
    event('content_block_stop', { index: 0 }) +
    event('message_delta', {
      delta: { stop_reason: 'end_turn', stop_sequence: null },
      usage: { output_tokens: 30 },
    }) +
    event('message_stop', {}),
  failure: event('error', errorBody('overloaded_error')),
  refusal: (status) =>
    JSON.stringify({ type: 'error', ...errorBody(ERROR_TYPES[status] ?? 'api_error'), request_id: null }),
};
