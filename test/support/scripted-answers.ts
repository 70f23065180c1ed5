// Thirty answers as models write them, each longer than sixty tokens of one to eight characters: what is lost of one of them,
// and what a continuation makes of it, can be compared with the whole.

import { Random } from './replay-random.ts';

export type ScriptedAnswer = { readonly name: string; readonly text: string; readonly isJson: boolean };

const PROSE: Readonly<Record<string, string>> = {
  english: `The tides are caused by the pull of the Moon and, to a smaller degree, of the Sun. The side of the Earth that faces the Moon is pulled more strongly than its centre, and the far side less strongly, so the water bulges on both sides. As the Earth turns, every coast passes through both bulges once a day.\n\nAt new and full moon the two pulls add up: these are the spring tides. At the half moons they work against each other, and the difference between high and low water is small.`,
  german: `Der Begriff „Föhn“ bezeichnet einen warmen, trockenen Fallwind. Feuchte Luft steigt an der Luvseite eines Gebirges auf, kühlt ab und regnet sich aus; auf der anderen Seite sinkt sie wieder ab und erwärmt sich dabei stärker, als sie sich vorher abgekühlt hat. Deshalb ist es im Alpenvorland an Föhntagen oft überraschend mild. Manche Menschen klagen dann über Kopfschmerzen – belegt ist der Zusammenhang allerdings nicht.`,
  french: `L'été dernier, nous avons traversé la Bretagne à vélo. Chaque matin, il fallait d'abord réparer ce que la veille avait abîmé : une chaîne, un pneu, parfois l'humeur. « On y va ? » demandait Hélène, et l'on partait. Les côtes étaient courtes mais nombreuses ; les crêpes, elles, étaient longues et peu nombreuses. À la fin, personne ne voulait rentrer, pas même la chaîne.`,
  russian: `Самовар появился в России в восемнадцатом веке и быстро стал предметом, без которого трудно представить себе чаепитие. Внутри корпуса проходит труба, в которую кладут щепки или шишки; вода вокруг неё закипает и долго остаётся горячей. На верх ставили заварочный чайник, чтобы крепкая заварка не остывала. Сегодня самовары чаще всего электрические, но запах дыма помнят многие.`,
  arabic: `القهوة شراب عرفه الناس منذ قرون، وقد بدأت رحلتها من مرتفعات الحبشة ثم انتقلت إلى اليمن. كان المتصوفة يشربونها ليسهروا الليل في العبادة، ثم انتشرت المقاهي في المدن الكبرى وصارت مكانًا للحديث والشعر. واليوم تُعد القهوة من أكثر المشروبات انتشارًا في العالم، ولكل بلد طريقته في تحضيرها وتقديمها للضيوف.`,
  hindi: `मानसून भारत की खेती की रीढ़ है। जून के महीने में दक्षिण-पश्चिम से आने वाली हवाएँ समुद्र से नमी लेकर आती हैं और पूरे देश में वर्षा करती हैं। यदि वर्षा समय पर न हो तो फसलें सूख जाती हैं, और यदि बहुत अधिक हो तो बाढ़ आ जाती है। इसलिए किसान बादलों को बड़े ध्यान से देखते हैं और मौसम विभाग की हर सूचना सुनते हैं।`,
};

