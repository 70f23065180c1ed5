// Models that are asked to go on with an answer that was lost, faithful and otherwise. They see what an upstream sees, the
// messages of the request, and know the whole answer; what they write is theirs alone.

/** A message as it is sent: the text, or its parts. */
export type SentMessage = {
  readonly role: string;
  readonly content?: string | null | readonly { readonly type: string; readonly text?: string }[];
};

export type Asked = {
  /** The answer so far. */
  readonly said: string;
  /** The words to begin with; null when the model is to go on from the last character. */
  readonly anchor: string | null;
};

/** What a request asks to go on with; null when it asks for a whole answer. */
export function askedIn(messages: readonly SentMessage[]): Asked | null {
  const last = messages.at(-1);
  if (last === undefined) return null;
  if (last.role !== 'user') return last.role === 'assistant' ? { said: textIn(last), anchor: null } : null;
  const anchor = /<last>([\s\S]*)<\/last>$/.exec(textIn(last))?.[1];
  const before = messages.at(-2);
  return anchor === undefined || before === undefined ? null : { said: textIn(before), anchor };
}

/** Writes the continuation of `whole`; `units` is how much it repeats, where it repeats something. */
export type ContinuingModel = (asked: Asked, whole: string, units: number) => string;

/** Begins with what it was asked to begin with. */
export const faithful: ContinuingModel = ({ said, anchor }, whole) =>
  (anchor ?? '') + whole.slice(said.length);

/** Writes what is missing and nothing else, whatever it was asked. */
export const restOnly: ContinuingModel = ({ said }, whole) => whole.slice(said.length);

export const MISBEHAVING_MODELS: Readonly<Record<string, ContinuingModel>> = {
  'repeats the last characters': ({ said }, whole, units) => {
    const start = Math.max(0, said.length - units);
    // No model begins with half a character.
    return whole.slice(/[\udc00-\udfff]/.test(whole.charAt(start)) ? start - 1 : start);
  },
  'repeats the last words': ({ said }, whole, units) => {
    const start = said.slice(0, Math.max(0, said.length - units)).search(/\S*$/);
    return whole.slice(start);
  },
  'starts from scratch': (_, whole) => whole,
  'starts from scratch in other words': ({ said }, whole) =>
    `${whole.slice(0, said.length >> 1)} (to put it in other words) ${whole.slice(said.length >> 1)}`,
  'adds a preamble': (asked, whole) => `Sure, continuing:\n\n${faithful(asked, whole, 0)}`,
  'adds a preamble in another language': (asked, whole) =>
    `Jasne, oto ciąg dalszy:\n\n${faithful(asked, whole, 0)}`,
  'adds a preamble and repeats nothing': (asked, whole) =>
    `Sure, continuing:\n\n${restOnly(asked, whole, 0)}`,
  'changes white space': (asked, whole) => faithful(asked, whole, 0).replace(/[^\S\n]+/g, '  '),
  'reopens the code fence': (asked, whole) =>
    `${whole.slice(...openFenceIn(asked.said))}${faithful(asked, whole, 0)}`,
  'reopens the code fence and repeats nothing': (asked, whole) =>
    `${whole.slice(...openFenceIn(asked.said))}${restOnly(asked, whole, 0)}`,
  'writes the code block again': (asked, whole) => {
    const [start, end] = openFenceIn(asked.said);
    return start === end ? faithful(asked, whole, 0) : whole.slice(start);
  },
  'stops empty': () => '',
  refuses: () => "I'm sorry, but I can't help with that.",
};

/** Where the fence line of the block that is not closed yet begins and ends; the same place twice when there is none. */
function openFenceIn(said: string): [number, number] {
  const fences = [...said.matchAll(/^(?:```|~~~).*\n/gm)];
  const last = fences.at(-1);
  return last === undefined || fences.length % 2 === 0 ? [0, 0] : [last.index, last.index + last[0].length];
}

function textIn({ content }: SentMessage): string {
  if (typeof content === 'string') return content;
  return (content ?? []).map(({ text }) => text ?? '').join('\n');
}
