// The beginning of a draft, made ready for phrase matching: lower case, no markup, and nothing that somebody else is
// quoted with. A refusal or a doubt is the answer only when it stands here; further in it is a part of one.

export type Opening = {
  /** At most three. */
  readonly sentences: readonly string[];
  /** How many of them are the main statement: a greeting or an apology alone is none. */
  readonly mainCount: number;
};

const MAX_UNITS = 400;
const MAX_SENTENCES = 3;
const SHORT_SENTENCE_UNITS = 40;

/** What stands in quotation marks, code or a quoted line belongs to somebody else. All lengths are bounded by MAX_UNITS. */
const QUOTED = /"[^"\n]*"|“[^”\n]*”|„[^“”\n]*[“”]|«[^»\n]*»|「[^」\n]*」|『[^』\n]*』|`[^`\n]*`|^\s*>.*$/gm;

const SENTENCE_END = /[.!?؟।]+(?=\s|$)|[。！？\n]+/;
const CLAUSE_END = /[,;:،，、；：—–]| - /;

/** @param isComplete - false while more is coming: then the last word may be cut and is not read */
export function openingOf(text: string, isComplete: boolean): Opening {
  const whole = isComplete && text.length <= MAX_UNITS;
  const start = text.slice(0, MAX_UNITS);
  const plain = untilCode(whole ? `${start} ` : withoutLastWord(start))
    .replace(QUOTED, ' ')
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[’ʼ´]/g, "'")
    .replace(/[*_#]+/g, '');
  const sentences = plain
    .split(SENTENCE_END)
    .map((sentence) => sentence.replace(/[^\S\n]+/g, ' ').trimStart())
    .filter((sentence) => sentence !== '')
    .slice(0, MAX_SENTENCES);
  const mainCount = (sentences[0]?.length ?? 0) <= SHORT_SENTENCE_UNITS ? 2 : 1;
  return { sentences, mainCount };
}

/** Each ends with a space when it is complete, so that a pattern can tell a whole word from a cut one. */
export function clausesOf(sentence: string): readonly string[] {
  const clauses = sentence.split(CLAUSE_END);
  return clauses.map((clause, at) => (at === clauses.length - 1 ? clause : `${clause} `).trimStart());
}

function untilCode(text: string): string {
  const fence = text.indexOf('```');
  return fence < 0 ? text : text.slice(0, fence);
}

/** Scripts without spaces have no word to cut; a cut character of theirs matches nothing. */
function withoutLastWord(text: string): string {
  const end = Math.max(text.lastIndexOf(' '), text.lastIndexOf('\n'));
  return end < 0 || text.length - end > 40 ? text : text.slice(0, end);
}