const WIDE: Readonly<Record<string, string>> = {
  chinese: `长城并不是一道连续的墙，而是许多朝代修建的城墙、关隘和烽火台的总称。最早的一段可以追溯到春秋战国时期，各诸侯国为了防御邻国，在边境筑起了土墙。秦始皇统一六国以后，把北方的几段连接起来；今天游客常去的八达岭，则是明代用砖石重修的。关于“在月球上能看见长城”的说法，宇航员早已否认：城墙虽然很长，却太窄了，颜色也与周围的山地十分接近。要理解长城，与其看它有多长，不如看它把什么人隔开，又让什么人在关口相遇：商人、使者、牧民和士兵，都曾在城门下排队等候。`,
  japanese: `金継ぎは、割れた陶磁器を漆で接着し、継ぎ目を金で飾る修理の技法です。壊れた部分を隠すのではなく、むしろ模様として見せるところに特徴があります。まず破片を麦漆で貼り合わせ、何日もかけて乾かします。次に欠けた部分を錆漆で埋め、研いで平らにします。最後に細い筆で漆の線を描き、その上に金粉を蒔きます。完成した器は、元の姿とは違いますが、使い続けた時間そのものが景色になります。道具を長く使うという考え方は、今の暮らしにも役立つのではないでしょうか。急がず、少しずつ、手を動かしてみてください。`,
  korean: `김치는 배추나 무를 소금에 절여 고춧가루, 마늘, 생강, 젓갈 등을 넣고 발효시킨 음식입니다. 지역마다 재료와 맛이 다른데, 추운 북쪽에서는 소금과 양념을 적게 써서 시원한 맛이 나고, 따뜻한 남쪽에서는 젓갈을 넉넉히 넣어 진한 맛이 납니다. 예전에는 늦가을에 온 마을이 모여 김장을 했고, 독을 땅에 묻어 겨울 내내 먹었습니다. 요즘은 김치냉장고가 그 일을 대신하지만, 함께 담그고 나누는 풍습은 여전히 남아 있습니다.`,
  thai: `ต้มยำกุ้งเป็นอาหารไทยที่มีชื่อเสียงไปทั่วโลก รสชาติหลักคือเปรี้ยว เผ็ด และเค็ม ได้จากน้ำมะนาว พริกขี้หนู และน้ำปลา ส่วนกลิ่นหอมมาจากข่า ตะไคร้ และใบมะกรูด วิธีทำไม่ยาก ต้มน้ำซุปกับสมุนไพรให้เดือด ใส่กุ้งและเห็ด พอกุ้งสุกก็ปิดไฟ แล้วจึงปรุงรสด้วยน้ำมะนาวและน้ำปลา โรยผักชีก่อนเสิร์ฟ ควรชิมก่อนทุกครั้งเพราะมะนาวแต่ละลูกเปรี้ยวไม่เท่ากัน`,
};

const EMOJI: Readonly<Record<string, string>> = {
  emoji: `Our team 👩‍💻👨‍🍳🧑‍🚀 is growing! Here is who does what:\n\n- 👩‍💻 Ana writes the code 🚀✨\n- 👨‍🍳 Bruno cooks 🍝🍕🥗 (and burns 🔥 nothing)\n- 🧑🏽‍🎨 Chidi draws ❤️‍🔥🎨\n- 👨‍👩‍👧‍👦 families are welcome 🏳️‍🌈🇧🇷🇯🇵🇩🇪\n\nVotes so far: 👍👍👍👍🏽👍🏿 and 👎. Keycaps 1️⃣2️⃣3️⃣ work too, and so do rare ones: 🫠🫥🪿. See you 👋🏻👋🏼👋🏽 soon, and bring 🎂🎂🎂 for everybody — yes, three!`,
  'emoji rows': `${'😀😀😀😀😀😀😀😀\n'.repeat(6)}Six rows of eight smiles, drawn as asked. 🎉🎉\n${'🟥🟧🟨🟩🟦🟪\n'.repeat(7)}And seven equal rainbows; that makes forty-two squares 🧮 in all, which some say is the answer.`,
};

