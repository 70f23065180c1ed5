// What the check says about drafts of many kinds. Precision comes first: a good draft that is taken for a bad one costs a
// second call and the wait for it, so most lines here are drafts that must pass.

import { describe, expect, it } from 'vitest';
import type { CheckedQuestion, Draft } from '../policy/answer-check/draft.ts';
import { checkDraft } from '../policy/answer-check/full-check.ts';
import type { JsonObject } from '../protocol/json.ts';

type Line = readonly [name: string, ask: string, text: string];

const GOOD: readonly Line[] = [
  ['a short fact', 'What is the capital of Cuba?', 'Havana.'],
  ['a greeting', 'Hi', 'Hello! How can I help you today?'],
  [
    'small talk about feelings',
    'How are you?',
    "As an AI, I don't have feelings, but thanks for asking! How can I help?",
  ],
  [
    'an opinion with its disclaimer',
    'Cats or dogs?',
    "I don't have personal preferences, but cats are calmer and dogs more social.",
  ],
  [
    'a text about refusals',
    'Why do chatbots refuse?',
    'Chatbots refuse when a request breaks a policy. They then say "I cannot help with that" or something like it.',
  ],
  [
    'a sentence about what others cannot',
    'Explain dyslexia.',
    'People with dyslexia cannot help mixing up letters. It is not a lack of effort.',
  ],
  [
    'a conditional',
    'How do I run a support desk?',
    'If I cannot help a customer myself, I pass the ticket on. That keeps the queue short.',
  ],
  ['eagerness', 'Let us plan my party.', "I can't wait to help you plan it! How many guests are coming?"],
  [
    'a figure of speech',
    'Review my poem.',
    "I can't help but admire your second verse. The rhythm is lovely.",
  ],
  ['praise', 'Is Dune good?', "I can't recommend it enough. It is a classic."],
  [
    'a letter that declines',
    'Write an email declining a wedding.',
    "Dear Ann,\n\nI'm sorry, but I can't attend your wedding.\n\nBest,\nTom",
  ],
  [
    'a translated refusal',
    'Translate to English: Lo siento, no puedo ayudarte.',
    "I'm sorry, I can't help you.",
  ],
  [
    'a refusal asked for',
    'Write a polite refusal to do a favour.',
    "I'm sorry, but I can't help with that this week.",
  ],
  [
    'a quoted sentence is put right',
    'Fix the grammar: I cant help you with that',
    "I can't help you with that.",
  ],
  [
    'a song',
    'Write a love song.',
    "Oh, I can't hide what I feel tonight,\nYour eyes are stars, your smile is light.\nHold me close, don't let me go,\nThere is something you should know.",
  ],
  [
    'a story in the first person',
    'Tell a story.',
    'I could not open the door. The key had broken off in the lock, and the rain was getting worse.',
  ],
  [
    'advice after a disclaimer further in',
    'Is this mole dangerous?',
    'Look for asymmetry, uneven borders and colour. Moles that change should be seen. A photo is not enough to judge. I cannot diagnose it from here.',
  ],
  [
    'doubt about a detail further in',
    'Who built the bridge and when?',
    'John Smith built the bridge in 1870 together with his two brothers from Leeds. He died soon after. I am not sure about the month.',
  ],
  [
    '"you don\'t know"',
    'What is FOMO?',
    "It is the feeling that you don't know what others enjoy without you.",
  ],
  [
    'a laugh',
    'Tell me a joke.',
    'Why did the chicken cross the road? To get to the other side! Ha ha ha ha ha ha ha ha!',
  ],
  [
    'a chorus',
    'Write a chorus.',
    'Row, row, row your boat,\nGently down the stream.\nMerrily, merrily, merrily, merrily,\nLife is but a dream.\nRow, row, row your boat,\nGently down the stream.\nMerrily, merrily, merrily, merrily,\nLife is but a dream.',
  ],
  [
    'a long list with one frame',
    'List capitals.',
    [
      'France – Paris',
      'Spain – Madrid',
      'Italy – Rome',
      'Peru – Lima',
      'Chile – Santiago',
      'Cuba – Havana',
      'Japan – Tokyo',
      'Kenya – Nairobi',
      'Norway – Oslo',
      'Egypt – Cairo',
    ]
      .map((pair, at) => `${at + 1}. The capital of the country is here: ${pair}`)
      .join('\n'),
  ],
  ['numbers from 1 to 300', 'Count to 300.', Array.from({ length: 300 }, (_, at) => at + 1).join(', ')],
  [
    'a table of zeros',
    'Make a zero matrix.',
    Array.from({ length: 40 }, () => '| 0 | 0 | 0 | 0 | 0 | 0 |').join('\n'),
  ],
  ['a row of dashes', 'Draw a line.', '-'.repeat(3_000)],
  ['an asked repetition', "Write 'I will not talk' 100 times.", 'I will not talk.\n'.repeat(100)],
  [
    'rows of SQL',
    'Make test data in SQL.',
    `\`\`\`sql\n${Array.from({ length: 20 }, (_, at) => `INSERT INTO users (name, email) VALUES ('name${at}', 'mail${at}@example.com');`).join('\n')}\n\`\`\``,
  ],
  ['fenced code', 'Write hello world in Python.', '```python\nprint("hello")\n```'],
  ['code without a fence', 'Reverse a list in Python.', 'def reverse(items):\n    return items[::-1]'],
  ['a block whose last fence is missing but that is done', 'Give me JSON.', '```json\n{"a": [1, 2]}'],
  ['a fence that only closes', 'Give me JSON.', '{"a": 1}\n```'],
  [
    'an indented fence in a list',
    'How do I install it?',
    '1. Run this:\n\n   ```sh\n   npm i\n   ```\n\n2. Done.',
  ],
  [
    'a poem without full stops',
    'Write a haiku.',
    'old silent pond\na frog jumps into the pond\nsplash and silence again',
  ],
  [
    'a list without full stops',
    'Name three fruits.',
    'Here are three fruits. They are all sweet. Enjoy them.\n\n- apples\n- pears\n- plums',
  ],
  [
    'a long last item without a full stop',
    'Tips?',
    'Here you go. These help. Try them.\n\n- Use a long password that you do not use anywhere else and keep it in a password manager',
  ],
  [
    'a signature',
    'Write a letter.',
    'Dear Sir,\n\nI apply for the job. I have five years of experience. I would be glad to meet you.\n\nBest regards,\nAnn Miller',
  ],
  ['a heading and a name', 'Who wrote Emma?', '**Jane Austen**'],
  ['a whole table', 'Compare A and B.', '| | A | B |\n|---|---|---|\n| price | 1 | 2 |'],
  [
    'a URL at the end',
    'Where are the docs?',
    'The docs moved. See the new site. It is here: https://example.com/docs/start',
  ],
  ['an emoji at the end', 'Cheer me up!', 'You are doing great. Keep going. Tomorrow is new 🎉'],
  [
    'a formula at the end',
    'State the theorem.',
    'Take a right triangle. Call its sides a, b and c. Then a^2 + b^2 = c^2',
  ],
  ['thoughts that doubt', 'What is 2 + 2?', "<think>I'm not sure. I can't help with that? Hmm.</think>\n\n4"],
  [
    'thoughts in another language',
    'Quelle est la capitale de la France ?',
    '<think>The user asks for the capital of France. That is Paris.</think>La capitale de la France est Paris, et c’est une belle ville.',
  ],
  [
    'a German answer',
    'Wie funktioniert ein Motor und was ist dafür nötig?',
    'Ein Motor wandelt Energie in Bewegung um. Dafür braucht er Kraftstoff und Luft.',
  ],
  [
    'a Spanish answer',
    '¿Cuál es la capital de Perú?',
    'La capital de Perú es Lima, que también es la ciudad más grande del país.',
  ],
  [
    'a Portuguese answer to what looks Spanish',
    'Qual é a capital do Brasil?',
    'A capital do Brasil é Brasília, que foi fundada em 1960.',
  ],
  [
    'a Russian answer',
    'Как приготовить борщ?',
    'Сварите бульон, добавьте свёклу, капусту и картофель, а потом зелень.',
  ],
  [
    'a Ukrainian answer',
    'Як приготувати борщ і що для цього треба?',
    'Зваріть бульйон, додайте буряк, капусту й картоплю, а потім зелень.',
  ],
  ['an Arabic answer', 'ما هي عاصمة مصر؟', 'عاصمة مصر هي القاهرة، وهي أكبر مدينة في البلاد.'],
  ['a Hindi answer', 'भारत की राजधानी क्या है?', 'भारत की राजधानी नई दिल्ली है, जो यमुना नदी के किनारे है।'],
  ['a Chinese answer', '中国的首都是哪里？', '中国的首都是北京，它是一座历史悠久的城市。'],
  ['a Japanese answer', '日本の首都はどこですか？', '日本の首都は東京です。人口は約1400万人です。'],
  ['a Japanese answer to kanji alone', '東京観光案内', '東京の観光では、浅草と上野をおすすめします。'],
  ['a Korean answer', '한국의 수도는 어디인가요?', '한국의 수도는 서울입니다. 인구는 약 950만 명입니다.'],
  [
    'a Turkish answer',
    'Türkiye’nin başkenti neresi?',
    'Türkiye’nin başkenti Ankara’dır ve ülkenin ikinci büyük şehridir.',
  ],
  [
    'a Vietnamese answer',
    'Thủ đô của Việt Nam là gì?',
    'Thủ đô của Việt Nam là Hà Nội, một thành phố có lịch sử lâu đời.',
  ],
  [
    'an Indonesian answer',
    'Apa ibu kota Indonesia dan di mana letaknya?',
    'Ibu kota Indonesia adalah Jakarta, yang terletak di pulau Jawa.',
  ],
  ['a Polish answer', 'Jaka jest stolica Polski?', 'Stolicą Polski jest Warszawa, która leży nad Wisłą.'],
  ['a Thai answer', 'เมืองหลวงของไทยคืออะไร', 'เมืองหลวงของประเทศไทยคือกรุงเทพมหานคร'],
  [
    'an asked translation',
    'Translate "good morning, how are you?" into French.',
    'Bonjour, comment allez-vous ? Je suis très heureux de vous voir avec votre famille.',
  ],
  [
    'an answer in a language that is named',
    'Tell me about Berlin, in German please.',
    'Berlin ist die Hauptstadt von Deutschland und eine der größten Städte der EU.',
  ],
  [
    'a translation asked for in Chinese',
    '把这句话翻译成英文：今天天气很好',
    'The weather is very nice today, and the sky is blue.',
  ],
  [
    'a translation asked for in Russian',
    'Переведи на английский: я люблю тебя и твою кошку',
    'I love you and your cat, and this is the way that it is.',
  ],
  [
    'code for a Russian question',
    'Напиши функцию, которая складывает два числа, на Python',
    'def add(a, b):\n    return a + b',
  ],
  [
    'a summary of a pasted English text asked for in German',
    `Fasse den Text zusammen, und zwar kurz: ${'The river is long and the bridge over it is old, which is why they closed it. '.repeat(20)}`,
    'Der Fluss ist lang und die Brücke ist alt, sie wird nicht mehr benutzt.',
  ],
  [
    'a Chinese word is explained in English',
    'What does 你好 mean and how do you say it?',
    'It means hello, and you pronounce it with two falling and rising tones.',
  ],
  [
    'a mix of scripts',
    'Pythonでリストをソートする方法は？',
    '`sorted()` を使います。`list.sort()` はリスト自体を変更します。',
  ],
  ['a short name in other letters', 'Как называется столица Франции?', 'Paris'],
  ['romanised Hindi answered in Devanagari', 'aap kaise ho bhai', 'मैं ठीक हूँ, आप कैसे हैं? बताइए, क्या मदद करूँ।'],
  [
    'a quoted refusal at the start',
    'What went wrong?',
    '"I\'m sorry, but I can\'t help with that" is what the bot wrote. It had no tools.',
  ],
  [
    'a remark at the end of an answer',
    'Explain photosynthesis.',
    "Leaves make sugar. They need light. They take in carbon dioxide. Roots store the rest. I can't provide more detail in so few words.",
  ],
  [
    'code without a fence for a German question',
    'Wie sortiere ich eine Liste und was ist dabei schnell?',
    'items.sort((a, b) => a - b); // the fast way of doing this\nconst last = items[items.length - 1]; // and this is the last of them',
  ],
];

