// What word problems are put together from. Written for this project; none of it comes from an exam.
// NAME, FRIEND and THINGS are filled in, N is a number and P a percentage.

export const NAMES: readonly string[] = [
  'Maria',
  'Ben',
  'Aisha',
  'Tom',
  'Yuki',
  'Olga',
  'Sam',
  'Priya',
  'Luis',
  'Emma',
  'Noah',
  'Fatima',
  'Igor',
  'Chloe',
];

export const THINGS: readonly string[] = [
  'apples',
  'stamps',
  'marbles',
  'books',
  'tickets',
  'cookies',
  'eggs',
  'pencils',
  'stickers',
  'bottles',
  'flowers',
  'shirts',
];

/** `weight`: how many steps of thought the sentence costs. */
type Step = { readonly text: string; readonly weight: number };

const STEP_TEXTS: readonly Step[] = [
  { text: 'NAME buys N more.', weight: 1 },
  { text: 'NAME gives N of them to FRIEND.', weight: 1 },
  { text: 'NAME loses N on the way home.', weight: 1 },
  { text: 'Each of the THINGS costs $N.', weight: 1 },
  { text: 'They are packed into boxes of N.', weight: 1 },
  { text: 'FRIEND has N fewer than NAME.', weight: 1.5 },
  { text: 'FRIEND has twice as many as NAME.', weight: 1.5 },
  { text: 'A third of the THINGS are sold at $N each.', weight: 2 },
  { text: 'P% of the rest turn out to be broken.', weight: 2 },
  {
    text: 'Every week NAME adds N more, for N weeks, before half of all the THINGS are given away.',
    weight: 2.5,
  },
  { text: 'On Monday NAME sold N, and on Tuesday P% more than on Monday.', weight: 2 },
  {
    text: 'FRIEND paid a discounted price that was P% lower, but had to pay a fee of $N for delivery.',
    weight: 2,
  },
  { text: 'For every N THINGS that NAME has, FRIEND has N, and together they want to save $N.', weight: 2.5 },
  { text: 'If the price had been $N lower, NAME could have bought N more with the same money.', weight: 3 },
  { text: 'It takes NAME N minutes to wrap one, and FRIEND is N times as fast.', weight: 2 },
];

export const STEPS = {
  starts: [
    'NAME has N THINGS.',
    'A shop sells N THINGS a day.',
    'NAME and FRIEND collect THINGS, and NAME has N of them.',
    'There are N THINGS in every box, and NAME orders N boxes.',
    'NAME earns $N an hour and works N hours a week.',
  ],
  steps: STEP_TEXTS,
  questions: [
    'How many THINGS does NAME have in the end?',
    'How much money is left?',
    'How many more THINGS does NAME have than FRIEND now?',
    'What is the total cost in dollars?',
    'How many THINGS are there altogether?',
    'How many days will it take?',
  ],
} as const;