const REPETITIVE: Readonly<Record<string, string>> = {
  laughter: `He heard the joke, waited a moment, and then it came: ${'ha '.repeat(60)}and when everybody thought that it was over, once more: ${'ha ha ha! '.repeat(8)}That was all. Very, very, very funny, he said, very, very funny indeed.`,
  refrain: `Row, row, row your boat,\nGently down the stream.\nMerrily, merrily, merrily, merrily,\nLife is but a dream.\n\nRow, row, row your boat,\nGently up the creek.\nIf you see a little mouse,\nDon't forget to squeak.\n\nRow, row, row your boat,\nGently down the stream.\nIf you see a crocodile,\nDon't forget to scream.\n\nRow, row, row your boat,\nGently to the shore.\nIf you see a lion there,\nDon't forget to roar.`,
  'german refrain': `Der Mond ist aufgegangen am Rande dieser Stadt,\ner hat mit mir gesprochen und sagt, was er so hat.\nUnd ich, ich bleibe wach,\nund ich, ich bleibe wach.\n\nDie Sonne ist gegangen am Rande dieser Stadt,\nsie hat nicht viel gesprochen, sie war vom Tag ganz matt.\nUnd ich, ich bleibe wach,\nund ich, ich bleibe wach.\n\nDie Sterne sind gekommen am Rande dieser Stadt.\nUnd ich, ich bleibe wach,\nund ich, ich bleibe wach.`,
  'equal rows': `| Day | Shift | Room |\n| --- | --- | --- |\n${'| Monday | early | 12 |\n'.repeat(4)}${'| Tuesday | late | 7 |\n'.repeat(5)}| Friday | none | 7 |\n${'| - | - | - |\n'.repeat(6)}\nEqual rows are meant: every line is one person on that shift.`,
  numbers: Array.from({ length: 200 }, (_, at) => String(at + 1)).join(', '),
  'number lines': Array.from({ length: 200 }, (_, at) => String(at + 1)).join('\n'),
};

const MARKUP: Readonly<Record<string, string>> = {
  'bullet list': `To repot a plant you need:\n\n- a pot that is two centimetres wider than the old one\n- fresh soil, **not** from the garden\n- a little gravel for the bottom\n- water\n\nThen:\n\n- Loosen the root ball with your fingers.\n- Cut off what is brown or soft.\n  - Healthy roots are white.\n  - Leave them alone.\n- Set it in, fill up, press lightly, water well.\n\nGive it a week in the shade.`,
  'numbered steps': `1. Open the settings and choose **Network**.\n2. Turn off *Automatic*.\n3. Enter the address \`192.168.0.17\` and the mask \`255.255.255.0\`.\n4. Press **Save**, then **Save** once more in the dialog that follows.\n5. Restart the printer.\n\nIf it still does not answer:\n\n1. Open the settings and choose **Reset**.\n2. Wait until both lights are green.\n3. Begin again with the first step above.`,
  table: `# Planets\n\n| Planet | Moons | Day (h) | Rings |\n|:-------|------:|--------:|:-----:|\n| Mercury | 0 | 4222.6 | no |\n| Venus | 0 | 2802.0 | no |\n| Earth | 1 | 24.0 | no |\n| Mars | 2 | 24.7 | no |\n| Jupiter | 95 | 9.9 | yes |\n| Saturn | 146 | 10.7 | yes |\n| Uranus | 28 | 17.2 | yes |\n| Neptune | 16 | 16.1 | yes |\n\nMoons are counted as named or confirmed; the numbers still grow.`,
  links: `Further reading:\n\n- [The first guide](https://docs.example.org/en/latest/guide/part-1/introduction.html?utm_source=list&utm_medium=text#the-first-steps)\n- [The second guide](https://docs.example.org/en/latest/guide/part-2/introduction.html?utm_source=list&utm_medium=text#the-first-steps)\n- ![A diagram](https://cdn.example.org/a/b/c/d/0123456789abcdef0123456789abcdef/diagram.svg "Overview")\n- <https://example.org/very/long/path/without/any/space/in/it/at/all/which/goes/on/and/on/and/on/and/on/and/on.html>\n\nAll were read this week.`,
  'crlf mail': `Dear Ms Ortega,\r\n\r\nthank you for your letter of 3 May. We are sorry that the parcel came late.\r\n\r\nWe have sent the missing parts today:\r\n\r\n  * 2 x hinge, brass\r\n  * 8 x screw, 3.5 x 16\r\n\r\nYou need not return anything. Should the hinges not fit, please call us\r\nbetween 9 and 17 o'clock; we cannot be reached on Fridays.\r\n\r\nKind regards,\r\nJ. Okafor\r\n`,
};