const BAD: Readonly<Record<string, readonly Line[]>> = {
  refusal: [
    ['English', 'How do magnets work?', "I'm sorry, but I can't assist with that request."],
    ['English, no apology', 'How do magnets work?', 'I cannot provide an answer to this question.'],
    ['English, typographic', 'How do magnets work?', 'I’m sorry, but I can’t help with that.'],
    ['English, in bold', 'How do magnets work?', "**I'm sorry, but I'm unable to help with that.**"],
    [
      'English, as an AI',
      'Write a poem on war.',
      "As an AI language model, I can't create content that glorifies violence.",
    ],
    [
      'English, understanding first',
      'Sum this up.',
      'I understand that you want a summary. Unfortunately, I am not able to provide one. Let me know what else you need.',
    ],
    ['English, declining', 'Sum this up.', 'I must decline to do this.'],
    ['English, to an image', 'What is in the picture?', "I'm not able to help with pictures."],
    ['German', 'Wie geht das?', 'Es tut mir leid, aber dabei kann ich Ihnen leider nicht weiterhelfen.'],
    ['German, capable', 'Wie geht das?', 'Ich bin leider nicht in der Lage, diese Anfrage zu bearbeiten.'],
    ['French', 'Comment faire ?', 'Je suis désolé, mais je ne peux pas vous aider avec cette demande.'],
    ['Spanish', '¿Cómo se hace?', 'Lo siento, pero no puedo ayudarte con eso.'],
    ['Portuguese', 'Como se faz?', 'Desculpe, mas não posso ajudar com isso.'],
    ['Italian', 'Come si fa?', 'Mi dispiace, ma non posso aiutarti con questa richiesta.'],
    ['Dutch', 'Hoe werkt dat?', 'Het spijt me, maar ik kan je daar niet mee helpen.'],
    ['Swedish', 'Hur gör man?', 'Jag är ledsen, men jag kan inte hjälpa dig med det.'],
    ['Russian', 'Как это сделать?', 'Извините, но я не могу помочь с этим запросом.'],
    ['Ukrainian', 'Як це зробити?', 'Вибачте, але я не можу допомогти з цим.'],
    ['Polish', 'Jak to zrobić?', 'Przykro mi, ale nie mogę pomóc w tej sprawie.'],
    ['Turkish', 'Nasıl yapılır?', 'Üzgünüm, bu konuda yardımcı olamam.'],
    ['Arabic', 'كيف أفعل ذلك؟', 'آسف، لا أستطيع مساعدتك في هذا الطلب.'],
    ['Hindi', 'यह कैसे करें?', 'क्षमा करें, मैं इसमें आपकी मदद नहीं कर सकता।'],
    ['Chinese', '怎么做？', '很抱歉，我无法提供这方面的帮助。'],
    ['Japanese', 'どうやりますか？', '申し訳ありませんが、そのご要望にはお応えできません。'],
    ['Korean', '어떻게 하나요?', '죄송하지만 그 요청은 도와드릴 수 없습니다.'],
    ['Vietnamese', 'Làm thế nào?', 'Xin lỗi, tôi không thể giúp bạn với yêu cầu này.'],
    ['Indonesian', 'Bagaimana caranya?', 'Maaf, saya tidak dapat membantu permintaan itu.'],
  ],
  hedging: [
    ['English, unsure', 'Who won the 1962 cup?', "I'm not sure who won it."],
    ['English, no access', 'What is the weather?', "I don't have access to real-time information."],
    [
      'English, as an AI',
      'What is the price of gold?',
      'As an AI language model, I do not have real-time data.',
    ],
    ['English, cannot verify', 'Is that shop still open?', 'I cannot verify whether it is still open.'],
    ['English, ignorance', 'Who is Jon Doe of Leeds?', "I don't know who that is."],
    ['English, file', 'Read the file.', "I'm unable to view the attached file."],
    ['German', 'Wer war das?', 'Ich bin mir leider nicht sicher, wer das war.'],
    ['German, no access', 'Wie ist das Wetter?', 'Leider habe ich keinen Zugriff auf aktuelle Wetterdaten.'],
    ['French', 'Qui est-ce ?', 'Je ne suis pas sûr de la réponse.'],
    ['Spanish', '¿Qué tiempo hace?', 'No tengo acceso a información en tiempo real.'],
    ['Portuguese', 'Que tempo faz?', 'Não tenho acesso a dados em tempo real.'],
    ['Italian', 'Chi è?', 'Non sono sicuro della risposta.'],
    ['Dutch', 'Wie is dat?', 'Ik weet het niet zeker.'],
    ['Russian', 'Какая погода?', 'К сожалению, у меня нет доступа к данным о погоде.'],
    ['Polish', 'Kto to?', 'Nie jestem pewien, kto to jest.'],
    ['Turkish', 'Hava nasıl?', 'Gerçek zamanlı verilere erişimim yok.'],
    ['Arabic', 'كيف الطقس؟', 'ليس لدي معلومات عن الطقس الآن.'],
    ['Hindi', 'मौसम कैसा है?', 'मुझे इसकी जानकारी नहीं है।'],
    ['Chinese', '天气怎么样？', '抱歉，我无法获取实时天气数据。'],
    ['Japanese', '天気は？', '申し訳ありませんが、現在の天気は確認できません。'],
    ['Korean', '날씨 어때?', '죄송하지만 실시간 정보에 접근할 수 없습니다.'],
    ['Vietnamese', 'Thời tiết thế nào?', 'Tôi không chắc về điều này.'],
    ['Indonesian', 'Siapa dia?', 'Maaf, saya tidak tahu.'],
  ],
  wrong_language: [
    [
      'English for Chinese',
      '中国的首都是哪里？请详细介绍一下这座城市。',
      'The capital of China is Beijing, which is one of the oldest cities in the world.',
    ],
    [
      'Chinese for English',
      'What is the capital of France and how large is it?',
      '法国的首都是巴黎，它是法国最大的城市，也是欧洲的文化中心。',
    ],
    [
      'English for German',
      'Wie funktioniert ein Motor und was ist dafür nötig?',
      'An engine turns fuel into motion, and this is what you need: fuel, air and a spark.',
    ],
    [
      'German for English',
      'How does an engine work and what is needed for it?',
      'Ein Motor wandelt Energie in Bewegung um, und dafür ist auch Luft nötig. Er wird mit Kraftstoff betrieben.',
    ],
    [
      'English for Russian',
      'Как приготовить борщ и сколько это займёт времени?',
      'To make borscht, cook the beets with the cabbage and the potatoes for an hour.',
    ],
    [
      'Russian for Ukrainian',
      'Як приготувати борщ і скільки це займе часу?',
      'Сварите свёклу, капусту и картофель, это займёт час. Потом добавьте зелень и сметану, чтобы было вкусно.',
    ],
    [
      'Chinese for Japanese',
      '日本の首都はどこですか？詳しく教えてください。',
      '日本的首都是东京，它是世界上人口最多的城市之一，你可以去那里看看。',
    ],
    [
      'English for Korean',
      '한국의 수도는 어디인가요?',
      'The capital is Seoul, and it is the largest city of the country with ten million people.',
    ],
    [
      'English for Arabic',
      'ما هي عاصمة مصر؟',
      'The capital of the country is Cairo, which is the largest city in the region.',
    ],
    [
      'English for Spanish',
      '¿Qué puede hacer usted cuando los niños no duermen?',
      'You should keep the lights low and read to them, and with this they would sleep.',
    ],
  ],
  repetition: [
    [
      'a sentence',
      'Explain tides.',
      `Tides come from the moon. ${'The moon pulls the water of the sea. '.repeat(40)}`,
    ],
    [
      'a line',
      'List ideas.',
      'Here are some ideas:\n- Go for a walk in the park\n'.concat(
        '- Go for a walk in the park\n'.repeat(60),
      ),
    ],
    [
      'numbered lines',
      'List ideas.',
      Array.from({ length: 60 }, (_, at) => `${at + 1}. Go for a walk in the park with a friend`).join('\n'),
    ],
    ['a word', 'Say something.', 'very '.repeat(400)],
    ['a laugh without end', 'Tell me a joke.', 'ha '.repeat(600)],
    [
      'a paragraph',
      'Explain tides.',
      'The sea rises and falls twice a day. This is because of the pull of the moon, and a little that of the sun.\n\n'.repeat(
        12,
      ),
    ],
    ['Chinese', '解释一下潮汐', '月亮吸引海水，所以有潮汐。'.repeat(40)],
    ['Russian', 'Объясни приливы', 'Луна притягивает воду морей и океанов. '.repeat(40)],
  ],
  truncated: [
    [
      'in a sentence',
      'Explain rain.',
      'Water evaporates. It rises and cools. Clouds form. When the drops are heavy enough they fall to the',
    ],
    [
      'in a long last line',
      'Explain rain.',
      'Water evaporates. It rises and cools. Clouds form.\n\nWhen the drops in these clouds have become heavy enough to overcome the rising air they begin',
    ],
    ['in code', 'Write a loop.', 'Here it is:\n```js\nfor (let i = 0; i < 3; i += 1) {\n  console.log('],
    ['in a table', 'Compare.', '| a | b |\n|---|---|\n| 1 | 2 |\n| 3'],
    ['at an empty item', 'List three.', '1. One\n2. Two\n3.'],
    ['at an empty bullet', 'List three.', '- One\n- Two\n-'],
    [
      'after a comma',
      'Explain rain.',
      'Water evaporates. It rises and cools. Clouds form.\n\nWhen the drops in these clouds have become heavy enough to overcome the rising air,',
    ],
    [
      'in German',
      'Was ist Regen?',
      'Wasser verdunstet. Es steigt auf. Wolken entstehen, und dann fallen die Tropfen auf die',
    ],
  ],
  empty: [
    ['nothing', 'Hi', ''],
    ['blanks', 'Hi', ' \n\n '],
    ['thoughts alone', 'Hi', '<think>The user greets me.</think>'],
  ],
};

