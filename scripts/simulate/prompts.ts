// What people ask: sentences with blanks, by kind, and the words for the blanks. All of them are made up.

import type { Random } from '../../classifier/train/seeded-random.ts';
import { drawByShare, drawOne } from './draws.ts';

export type Difficulty = 'easy' | 'middle' | 'hard';

export type PromptKind = {
  readonly name: string;
  readonly share: number;
  readonly difficulty: Difficulty;
  /** Median of the answer's length. */
  readonly tokens: number;
  readonly sentences: readonly string[];
};

export const PROMPT_KINDS: readonly PromptKind[] = [
  {
    name: 'chat',
    share: 0.12,
    difficulty: 'easy',
    tokens: 70,
    sentences: [
      'Hi! How are you today?',
      'Thanks, that helped a lot with the {thing}.',
      'Tell me a short joke about a {thing}.',
      'Wish my colleague {name} a happy birthday.',
    ],
  },
  {
    name: 'translation',
    share: 0.12,
    difficulty: 'easy',
    tokens: 60,
    sentences: [
      'Translate into {language}: The {thing} is ready and {name} will bring it on {day}.',
      'How do you say "Where is the {thing}?" in {language}?',
      'Translate into {language}: See you on {day} at the {place}.',
    ],
  },
  {
    name: 'rewriting',
    share: 0.1,
    difficulty: 'easy',
    tokens: 110,
    sentences: [
      'Make this friendlier: Send me the {thing} by {day}.',
      'Fix the spelling: i recieved youre {thing} on {day}, thank you verry much {name}',
      'Shorten this: We would like to inform you that the {thing} of {name} will be delivered to the {place} on {day}.',
    ],
  },
  {
    name: 'facts',
    share: 0.1,
    difficulty: 'easy',
    tokens: 90,
    sentences: [
      'What is the capital of {country}?',
      'Which language is spoken in {country}?',
      'What is a {thing} used for?',
      'How many days are there from {day} to the next {day}?',
    ],
  },
  {
    name: 'foreign',
    share: 0.08,
    difficulty: 'easy',
    tokens: 90,
    sentences: [
      'Wie heißt die Hauptstadt von {country}?',
      'Schreibe eine kurze Einladung an {name} für {day}.',
      '¿Cuál es la capital de {country}?',
      'Traduis en anglais : le {thing} de {name} est arrivé.',
      '{country}の首都はどこですか。',
      'Как дела? Расскажи коротко о {country}.',
    ],
  },
  {
    name: 'middle',
    share: 0.14,
    difficulty: 'middle',
    tokens: 180,
    sentences: [
      'Compare a {thing} with a bicycle for somebody who commutes to the {place}: three arguments for each.',
      'Explain to a beginner how {topic} works, with one example.',
      'Write an e-mail to {name} that declines the offer for the {thing} and proposes another date after {day}.',
      'Which questions should I ask before I rent a {place} in {country}?',
    ],
  },
  {
    name: 'code',
    share: 0.1,
    difficulty: 'hard',
    tokens: 320,
    sentences: [
      'Write a TypeScript function that merges overlapping intervals of bookings of a {place}, with tests for the edge cases.',
      'Find the race condition: two workers read the counter of {name}, add one and write it back. Show a fix with compare-and-swap in Go.',
      'Implement an LRU cache for {topic} in Rust with O(1) operations and explain the ownership of its nodes.',
      'Write an SQL query with window functions: for each {place} the three days with the highest revenue and their share of the month.',
    ],
  },
  {
    name: 'proof',
    share: 0.06,
    difficulty: 'hard',
    tokens: 420,
    sentences: [
      'Prove that there are infinitely many primes congruent to {number} modulo 4, and state every lemma you use.',
      'Prove by induction that a tree with {number} times n vertices has one edge fewer than vertices, and discuss the converse.',
      'Show that the square root of {number} times two is irrational, then generalise the argument to all non-squares.',
    ],
  },
  {
    name: 'planning',
    share: 0.06,
    difficulty: 'hard',
    tokens: 380,
    sentences: [
      'Plan the migration of {topic} from one database to another without downtime: phases, risks, rollback, and who decides at each gate.',
      'Design a distributed rate limiter for {topic} across five regions; compare two consistency models and derive the error bound of each.',
      'A {place} in {country} loses money. Develop three strategies, quantify each with your assumptions, and recommend one with its risks.',
    ],
  },
  {
    name: 'tools',
    share: 0.05,
    difficulty: 'middle',
    tokens: 30,
    sentences: [
      'What will the weather be in {country} on {day}?',
      'Look up the weather for {name} at the {place}.',
    ],
  },
  {
    name: 'json',
    share: 0.04,
    difficulty: 'middle',
    tokens: 60,
    sentences: [
      'Extract name, thing and day as JSON: {name} ordered a {thing} for {day}.',
      'Give me a JSON object with the country and the day: we travel to {country} on {day}.',
    ],
  },
  {
    name: 'long',
    share: 0.03,
    difficulty: 'middle',
    tokens: 220,
    sentences: ['Summarise these notes in five points.\n\n{notes}'],
  },
];

const BLANKS: Readonly<Record<string, readonly string[]>> = {
  thing: ['umbrella', 'kettle', 'report', 'printer', 'violin', 'suitcase', 'ladder', 'invoice', 'camera'],
  name: ['Ana', 'Bilal', 'Chen', 'Dora', 'Emeka', 'Freya', 'Goran', 'Hana', 'Ines', 'Jonas'],
  language: ['Spanish', 'German', 'French', 'Italian', 'Portuguese', 'Polish'],
  day: ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'],
  place: ['library', 'bakery', 'workshop', 'museum', 'office', 'station'],
  country: ['Norway', 'Kenya', 'Peru', 'Japan', 'Portugal', 'Canada', 'India', 'Greece'],
  topic: [
    'public-key encryption',
    'a search index',
    'payments',
    'a message queue',
    'user sessions',
    'stock levels',
  ],
  number: ['3', '7', '11', '13', '17', '19'],
};

const FOLLOW_UPS = [
  'Shorter, please.',
  'And in German?',
  'Why is that so?',
  'Give me another example.',
  'What would change if it were twice as large?',
  'Thank you! And the next step?',
] as const;

const NOTE = 'On {day} {name} spoke at the {place} about {topic} and asked for a {thing}. ';
const MIN_NOTES = 25;
const MAX_NOTES = 120;

export type Prompt = { readonly kind: PromptKind; readonly text: string };

export function drawPrompt(random: Random): Prompt {
  const kind = drawByShare(PROMPT_KINDS, random) ?? drawOne(PROMPT_KINDS, random);
  return { kind, text: filled(drawOne(kind.sentences, random), random) };
}

export function drawFollowUp(random: Random): string {
  return drawOne(FOLLOW_UPS, random);
}

function filled(sentence: string, random: Random): string {
  return sentence.replaceAll(/\{(\w+)\}/g, (_, blank: string) =>
    blank === 'notes' ? drawNotes(random) : drawOne(BLANKS[blank] ?? [], random),
  );
}

function drawNotes(random: Random): string {
  const count = MIN_NOTES + Math.floor(random() * (MAX_NOTES - MIN_NOTES));
  return Array.from({ length: count }, () => filled(NOTE, random)).join('');
}
