// Workers AI as its binding hands it out: `run(model, inputs)` with `{"response"}` lines (Workers AI documentation:
// "Streaming", "Errors"). The call comes from the binding's stand-in in `workers/faulty-ai.ts`, which throws what
// `refusal` says: over a binding an error is an exception whose message begins with the internal code.

import { dataLine, roleMessages, type DialectScript } from './dialect-script.ts';

const PREFIX = '@cf/scripts/';

/** The errors that come nearest to the statuses of the other dialects. */
const ERRORS: Readonly<Record<number, string>> = {
  401: '3023: Service unavailable for account',
  429: '3040: Capacity temporarily exceeded, please try again.',
  500: '3043: Internal server error',
  503: '3007: Request timeout',
  529: '3036: You have used up your daily free allocation of neurons',
};

export const WORKERS_AI_RUN: DialectScript = {
  title: 'Workers AI',
  provider: 'workers-ai',
  endpoint: 'edge',
  isBinding: true,
  upstreamModel: (script) => PREFIX + script,
  scriptOf: (path, { model }) =>
    path.endsWith('/run') && typeof model === 'string' && model.startsWith(PREFIX)
      ? model.slice(PREFIX.length)
      : null,
  lacks: (_, { inputs }) => (isStreaming(inputs) ? null : 'stream'),
  messages: ({ inputs }) => roleMessages(Reflect.get(Object(inputs), 'messages')),
  opening: '',
  text: (response) => dataLine({ response }),
  ending:
    dataLine({ response: '', usage: { prompt_tokens: 9, completion_tokens: 30, total_tokens: 39 } }) +
    'data: [DONE]\n\n',
  failure: dataLine({
    errors: [{ code: 3040, message: 'Capacity temporarily exceeded, please try again.' }],
  }),
  refusal: (status) => ERRORS[status] ?? `5006: scripted ${status}`,
};

function isStreaming(inputs: unknown): boolean {
  return Reflect.get(Object(inputs), 'stream') === true;
}