const TOOL: JsonObject = {
  type: 'function',
  function: {
    name: 'get_weather',
    parameters: {
      type: 'object',
      properties: { city: { type: 'string' }, unit: { enum: ['c', 'f'] } },
      required: ['city'],
      additionalProperties: false,
    },
  },
};

const PERSON: JsonObject = {
  type: 'json_schema',
  json_schema: {
    name: 'person',
    schema: {
      type: 'object',
      properties: {
        name: { type: 'string', minLength: 1 },
        age: { type: 'integer', minimum: 0 },
        tags: { type: 'array', items: { $ref: '#/$defs/tag' }, maxItems: 2 },
        home: { anyOf: [{ type: 'null' }, { type: 'object', required: ['city'] }] },
      },
      required: ['name', 'age'],
      additionalProperties: false,
      $defs: { tag: { type: 'string', enum: ['a', 'b'] } },
    },
  },
};

const OBJECT: JsonObject = { type: 'json_object' };

/** Drafts whose form the request demands, and what is found in them. */
const FORMS: readonly (readonly [
  name: string,
  verdict: string,
  change: Partial<CheckedQuestion>,
  draft: Partial<Draft>,
])[] = [
  ['an object', 'good', { responseFormat: OBJECT }, { text: '{"a": 1}' }],
  ['an array where an object is asked for', 'invalid_json', { responseFormat: OBJECT }, { text: '[1]' }],
  ['prose before the JSON', 'invalid_json', { responseFormat: OBJECT }, { text: 'Here: {"a": 1}' }],
  [
    'fenced JSON, which the client cannot parse',
    'invalid_json',
    { responseFormat: OBJECT },
    { text: '```json\n{"a": 1}\n```' },
  ],
  [
    'JSON behind thoughts, which the client cannot parse',
    'invalid_json',
    { responseFormat: OBJECT },
    { text: '<think>An object.</think>{"a": 1}' },
  ],
  [
    'null where the schema says nullable',
    'good',
    { responseFormat: { type: 'json_schema', json_schema: { schema: { type: 'string', nullable: true } } } },
    { text: 'null' },
  ],
  ['JSON with a comma too many', 'invalid_json', { responseFormat: OBJECT }, { text: '{"a": 1,}' }],
  [
    'JSON cut by the limit',
    'truncated',
    { responseFormat: OBJECT },
    { text: '{"a": 1, "b', finishReason: 'length' },
  ],
  [
    'what the schema asks for',
    'good',
    { responseFormat: PERSON },
    { text: '{"name":"Ann","age":3,"tags":["a"],"home":null}' },
  ],
  ['a missing property', 'invalid_json', { responseFormat: PERSON }, { text: '{"name":"Ann"}' }],
  ['a wrong type', 'invalid_json', { responseFormat: PERSON }, { text: '{"name":"Ann","age":"3"}' }],
  [
    'a number with decimals for a whole one',
    'invalid_json',
    { responseFormat: PERSON },
    { text: '{"name":"Ann","age":3.5}' },
  ],
  [
    'a number below the minimum',
    'invalid_json',
    { responseFormat: PERSON },
    { text: '{"name":"Ann","age":-1}' },
  ],
  [
    'an empty string for a longer one',
    'invalid_json',
    { responseFormat: PERSON },
    { text: '{"name":"","age":3}' },
  ],
  [
    'an unknown property',
    'invalid_json',
    { responseFormat: PERSON },
    { text: '{"name":"Ann","age":3,"x":1}' },
  ],
  [
    'a value outside a referenced enum',
    'invalid_json',
    { responseFormat: PERSON },
    { text: '{"name":"Ann","age":3,"tags":["c"]}' },
  ],
  [
    'too many items',
    'invalid_json',
    { responseFormat: PERSON },
    { text: '{"name":"Ann","age":3,"tags":["a","b","a"]}' },
  ],
  [
    'none of the alternatives',
    'invalid_json',
    { responseFormat: PERSON },
    { text: '{"name":"Ann","age":3,"home":{}}' },
  ],
  [
    'a name like a method of objects',
    'invalid_json',
    { responseFormat: PERSON },
    { text: '{"name":"Ann","age":3,"constructor":1}' },
  ],
  [
    'English JSON for a German request',
    'good',
    { responseFormat: OBJECT, userText: 'Wie ist das Wetter und was ist zu tun?' },
    { text: '{"summary": "The weather is fine and you should go out with the dog."}' },
  ],
  ['a call that can be run', 'good', { tools: [TOOL] }, call('get_weather', '{"city":"Oslo","unit":"c"}')],
  [
    'a call beside a remark',
    'good',
    { tools: [TOOL] },
    { ...call('get_weather', '{"city":"Oslo"}'), text: "I'm not sure, let me look." },
  ],
  [
    'a call beside a remark that is cut',
    'good',
    { tools: [TOOL] },
    { ...call('get_weather', '{"city":"Oslo"}'), text: 'Sure. Of course. Let me ask the' },
  ],
  ['a tool nobody offered', 'invalid_tool_call', { tools: [TOOL] }, call('get_time', '{}')],
  ['a call without any tools', 'invalid_tool_call', {}, call('get_weather', '{}')],
  [
    'arguments that are no JSON',
    'invalid_tool_call',
    { tools: [TOOL] },
    call('get_weather', '{"city": Oslo}'),
  ],
  ['arguments that are no object', 'invalid_tool_call', { tools: [TOOL] }, call('get_weather', '"Oslo"')],
  ['a missing argument', 'invalid_tool_call', { tools: [TOOL] }, call('get_weather', '')],
  [
    'an argument outside its enum',
    'invalid_tool_call',
    { tools: [TOOL] },
    call('get_weather', '{"city":"Oslo","unit":"k"}'),
  ],
  [
    'an argument nobody asked for',
    'invalid_tool_call',
    { tools: [TOOL] },
    call('get_weather', '{"city":"Oslo","day":1}'),
  ],
  [
    'no call where one is required',
    'invalid_tool_call',
    { tools: [TOOL], toolChoice: 'required' },
    { text: 'It is sunny.' },
  ],
  [
    'another call than the demanded one',
    'invalid_tool_call',
    { tools: [TOOL, other('get_time')], toolChoice: { type: 'function', function: { name: 'get_weather' } } },
    call('get_time', '{}'),
  ],
  [
    'the demanded call',
    'good',
    { tools: [TOOL], toolChoice: { type: 'function', function: { name: 'get_weather' } } },
    call('get_weather', '{"city":"Oslo"}'),
  ],
  [
    'a call where none is wanted',
    'invalid_tool_call',
    { tools: [TOOL], toolChoice: 'none' },
    call('get_weather', '{"city":"Oslo"}'),
  ],
  [
    'a call written out as text',
    'invalid_tool_call',
    { tools: [TOOL] },
    { text: '<tool_call>{"name": "get_weather", "arguments": {"city": "Oslo"}}</tool_call>' },
  ],
  [
    'a call written out as JSON',
    'invalid_tool_call',
    { tools: [TOOL] },
    { text: '{"name": "get_weather", "parameters": {"city": "Oslo"}}' },
  ],
  ['text beside offered tools', 'good', { tools: [TOOL] }, { text: 'It is sunny in Oslo.' }],
  ['no arguments for a tool without any', 'good', { tools: [other('get_time')] }, call('get_time', '')],
  ['a limit that the client did not set', 'truncated', {}, { text: 'One, two', finishReason: 'length' }],
  [
    'the limit that the client set',
    'good',
    { maxOutputTokens: 2 },
    { text: 'One, two', finishReason: 'length', usage: usage(2) },
  ],
  [
    'a lower limit than the client set',
    'truncated',
    { maxOutputTokens: 4_000 },
    { text: 'One, two', finishReason: 'length', usage: usage(2) },
  ],
  [
    'a lower limit, with no usage told',
    'truncated',
    { maxOutputTokens: 4_000 },
    { text: 'One, two', finishReason: 'length' },
  ],
  ['a stop sequence of the client', 'good', { hasStops: true }, { text: '```js\nfoo(' }],
  ['thoughts cut by the limit', 'truncated', {}, { text: '<think>Let me see', finishReason: 'length' }],
  ['an upstream that filtered', 'refusal', {}, { text: 'Well', finishReason: 'content_filter' }],
  ['an upstream that never ended', 'upstream_failed', {}, { text: 'Well', finishReason: null }],
  [
    'unsure tokens',
    'low_confidence',
    {},
    { text: 'Some text here.', logprobs: Array.from({ length: 20 }, () => -2) },
  ],
  ['sure tokens', 'good', {}, { text: 'Some text here.', logprobs: Array.from({ length: 20 }, () => -0.2) }],
  ['too few tokens to tell', 'good', {}, { text: 'Some text here.', logprobs: [-5, -5] }],
  [
    'a language named by the system',
    'good',
    { userText: 'What is the weather like and how are you?', contextText: 'Always answer in German.' },
    { text: 'Das Wetter ist schön und ich bin auch zufrieden.' },
  ],
  [
    'a refusal that the system told it to make',
    'good',
    { contextText: 'Only answer questions about our shop, decline the rest.' },
    { text: "I'm sorry, but I can't help with that." },
  ],
];

