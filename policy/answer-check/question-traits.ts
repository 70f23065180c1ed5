// What a question allows its answer to be, read once: several checks ask the same.

import type { CheckedQuestion } from './draft.ts';
import { NAMES_A_LANGUAGE } from './language-words.ts';
import { type LanguageReading, readLanguage } from './language.ts';
import { ASKS_FOR_OTHERS_WORDS, doubt, refusal } from './opening-phrases.ts';

export type QuestionTraits = {
  readonly language: LanguageReading;
  /** Any language may be right: one is named, or code or a translation is asked for. */
  readonly isFreeOfLanguage: boolean;
  /** A refusal or a doubt may be just what is asked for: a letter, a translation, a role. */
  readonly wantsOthersWords: boolean;
  readonly wantsRepetition: boolean;
};

/** The tenant's own instruction to refuse: the cloud would follow it as well. */
const TOLD_TO_REFUSE = /refus|declin|only (?:answer|help|discuss|respond)/i;

const ASKS_TO_REPEAT =
  /repeat|\d+ (?:times|mal|veces|fois|vezes|volte|keer|раз|razy|kez|lần|kali)|wiederhol|rep[ié]t|ripet|herhaal|повтор|tekrar|كرر|\d+ ?[遍次回번]|重[复複]|繰り返|반복|lorem|mantra/iu;

export function traitsOf({ userText, contextText = '', responseFormat }: CheckedQuestion): QuestionTraits {
  const lowered = userText.toLowerCase().replaceAll('’', "'");
  return {
    language: readLanguage(userText),
    isFreeOfLanguage:
      responseFormat !== undefined || NAMES_A_LANGUAGE.test(userText) || NAMES_A_LANGUAGE.test(contextText),
    wantsOthersWords:
      ASKS_FOR_OTHERS_WORDS.test(userText) || TOLD_TO_REFUSE.test(contextText) || quotesRefusal(lowered),
    wantsRepetition: ASKS_TO_REPEAT.test(userText),
  };
}

/** The person's own text holds such a sentence, so it is the subject. */
function quotesRefusal(lowered: string): boolean {
  return lowered
    .slice(0, 1_000)
    .split(/[.!?"“”:\n]/)
    .some((part) => [refusal(), doubt()].some(({ atClause }) => atClause.test(part.trimStart())));
}
