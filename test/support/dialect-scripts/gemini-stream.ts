// Google's `models.streamGenerateContent?alt=sse` as a server speaks it (Gemini API reference: "Generating content").
// It has no sign for the end of the stream: the last chunk carries the finish reason, then the body closes.

import { objects, SCRIPT_KEY, textOfParts, type DialectScript } from './dialect-script.ts';

const CALL = /\/models\/([^/:]+):streamGenerateContent\?(?:.*&)?alt=sse(?:&|$)/;

const STATUS_NAMES: Readonly<Record<number, string>> = {
  401: 'UNAUTHENTICATED',
  429: 'RESOURCE_EXHAUSTED',
  500: 'INTERNAL',
};

const errorBody = (code: number): object => ({
  error: { code, message: `scripted ${code}`, status: STATUS_NAMES[code] ?? 'UNAVAILABLE' },
});

const line = (payload: object): string => `data: ${JSON.stringify(payload)}\r\n\r\n`;

const chunk = (parts: readonly object[], candidate: object = {}, outputTokens = 1): string =>
  line({
    candidates: [{ content: { parts, role: 'model' }, ...candidate, index: 0 }],
    usageMetadata: {
      promptTokenCount: 9,
      candidatesTokenCount: outputTokens,
      totalTokenCount: 9 + outputTokens,
    },
    modelVersion: 'script',
    responseId: 'response-script',
  });

export const GEMINI_STREAM: DialectScript = {
  title: 'Gemini',
  provider: 'gemini',
  endpoint: 'cloud',
  isBinding: false,
  upstreamModel: (script) => script,
  scriptOf: (path) => CALL.exec(path)?.[1] ?? null,
  lacks: (headers, { contents }) => {
    if (headers['x-goog-api-key'] !== SCRIPT_KEY) return 'x-goog-api-key';
    return objects(contents).length > 0 ? null : 'contents';
  },
  messages: ({ contents }) =>
    objects(contents).map(({ role, parts }) => ({
      role: role === 'model' ? 'assistant' : 'user',
      text: textOfParts(parts),
    })),
  opening: '',
  text: (text) => chunk([{ text }]),
  ending: chunk([{ text: '' }], { finishReason: 'STOP' }, 30),
  failure: line(errorBody(503)),
  refusal: (status) => JSON.stringify(errorBody(status)),
};