/** Beginnings that say no or "I don't know", in other words than the lines above. */
const SAYS_NO: readonly string[] = [
  "I'm really sorry, but I can't continue with this conversation.",
  "Sorry, I can't do that.",
  'I apologize, but I cannot fulfill this request as it goes against my guidelines.',
  "Unfortunately, I'm not able to generate that kind of content.",
  "I won't be able to help with this one.",
  "I'm unable to provide medical diagnoses.",
  "I can't discuss that topic.",
  'I’m sorry, I cannot engage in that.',
  "I'm afraid I can't assist you with hacking.",
  "As a language model, I'm not able to answer that.",
  'I cannot browse the internet.',
  'I do not have enough information to answer.',
  "I'm not familiar with that term.",
  "I don't have information about events after 2023.",
  "It's impossible for me to say without more data.",
  'I have no way of knowing that.',
  'Tut mir leid, das kann ich nicht beantworten.',
  'Leider kann ich diese Anfrage nicht erfüllen.',
  'Ich kann Ihnen dazu keine Auskunft geben.',
  'Als KI habe ich keinen Zugriff auf das Internet.',
  'Das weiß ich leider nicht.',
  'Désolé, je ne suis pas en mesure de répondre à cette question.',
  'Je ne peux malheureusement pas fournir ces informations.',
  "Je n'ai pas accès aux données en temps réel.",
  'Je ne sais pas.',
  'Lo siento, no puedo proporcionar esa información.',
  'Lamentablemente, no puedo cumplir con esa solicitud.',
  'No estoy seguro de cuál es la respuesta.',
  'No tengo información sobre ese tema.',
  'Desculpe, não posso fornecer essas informações.',
  'Não consigo ajudar com isso.',
  'Não tenho certeza sobre isso.',
  'Mi dispiace, non sono in grado di fornire queste informazioni.',
  'Non ho accesso a informazioni in tempo reale.',
  'Non lo so con certezza.',
  'Sorry, ik kan deze vraag niet beantwoorden.',
  'Ik heb geen toegang tot actuele gegevens.',
  'К сожалению, я не могу ответить на этот вопрос.',
  'Я не знаю ответа на этот вопрос.',
  'Я не уверена, что это так.',
  'Niestety nie mogę odpowiedzieć na to pytanie.',
  'Nie mam dostępu do aktualnych danych.',
  'Maalesef bu isteği yerine getiremem.',
  'Bu konuda bilgim yok.',
  'Bundan emin değilim.',
  'عذراً، لا يمكنني تقديم هذه المعلومات.',
  'لا أعرف الإجابة على هذا السؤال.',
  'मुझे खेद है, मैं यह जानकारी प्रदान नहीं कर सकता।',
  'मुझे नहीं पता।',
  '对不起，我不能回答这个问题。',
  '我不确定答案是什么。',
  '作为一个人工智能，我无法提供医疗建议。',
  '申し訳ございませんが、その質問にはお答えできません。',
  'すみません、わかりません。',
  '죄송합니다. 답변해 드릴 수 없습니다.',
  '잘 모르겠습니다.',
  'Xin lỗi, tôi không thể cung cấp thông tin này.',
  'Tôi không biết câu trả lời.',
  'Maaf, saya tidak bisa menjawab pertanyaan ini.',
  'Saya tidak yakin dengan jawabannya.',
  'Вибачте, я не можу відповісти на це питання.',
  'Я не маю доступу до цих даних.',
  'Tyvärr kan jag inte svara på den frågan.',
  'Jag vet inte.',
];

