// What training never saw is not called easy: unknown languages and noise are held on the cautious side, and known
// languages, names and short words are not.

import { describe, expect, it } from 'vitest';
import { classify } from '../classifier/classify.ts';
import { loadModel } from '../classifier/model.ts';
import { DEFAULT_THRESHOLD } from '../classifier/threshold.ts';

const model = loadModel();

const UNKNOWN: readonly string[] = [
  // Basque, Georgian, Amharic, Khmer: asking for the opening hours of a museum, more or less.
  'Esango al didazu zer ordutan irekitzen duten museoa larunbatean eta zenbat balio duen sarrerak gaur egun',
  'შეგიძლიათ მითხრათ როდის იხსნება მუზეუმი შაბათს და რა ღირს ბილეთი ბავშვებისთვის',
  'ሙዚየሙ ቅዳሜ መቼ እንደሚከፈት እና ትኬቱ ስንት እንደሆነ ሊነግሩኝ ይችላሉ ወይ እባክዎ',
  'តើសារមន្ទីរបើកនៅម៉ោងប៉ុន្មាននៅថ្ងៃសៅរ៍ហើយសំបុត្រថ្លៃប៉ុន្មានសម្រាប់កុមារ',
];

const NOISE: readonly string[] = [
  'aGVsbG8gd29ybGQgdGhpcyBpcyBub3QgYSB0YXNrIGF0IGFsbA'.repeat(5),
  '0f9a3c77e1b2d4860f9a3c77e1b2d486'.repeat(6),
  '\u0001\u0002\ufffd\ufffd%$#@!^&*()_+'.repeat(20),
  'xkcvq zrtpl wqmnb vbxzk plkjh qwzxv mnbvq zxkrt wpqlk jhgfz bvxqw rtzpk lqmwn xzvbk hjkpl vwqzx qbvnm krtzx qlkwp gfzjh',
];

const KNOWN: readonly string[] = [
  'ok',
  'Siobhan',
  'Hej, hur mår du?',
  'Can you tell me when the museum opens on Saturday and what a ticket costs?',
  'Können Sie mir sagen, wann das Museum am Samstag öffnet?',
  'Можете сказать, когда открывается музей в субботу?',
  '你能告诉我博物馆星期六几点开门吗？',
  'const total = orders.map((order) => order.price).reduce((sum, price) => sum + price, 0);',
];

describe('the out-of-domain guard', () => {
  it('knows what it does not know', () => {
    expect([...UNKNOWN, ...NOISE].filter((text) => !classify(model, [text]).outOfDomain)).toEqual([]);
  });

  it('holds it on the cautious side of the threshold', () => {
    const probabilities = [...UNKNOWN, ...NOISE].map((text) => classify(model, [text]).probability);
    expect(Math.max(...probabilities)).toBeLessThan(DEFAULT_THRESHOLD);
  });

  it('leaves what training saw alone, and what is too short to tell', () => {
    expect(KNOWN.filter((text) => classify(model, [text]).outOfDomain)).toEqual([]);
  });
});
