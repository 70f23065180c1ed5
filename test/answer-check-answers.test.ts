// Answers are found in the many ways that models state them, and compared by what they mean. The outputs here were written
// by hand in the manner of many models; none is taken from a data set.

import { describe, expect, it } from 'vitest';
import { isSameValue } from '../policy/answer-check/answer-value.ts';
import { checkableAnswer } from '../policy/answer-check/checkable-answer.ts';

const SUM = 'Tom has 3 boxes with 14 apples each. How many apples does he have?';
const CHOICE = 'Which is a mammal?\nA) Trout\nB) Bat\nC) Wasp\nD) Crow';
const FACT = 'What is the capital of Australia?';

/** Two outputs that state the same answer, in different manners. */
const SAME: readonly (readonly [question: string, left: string, right: string])[] = [
  [SUM, 'Each box has 14. So 3 * 14 = 42.\n#### 42', 'The answer is 42.'],
  [SUM, 'We get $\\boxed{42}$.', '**Answer:** 42 apples'],
  [
    SUM,
    '{"reasoning": "3 boxes, 14 each", "answer": "42"}',
    '```json\n{\n  "reasoning": "three\nlines",\n  "answer": 42\n}\n```',
  ],
  [SUM, '42', 'Tom has 42 apples.'],
  [SUM, 'First 3 boxes. Therefore, Tom has a total of 42 apples.', 'Final answer: forty-two'],
  [SUM, '3 × 14 = 42', 'Thus, he has **42** apples in 3 boxes.'],
  [SUM, 'The answer is: \n\n42', 'Answer = 42.0'],
  [
    SUM,
    'The final answer is $42$.',
    'So the total number of apples is 42.\n\nLet me know if you have more questions!',
  ],
  ['How much does it cost?', 'The answer is $1,200.50.', 'Antwort: 1.200,50 €'],
  ['How much does it cost?', 'Réponse : 1 200,50 €', "Answer: CHF 1'200.50"],
  ['How much does it cost?', 'Answer: ₹1,00,000', 'Answer: 100000 rupees'],
  ['What share is left?', 'Answer: 3/4', 'The answer is 0.75.'],
  ['What share is left?', '\\boxed{\\frac{3}{4}}', 'Answer: 75%'],
  ['What share is left?', 'Answer: 1 1/2', 'Answer: 1½'],
  ['What is 10/3?', 'Answer: 3.33', 'Answer: 3.3333'],
  ['What is 10/3?', 'Answer: 10/3', 'The answer is approximately 3.33.'],
  ['How many people?', 'Answer: 1.2 million', 'Answer: 1,200,000'],
  ['How many people?', '答案：120万', 'Answer: 1.2 million people'],
  ['How many people?', 'Answer: 1.5 × 10^3', 'Answer: 1.5e3'],
  ['How many?', 'Answer: 1,250', 'Answer: 1250'],
  ['How many?', 'Antwort: 1.250', 'Answer: 1,250'],
  ['How many?', 'Answer: three hundred and five', 'Answer: 305'],
  ['How many?', 'Answer: two hundred thousand and seven', 'Answer: 200,007'],
  ['几个？', '答案：三万五千', 'Answer: 35,000'],
  ['What is the balance?', 'Answer: -$12', 'Answer: $-12'],
  ['What is the balance?', 'Answer: −12', 'The answer is -12 dollars.'],
  ['几个？', '答案是四十二个。', '答：42'],
  ['いくつ？', '答えは４２です。', '答え：42'],
  ['몇 개?', '정답은 42입니다.', '답: 42'],
  ['كم؟', 'الإجابة هي ٤٢', 'الجواب: 42'],
  ['कितने?', 'उत्तर: ४२', 'उत्तर: 42'],
  ['Сколько?', 'Ответ: 42 яблока', 'Таким образом, у Тома 42 яблока.'],
  ['Сколько?', 'Ответ: 7 шт.', 'Ответ — 7.'],
  ['¿Cuántas?', 'La respuesta es 42.', 'Respuesta: cuarenta y dos, es decir 42'],
  ['Quantas?', 'A resposta é 42.', 'Resposta: **42**'],
  ['Quante?', 'La risposta è 42.', 'Quindi in totale sono 42 mele.'],
  ['Wie viele?', 'Die Antwort ist 42.', 'Antwort: sieben mal sechs = 42'],
  ['Hoeveel?', 'Het antwoord is 42.', 'Antwoord: 42'],
  ['Kaç?', 'Cevap: 42', 'Cevap: 42 elma'],
  ['Bao nhiêu?', 'Đáp án là 42.', 'Đáp án: 42'],
  ['Berapa?', 'Jawaban: 42', 'Jawaban adalah 42.'],
  [CHOICE, 'The answer is (B).', 'B'],
  [CHOICE, 'B) Bat\n\nBats are mammals.', '**B**'],
  [CHOICE, 'The correct option is B: Bat.', '{"answer": "B", "why": "bats"}'],
  [CHOICE, 'Bats nurse their young.\n\nAnswer: B. Bat', '(B) Bat'],
  [CHOICE, 'Option B is a bat, a mammal.\nFinal answer: option B', '\\boxed{\\text{B}}'],
  ['Is the sky blue?', 'Yes, it is, because of scattering.', 'Answer: yes'],
  ['Is it prime?', 'No. 21 = 3 * 7.', '{"answer": false}'],
  ['Ist das wahr?', 'Nein, das stimmt nicht.', 'Antwort: nein'],
  ['对吗？', '是的，没错。', '答案：是'],
  ['合っていますか？', 'はい、合っています。', '答え：はい'],
  [FACT, 'Canberra', 'The answer is Canberra.'],
  [FACT, 'Answer: Canberra, Australia', '**Answer**: canberra'],
  [FACT, '{"answer": "Canberra"}', 'Canberra.'],
  ['Who wrote it?', 'Answer: García Márquez', 'Answer: Garcia Marquez'],
  ['When?', 'Answer: July 4, 1776', 'Answer: 1776-07-04'],
  ['When?', 'Answer: 4. Juli 1776', 'Answer: 4 July 1776'],
  ['When?', '答案：1776年7月4日', 'Answer: 04/07/1776'],
  ['Solve it.', 'Answer: x = 2 or x = 3', 'Answer: 3 and 2'],
  ['Which point?', 'Answer: (1, 2)', '\\boxed{(1,2)}'],
  ['In which year did it end?', 'World War II ended in 1945.', '1945'],
];