const CODE: Readonly<Record<string, string>> = {
  python: `Here is the function:\n\n\`\`\`python\ndef moving_average(values, size):\n    """Mean of every window of \`size\` values."""\n    if size <= 0:\n        raise ValueError("size must be positive")\n    total = 0.0\n    for at, value in enumerate(values):\n        total += value\n        if at >= size:\n            total -= values[at - size]\n        if at >= size - 1:\n            yield total / size\n\`\`\`\n\nIt reads each value twice at most.`,
  typescript: `\`\`\`ts\nexport type Shape =\n  | { readonly type: 'circle'; readonly radius: number }\n  | { readonly type: 'square'; readonly side: number };\n\nexport function areaOf(shape: Shape): number {\n  switch (shape.type) {\n    case 'circle':\n      return Math.PI * shape.radius ** 2;\n    case 'square':\n      return shape.side ** 2;\n  }\n}\n\`\`\`\n\nThe compiler complains when a shape is added and no case for it is.`,
  'two blocks': `Install it first:\n\n~~~sh\nnpm install example\nnpx example init --force\n~~~\n\nThen import it:\n\n\`\`\`js\nimport { start } from 'example';\n\nawait start({ port: 8080 });\nawait start({ port: 8081 });\nawait start({ port: 8082 });\n\`\`\`\n\nEach call starts a server of its own. To stop them again:\n\n\`\`\`js\nimport { stop } from 'example';\n\nawait stop();\n\`\`\`\n`,
  html: `\`\`\`html\n<table>\n  <tr><td>0</td><td>0</td></tr>\n  <tr><td>0</td><td>0</td></tr>\n  <tr><td>0</td><td>1</td></tr>\n  <tr><td>0</td><td>0</td></tr>\n</table>\n<ul>\n  <li>one</li>\n  <li>one</li>\n  <li>two</li>\n</ul>\n<p>\n  The end of a page that has very little on it, but some rows are equal.\n</p>\n\`\`\``,
};

const JSON_TEXTS: Readonly<Record<string, string>> = {
  'json object': JSON.stringify(
    {
      title: 'Soup "of the day"',
      serves: 4,
      vegan: true,
      ingredients: ['leek', 'potato', 'salt', 'water'],
      steps: ['Cut the leek, then the potato.', 'Cook both in the water.', 'Salt it.'],
      notes: null,
      source: { name: 'Grandmother', year: 1974, url: 'https://example.org/soup?x=1&y=2' },
    },
    null,
    2,
  ),
  'json array': JSON.stringify([
    0,
    0,
    0,
    1,
    ...Array.from({ length: 12 }, (_, id) => ({ id, on: true, label: 'same label', values: [0, 0, 0] })),
  ]),
  'json text': `\n${JSON.stringify({ answer: 'Line one\nline two\nline two\n\ttabbed "quoted" text with 😀 and \\ backslashes, and a good deal of it so that most cuts fall inside of this string. It goes on, and on, and on, until it has said everything there is to say about strings.', confidence: 0.93, tags: ['a', 'a', 'b', 'a', 'a', 'b'], count: 1000 })}`,
};

export const SCRIPTED_ANSWERS: readonly ScriptedAnswer[] = [PROSE, WIDE, EMOJI, REPETITIVE, MARKUP, CODE]
  .flatMap((texts) => Object.entries(texts).map(([name, text]) => ({ name, text, isJson: false })))
  .concat(Object.entries(JSON_TEXTS).map(([name, text]) => ({ name, text, isJson: true })));

/** Cuts a text as a tokenizer might: pieces of one to eight units, or one to three where a
 * character is a word, in the middle of words, never within a character's pair. */
export function tokensOf(text: string, seed: number): readonly string[] {
  const random = new Random(seed);
  const tokens: string[] = [];
  for (let from = 0; from < text.length;) {
    const longest = /[\u2e80-\ud7af]/.test(text.charAt(from)) ? 3 : 8;
    let to = Math.min(text.length, from + random.between(1, longest));
    if (/[\ud800-\udbff]/.test(text.charAt(to - 1))) to += 1;
    tokens.push(text.slice(from, to));
    from = to;
  }
  return tokens;
}
