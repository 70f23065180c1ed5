// ClawRouter's weighted scorer, rebuilt from its documentation to be measured against (BlockRunAI/ClawRouter,
// src/router, MIT). Documented and kept: the dimensions, their weights, hit counts, scores and English words, matching
// by substring, the length thresholds, the tier boundaries, and two reasoning markers meaning the top tier.
// Approximated: its lists in eight more languages are translated here from the English words, for the dimensions that
// weigh most; its confidence only chooses among models and is left out.

import {
  countWords,
  lengthScore,
  weightedScore,
  wordList,
  type KeywordDimension,
} from './keyword-dimensions.ts';

const CODE = wordList(`
  function, class, import, def, select, async, await, const, let, var, return, \`\`\`,
  函数, 类, 变量, 查询, 関数, クラス, 変数, функция, класс, переменная, запрос, funktion, klasse, abfrage,
  función, clase, consulta, função, classe, variável, 함수, 클래스, 변수, 쿼리, دالة, متغير, استعلام`);

const REASONING = wordList(`
  prove, theorem, derive, step by step, chain of thought, formally, mathematical, proof, logically,
  证明, 定理, 推导, 逐步, 数学, 逻辑, 証明, 導出, 論理的, докажи, доказать, теорема, пошагово, формально, логически,
  beweise, beweis, ableiten, schritt für schritt, mathematisch, logisch, demostrar, teorema, derivar, paso a paso,
  lógicamente, provar, passo a passo, logicamente, 증명, 정리, 단계별, 수학적, 논리적, إثبات, نظرية, برهان, خطوة بخطوة`);

const TECHNICAL = wordList(`
  algorithm, optimize, architecture, distributed, kubernetes, microservice, database, infrastructure,
  算法, 优化, 架构, 分布式, 数据库, アルゴリズム, 最適化, 分散, データベース, алгоритм, оптимиз, архитектура, база данных,
  algorithmus, optimieren, architektur, verteilt, datenbank, algoritmo, optimizar, arquitectura, base de datos,
  otimizar, arquitetura, banco de dados, 알고리즘, 최적화, 분산, 데이터베이스, خوارزمية, تحسين, قاعدة بيانات`);

const CREATIVE = wordList(`
  story, poem, compose, brainstorm, creative, imagine, write a,
  故事, 诗, 创意, 物語, 詩, рассказ, стихотворение, напиши, geschichte, gedicht, schreibe, historia, poema, escribe,
  história, escreva, 이야기, 작성, قصة, قصيدة, اكتب`);

const SIMPLE = wordList(`
  what is, define, translate, hello, yes or no, capital of, how old, who is, when was,
  什么是, 翻译, 你好, 首都, とは, 翻訳, こんにちは, 誰, что такое, переведи, привет, столица, когда, was ist, übersetze,
  hallo, hauptstadt, wer ist, qué es, traducir, hola, quién es, o que é, traduzir, olá, quem é, 무엇, 번역, 안녕하세요,
  누구, ما هو, ترجم, مرحبا, من هو`);

const IMPERATIVE = wordList(`
  build, create, implement, design, develop, construct, generate, deploy, configure, set up,
  构建, 创建, 实现, 设计, 開発, 作成, 設計, создай, реализуй, разработай, erstellen, entwickeln, entwerfen, crear,
  implementar, diseñar, criar, desenvolver, 구현, 설계, 개발, إنشاء, تصميم, تطوير`);

const CONSTRAINTS = wordList(
  'under, at most, at least, within, no more than, o(, maximum, minimum, limit, budget',
);

const FORMAT = wordList('json, yaml, xml, table, csv, markdown, schema, format as, structured');

const REFERENCES = wordList(
  'above, below, previous, following, the docs, the api, the code, earlier, attached',
);

const NEGATION = wordList("don't, do not, avoid, never, without, except, exclude, no longer");

const DOMAIN = wordList(`
  quantum, fpga, vlsi, risc-v, asic, photonics, genomics, proteomics, topological, homomorphic, zero-knowledge,
  lattice-based`);

const AGENTIC = wordList(`
  read file, read the file, look at, check the, open the, edit, modify, update the, change the, write to, create file,
  execute, deploy, install, npm, pip, compile, after that, and also, once done, step 1, step 2, fix, debug,
  until it works, keep trying, iterate, make sure, verify, confirm`);

const DIMENSIONS: readonly KeywordDimension[] = [
  { weight: 0.15, words: CODE, hits: { least: 1, most: 2 }, score: { some: 0.5, many: 1 } },
  { weight: 0.18, words: REASONING, hits: { least: 1, most: 2 }, score: { some: 0.7, many: 1 } },
  { weight: 0.1, words: TECHNICAL, hits: { least: 2, most: 4 }, score: { some: 0.5, many: 1 } },
  { weight: 0.05, words: CREATIVE, hits: { least: 1, most: 2 }, score: { some: 0.5, many: 0.7 } },
  { weight: 0.02, words: SIMPLE, hits: { least: 1, most: 2 }, score: { some: -1, many: -1 } },
  { weight: 0.03, words: IMPERATIVE, hits: { least: 1, most: 2 }, score: { some: 0.3, many: 0.5 } },
  { weight: 0.04, words: CONSTRAINTS, hits: { least: 1, most: 3 }, score: { some: 0.3, many: 0.7 } },
  { weight: 0.03, words: FORMAT, hits: { least: 1, most: 2 }, score: { some: 0.4, many: 0.7 } },
  { weight: 0.02, words: REFERENCES, hits: { least: 1, most: 2 }, score: { some: 0.3, many: 0.5 } },
  { weight: 0.01, words: NEGATION, hits: { least: 2, most: 3 }, score: { some: 0.3, many: 0.5 } },
  { weight: 0.02, words: DOMAIN, hits: { least: 1, most: 2 }, score: { some: 0.5, many: 0.8 } },
];

/** The one dimension with three steps: hits from which each score holds, highest first. */
const AGENTIC_STEPS: readonly (readonly [hits: number, score: number])[] = [
  [4, 1],
  [3, 0.6],
  [1, 0.2],
];

const WEIGHT = { length: 0.08, steps: 0.12, questions: 0.05, agentic: 0.04 } as const;

const TOKENS = { short: 50, long: 500 } as const;

const STEPS: readonly RegExp[] = [/first.*then/, /step \d/, /\d\.\s/];

const MAX_PLAIN_QUESTIONS = 3;

/** SIMPLE lies below, so it stays at the edge; the higher boundaries only choose among stronger models. */
const SIMPLE_MEDIUM = 0;

const REASONING_MARKERS = 2;
const TOP_TIER = 1;

export function clawRouterDemand(prompt: string): number {
  const text = prompt.toLowerCase();
  const agentic = countWords(text, AGENTIC, contains);
  const score =
    WEIGHT.length * lengthScore(prompt, TOKENS) +
    weightedScore(text, DIMENSIONS, contains) +
    WEIGHT.steps * (STEPS.some((step) => step.test(text)) ? 0.5 : 0) +
    WEIGHT.questions * (text.split('?').length - 1 > MAX_PLAIN_QUESTIONS ? 0.5 : 0) +
    WEIGHT.agentic * (AGENTIC_STEPS.find(([hits]) => agentic >= hits)?.[1] ?? 0);
  return countWords(text, REASONING, contains) >= REASONING_MARKERS ? TOP_TIER + score : score;
}

export function clawRouterSendsToCloud(prompt: string): boolean {
  return clawRouterDemand(prompt) >= SIMPLE_MEDIUM;
}

function contains(text: string, word: string): boolean {
  return text.includes(word);
}
