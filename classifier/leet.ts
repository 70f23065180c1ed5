// Reads digits that stand in for letters: `pr0v3` is `prove`. Only digits between letters count, so that `h2o`, `mp3`,
// `x1` and numbers stay what they are; once a text writes so, its other mixed words are read the same way.

const INSIDE = /[a-z][013457@$]+[a-z]/;
const WORD = /[a-z013457@$]*[a-z][013457@$]+[a-z][a-z013457@$]*/g;
const MIXED = /[013457]*[a-z][a-z013457]*/g;

const LETTERS: Readonly<Record<string, string>> = {
  '0': 'o',
  '1': 'i',
  '3': 'e',
  '4': 'a',
  '5': 's',
  '7': 't',
  '@': 'a',
  $: 's',
};

/** From so many disguised words on the whole text is taken to be written this way. */
const HABIT = 3;

/** @param text lower-case */
export function readLeet(text: string): string {
  if (!INSIDE.test(text)) return text;
  let words = 0;
  const read = text.replace(WORD, (word) => {
    if (word.includes('@') && word.includes('.')) return word;
    words += 1;
    return spell(word);
  });
  return words < HABIT ? read : read.replace(MIXED, spell);
}

function spell(word: string): string {
  let letters = '';
  for (const character of word) letters += LETTERS[character] ?? character;
  return letters;
}
