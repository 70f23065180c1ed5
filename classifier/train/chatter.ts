// Small talk without end: sentences put together from parts, so that training meets the manner of small talk and not a
// few sentences of it. Written for this project; nothing in it asks for anything.

import { CHATTER } from './long-texts.ts';
import type { Random } from './seeded-random.ts';

const WHO: readonly string[] = [
  'I',
  'We',
  'My sister',
  'My brother',
  'Our neighbour',
  'An old friend',
  'My mother',
  'The man next door',
  'My cousin Laura',
  'Somebody at work',
  'The postman',
  'My grandfather',
  'The children',
  'A colleague of mine',
  'My husband',
  'My wife',
  'Uncle Fred',
  'The lady from the bakery',
  'My flatmate',
  'Our teacher',
  'The new trainee',
  'My aunt in Leeds',
  'Peter',
  'Nina and her dog',
];

const DID: readonly string[] = [
  'bought a red bicycle',
  'painted the garden fence',
  'lost a set of keys',
  'cooked far too much soup',
  'watched an old film',
  'walked along the river',
  'talked about the holidays',
  'found a box of old photographs',
  'missed the last bus',
  'planted some roses',
  'read a thick novel',
  'cleaned the whole kitchen',
  'met a friend from school',
  'had a long lunch',
  'took the train to the coast',
  'listened to the radio',
  'baked an apple pie',
  'forgot the umbrella',
  'repaired the kitchen door',
  'slept until noon',
  'went to the market',
  'played cards until midnight',
  'wrote a postcard',
  'sat outside with a cup of tea',
  'moved to a smaller flat',
  'got a puppy from the shelter',
  'complained about the noise',
  'carried the shopping upstairs',
  'visited the museum shop',
  'tried a new recipe',
  'fed the birds',
  'changed the curtains',
  'stayed at home',
  'waited in a long queue',
  'hung up some pictures',
];

const WHEN: readonly string[] = [
  'on Sunday',
  'last week',
  'yesterday',
  'this morning',
  'in the afternoon',
  'after work',
  'the other day',
  'in spring',
  'before dinner',
  'on the way home',
  'a month ago',
  'at the weekend',
  'during the storm',
  'while it was raining',
  'just before Christmas',
  'at night',
];

const TAIL: readonly string[] = [
  '',
  '',
  '',
  'and everybody was pleased',
  'but it was not so bad',
  'because the weather was nice',
  'and we laughed a lot',
  'although it was quite cold',
  'which took longer than expected',
  'and then the phone rang',
  'so we stayed a little longer',
  'and I still smile when I think of it',
  'but nobody minded',
  'and the dog was very happy',
  'as people do around here',
  'and the sun came out at last',
  'which reminded me of my childhood',
  'and it cost next to nothing',
];

const REMARK: readonly string[] = [
  'It was a lovely day.',
  'The coffee was cold by then.',
  'You know how it is.',
  'Time flies.',
  'The cat was asleep on the chair.',
  'There were more people than usual.',
  'The trees are green again.',
  'The street smelled of fresh bread.',
  'Well, such is life.',
  'It has been a strange summer.',
  'The windows were open all night.',
  'Nothing else happened.',
  'The tea is ready now.',
  'He is always in a good mood.',
  'She sends her regards.',
  'The shop on the corner is closing.',
  'They say it will snow soon.',
];

/** Sentences of the long easy prompts that ask for nothing: their first ones, which tell a story before the question. */
export function toldSentences(easyPrompts: readonly string[]): readonly string[] {
  return easyPrompts.flatMap((prompt) => {
    const sentences = prompt.split(/(?<=[.!。])\s+|\n+/);
    if (sentences.length < LEAST_SENTENCES) return [];
    return sentences.slice(0, -1).filter((sentence) => isTold(sentence));
  });
}

const LEAST_SENTENCES = 4;
const TOLD_CHARS = { least: 24, most: 200 } as const;

function isTold(sentence: string): boolean {
  const { least, most } = TOLD_CHARS;
  return sentence.length >= least && sentence.length <= most && !/[?？:{}<>=|;]/.test(sentence);
}

/** @param told sentences that others wrote, as `toldSentences` finds them */
export function chatterSentence(random: Random, told: readonly string[]): string {
  const kind = random();
  if (kind < 0.45 && told.length > 0) return oneOf(told, random);
  if (kind < 0.55) return oneOf(REMARK, random);
  if (kind < 0.65) return oneOf(CHATTER, random);
  const when = oneOf(WHEN, random);
  const deed = `${oneOf(WHO, random)} ${oneOf(DID, random)}`;
  const tail = oneOf(TAIL, random);
  const ending = tail === '' ? '.' : ` ${tail}.`;
  if (kind < 0.83) return `${deed} ${when}${ending}`;
  return `${when.charAt(0).toUpperCase()}${when.slice(1)} ${deed.charAt(0).toLowerCase()}${deed.slice(1)}${ending}`;
}

function oneOf(values: readonly string[], random: Random): string {
  return values[Math.floor(random() * values.length)] ?? '';
}