/** Beginnings with the same words that say something else. */
const SAYS_MORE: readonly string[] = [
  'I can provide that: here is the list.',
  "You can't open the file because it's locked. Restart it.",
  "We can't answer this without the price. Suppose it is 5 dollars; then the total is 20.",
  'They will not help you unless you call first.',
  'No, you cannot return it after 30 days.',
  "I don't think that's right: 7 is prime.",
  "I'd be happy to help! What can't you open?",
  "I'm not going to lie, this is a great poem.",
  'Ich kann dir das gerne erklären: Ein Motor ist eine Maschine.',
  'Ich würde nicht auf Rot fahren. Das ist verboten.',
  'Je peux vous aider avec cela. Voici la liste.',
  'No puedes entrar sin visado. Tienes que pedirlo antes.',
  'Non puoi usare quel treno. Prendi il bus.',
  'Нельзя смешивать эти вещества. Они не могут помочь.',
  'Вы не можете написать письмо без адреса.',
  '你不能回答这个问题，因为题目缺少条件。',
  '我认为不能完成任务的原因有三个。',
  '그는 도와줄 수 없었다. 그래서 떠났다.',
  'Bu ilacı alkolle almayın, yardımcı olmaz.',
  'Saya bisa membantu Anda. Berikut daftarnya.',
  'Tôi có thể giúp bạn. Đây là danh sách.',
  'I do not have a favourite, but many people love blue.',
  "I'm not sure if you meant the band or the bird, so here are both.",
  'The model says it is unable to provide the answer when the key is missing.',
  'I won the match. I will not write a longer story today: the end.',
];