/** Two outputs whose answers cannot both be right. */
const DIFFERENT: readonly (readonly [question: string, left: string, right: string])[] = [
  [SUM, 'The answer is 42.', 'The answer is 44.'],
  [SUM, '#### 42', '{"reasoning": "3 + 14 = 17", "answer": "17"}'],
  [SUM, 'So he has 3 * 14 = 42 apples.', 'Therefore, he has 45 apples.'],
  ['What is the balance?', 'Answer: 12', 'Answer: -12'],
  ['How much?', 'Answer: 3', 'Answer: 3.3'],
  ['How much?', 'Answer: 1,250', 'Answer: 125'],
  ['What share?', 'Answer: 3/4', 'Answer: 4/3'],
  [CHOICE, 'The answer is (B).', 'A) Trout'],
  [CHOICE, 'C', 'Answer: D'],
  ['Is it prime?', 'No, it is not.', 'Yes, it is.'],
  ['Is it prime?', 'True', 'False.'],
  [FACT, 'Sydney', 'Canberra'],
  [FACT, '{"answer": "Sydney"}', 'The answer is Canberra.'],
  ['When?', 'Answer: July 4, 1776', 'Answer: July 5, 1776'],
  ['When?', 'Answer: 4 July 1776', 'Answer: 4 June 1776'],
  ['Solve it.', 'Answer: x = 2 or x = 3', 'Answer: 3 and 4'],
  ['Solve it.', 'Answer: 2 and 2', 'Answer: 2 and 3'],
  ['几个？', '答案是四十二个。', '答案是四十三个。'],
  ['In which year did it end?', 'World War II ended in 1945.', 'World War II ended in 1944.'],
];

/** Outputs that state nothing that could be compared. */
const NOT_CHECKABLE: readonly (readonly [question: string, output: string])[] = [
  ['Explain HTTP/2.', 'HTTP/2 multiplexes streams over one connection. It replaced 1.1 in many places.'],
  [
    'Tell me a story.',
    'Once upon a time there were 3 bears. They lived in a house with 7 rooms and 2 doors.',
  ],
  ['Hi!', 'Hello! How can I help you today?'],
  ['Hi!', 'Hi there!'],
  ['How do I answer this email?', 'To answer this email, thank them first and then propose a date.'],
  ['Is that right?', 'The answer is correct as far as I can see from the text that you gave me.'],
  [
    'What is 2.456 rounded?',
    'The answer is rounded to the nearest whole number of 2 places. That is how it is done.',
  ],
  ['Can you help?', 'No problem at all, here is how you do it in three steps.'],
  ['Write code.', '```js\nconst answers = [1, 2, 3];\n```'],
  ['Compare them.', '| a | b |\n|---|---|\n| 1 | 2 |'],
  [SUM, ''],
  [SUM, 'The answer is:'],
  [SUM, '#### Step 1: count the 3 boxes\nand so on without any end'],
  [SUM, '\\boxed{'],
];

describe('an answer', () => {
  it.each(SAME)('%s – the same: %j and %j', (question, left, right) => {
    expect(comparison(question, left, right)).toBe(true);
  });

  it.each(DIFFERENT)('%s – not the same: %j and %j', (question, left, right) => {
    expect(comparison(question, left, right)).toBe(false);
  });

  it.each(NOT_CHECKABLE)('%s – states nothing to compare: %j', (question, output) => {
    expect(checkableAnswer(question, output)).toBeNull();
  });
});

function comparison(question: string, left: string, right: string): boolean | null | string {
  const [own, other] = [checkableAnswer(question, left), checkableAnswer(question, right)];
  if (own === null) return `nothing found in ${left}`;
  if (other === null) return `nothing found in ${right}`;
  return isSameValue(own, other);
}
