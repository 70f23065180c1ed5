// What a frame of the chat dialect says to a simulated reader.

export type ChatFrame = {
  readonly text: string;
  /** Text, thinking or a piece of a tool call. */
  readonly isContent: boolean;
  readonly isEnd: boolean;
  /** The code of a failure in mid-answer. */
  readonly failure: string | null;
};

export function readChatFrame(frame: string): ChatFrame {
  if (frame === '[DONE]') return { text: '', isContent: false, isEnd: true, failure: null };
  const parsed: unknown = JSON.parse(frame);
  const failure = at(parsed, 'error', 'code');
  const delta = at(parsed, 'choices', 0, 'delta');
  const text = at(delta, 'content');
  const isContent = [text, at(delta, 'reasoning_content'), at(delta, 'tool_calls')].some(
    (part) => part !== undefined && part !== null && part !== '',
  );
  return {
    text: typeof text === 'string' ? text : '',
    isContent,
    isEnd: at(parsed, 'error') !== undefined,
    failure: failure === undefined ? null : String(failure),
  };
}

/** The value at a path of foreign JSON; undefined where there is none. */
export function at(value: unknown, ...path: readonly (string | number)[]): unknown {
  return path.reduce<unknown>(
    (inside, key) => (typeof inside === 'object' && inside !== null ? Reflect.get(inside, key) : undefined),
    value,
  );
}