describe('a complete draft', () => {
  it.each(SAYS_NO)('is held back: %s', (text) => {
    expect(['refusal', 'hedging']).toContain(verdict({}, { text }));
  });

  it.each(SAYS_MORE)('passes: %s', (text) => {
    expect(verdict({}, { text })).toBe('good');
  });

  it.each(GOOD)('passes: %s', (_name, ask, text) => {
    expect(verdict({ userText: ask }, { text })).toBe('good');
  });

  for (const [fault, lines] of Object.entries(BAD)) {
    it.each(lines)(`is held back for ${fault}: %s`, (_name, ask, text) => {
      expect(verdict({ userText: ask }, { text })).toBe(fault);
    });
  }

  it.each(FORMS)('%s: %s', (_name, expected, change, own) => {
    expect(verdict(change, own)).toBe(expected);
  });
});

const SECOND: readonly (readonly [
  name: string,
  verdict: string,
  change: Partial<CheckedQuestion>,
  own: Partial<Draft>,
  other: Partial<Draft> | null,
])[] = [
  ['the same number', 'good', {}, { text: 'The answer is 42.' }, { text: '#### 42' }],
  ['another number', 'disagreement', {}, { text: 'The answer is 42.' }, { text: '#### 43' }],
  ['no second draft', 'good', {}, { text: 'The answer is 42.' }, null],
  [
    'a second draft that failed',
    'good',
    {},
    { text: 'The answer is 42.' },
    { text: '#### 43', finishReason: null },
  ],
  [
    'a second draft that states nothing',
    'good',
    {},
    { text: 'The answer is 42.' },
    { text: 'It depends on what you count.' },
  ],
  [
    'a second draft that refuses',
    'good',
    {},
    { text: 'The answer is 42.' },
    { text: "I can't help with that." },
  ],
  [
    'two essays',
    'good',
    {},
    { text: 'Tides come from the moon.' },
    { text: 'The pull of the moon and sun moves the sea.' },
  ],
  [
    'equal JSON',
    'good',
    { responseFormat: OBJECT },
    { text: '{"total": 12.5, "note": "a b c d e"}' },
    { text: '{"note": "other words in here", "total": 12.50}' },
  ],
  [
    'unequal JSON',
    'disagreement',
    { responseFormat: OBJECT },
    { text: '{"total": 12.5}' },
    { text: '{"total": 13}' },
  ],
  [
    'JSON that differs in its confidence only',
    'good',
    { responseFormat: OBJECT },
    { text: '{"label": "spam", "confidence": 0.9}' },
    { text: '{"label": "spam", "confidence": 0.7}' },
  ],
  [
    'a long composition in JSON',
    'good',
    { responseFormat: OBJECT },
    { text: JSON.stringify({ values: Array.from({ length: 20 }, (_, at) => at) }) },
    { text: JSON.stringify({ values: Array.from({ length: 20 }, (_, at) => at * at) }) },
  ],
  [
    'JSON with another label',
    'disagreement',
    { responseFormat: OBJECT },
    { text: '{"label": "spam"}' },
    { text: '{"label": "ham"}' },
  ],
  [
    'the same call',
    'good',
    { tools: [TOOL] },
    call('get_weather', '{"city":"Oslo"}'),
    call('get_weather', '{"city": "oslo"}'),
  ],
  [
    'another city',
    'disagreement',
    { tools: [TOOL] },
    call('get_weather', '{"city":"Oslo"}'),
    call('get_weather', '{"city":"Bergen"}'),
  ],
  [
    'another tool',
    'disagreement',
    { tools: [TOOL, other('get_time')] },
    call('get_weather', '{"city":"Oslo"}'),
    call('get_time', '{}'),
  ],
  [
    'a call and a text',
    'good',
    { tools: [TOOL] },
    call('get_weather', '{"city":"Oslo"}'),
    { text: 'Sunny.' },
  ],
];

describe('a second opinion', () => {
  it.each(SECOND)('%s: %s', (_name, expected, change, own, second) => {
    expect(verdict(change, own, second)).toBe(expected);
  });
});

function verdict(
  change: Partial<CheckedQuestion>,
  own: Partial<Draft>,
  second: Partial<Draft> | null = null,
): string {
  const question: CheckedQuestion = {
    userText: 'Tell me, please.',
    tools: [],
    maxOutputTokens: null,
    ...change,
  };
  const found = checkDraft(question, draft(own), second === null ? null : draft(second));
  return found.type === 'good' ? 'good' : found.fault;
}

function draft(change: Partial<Draft>): Draft {
  return { text: '', toolCalls: [], finishReason: 'stop', ...change };
}

function call(name: string, args: string): Partial<Draft> {
  return { toolCalls: [{ name, args }], finishReason: 'tool_calls' };
}

function other(name: string): JsonObject {
  return { type: 'function', function: { name } };
}

function usage(outputTokens: number): NonNullable<Draft['usage']> {
  return {
    input_tokens: 1,
    output_tokens: outputTokens,
    cached_tokens: 0,
    reasoning_tokens: 0,
    estimated: false,
  };
}
