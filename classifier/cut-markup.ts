// Takes control markup out of the analysis copy: chat template tokens, tags, JSON, comments, headers, flags and key-value
// pairs that speak to a router or pretend to be the system. Work is bounded: every pattern has a bounded length.

import { partsOf } from './ask-words.ts';

/** Keys that choose a model, wherever they are written. */
const KEY =
  '(?:target[_ .-]?|preferred[_ .-]?|required[_ .-]?|force[_ .-]?|default[_ .-]?|selected[_ .-]?|set[_ .-]?|llm[_ .-]?|ai[_ .-]?|request[_ .-]?|x[_-][a-z_-]{0,24})?(?:models?|tiers?|routes?|router|routing|backends?|providers?|engines?|llm|complexity|difficulty|escalate|priority|destination|upstream|endpoint|quality[_ .-]?tier)(?:[_ .-]?(?:name|id|class|size|tier|model|hint|level|target|override|to|policy|mode|preference|decision|score|probability))?';

/** What such a key is set to when it stands behind a colon in a sentence: without one of these it may be prose. */
const VALUE =
  '(?:cloud|edge|local|best|strong(?:est)?|large(?:st)?|big(?:gest)?|small(?:est)?|tiny|mini|nano|cheap(?:est)?|premium|pro|max|ultra|frontier|flagship|default|high(?:est)?|low(?:est)?|fast(?:est)?|top|expert|hard|easy|complex|simple|trivial|critical|true|false|yes|no|always|never|\\d+(?:\\.\\d+)?|[a-z]+-?\\d[\\w.-]{0,20}|gpt[\\w.-]{0,20}|claude[\\w .-]{0,20}|opus|sonnet|haiku|gemini[\\w .-]{0,12}|llama[\\w.-]{0,12}|mistral[\\w.-]{0,12}|qwen[\\w.-]{0,12})(?:[-_.][a-z\\d]{1,12}){0,3}';

const ROLE =
  '(?:system|sys|admin|administrator|developer|dev|root|router|routing|operator|control|controller|gateway|override|directive|policy|config|meta|metadata|instructions?|inst|assistant|tool|orchestrator|dispatcher)';

const SPEAKS_TO_ROUTER =
  /\b(?:models?|tiers?|rout(?:e|es|ed|er|ing)|cloud|edge|llm|escalat\w*|backend|upstream|gpt|claude|opus|frontier|flagship|override)\b/;

const ASSIGNMENT = `["'\`]?\\b${KEY}["'\`]?\\s{0,2}(?:=>?|:=)\\s{0,2}["'\`]?[\\w./-]{1,32}["'\`]?`;
const SETTING = `["'\`]?\\b${KEY}["'\`]?\\s{0,2}(?::|->|is set to)\\s{0,2}["'\`]?${VALUE}\\b["'\`]?`;
const MORE_PAIRS = `(?:\\s{0,2}[;,|&]\\s{0,2}["'\`]?[\\w.-]{1,24}["'\`]?\\s{0,2}[=:]\\s{0,2}["'\`]?[\\w./-]{1,32}["'\`]?){0,6}`;

/** Cut whatever it says: nobody writes these by hand to ask for work. */
const TEMPLATE = new RegExp(
  `<\\|[^|>\\n]{1,40}\\|>(?:\\s?(?:system|user|assistant|developer)\\b)?|<</?sys>>|\\[/?inst\\]|[\\[<({#]{1,2}\\s?/?\\s?${ROLE}\\b[^\\]>)}\\n]{0,32}[\\]>)}]{1,2}:?|\\bx-[a-z][a-z-]{1,40}\\s?[:=]\\s?[^\\s,;]{1,64}`,
  'g',
);

/** Half of the words at least: keys and values are not all of the lists. */
const LEAST_WISH_SHARE = 0.5;

/** Cut when they speak to the router. */
const BLOCKS = [
  /<!--[\s\S]{0,240}?-->/g,
  /\/\*[\s\S]{0,240}?\*\//g,
  /<([a-z][\w-]{1,24})\b[^<>]{0,80}>[^<>]{0,120}<\/\1\s?>/g,
  /<\/?[a-z][\w-]{1,24}\b[^<>]{0,120}>/g,
  /\{[^{}]{0,240}\}/g,
  /\[[^[\]\n]{1,80}\]/g,
  /\(\([^()\n]{1,80}\)\)/g,
] as const;

const PAIRS = new RegExp(`(?:\\b${ROLE}\\s{1,2}){0,3}(?:${ASSIGNMENT}|${SETTING})${MORE_PAIRS}`, 'g');
const FLAGS = new RegExp(
  `(?:^|(?<=\\s))(?:--?|[/@!#])(?:${KEY}|cloud|edge|best|smart|premium)\\b(?:[= ]${VALUE}\\b)?`,
  'g',
);

/** Who a line pretends to come from or to speak to: `system override: …`, `note to router - …`. What it says stays. */
const ADDRESSED = new RegExp(
  `(?:^|(?<=[\\n.!?]\\s{0,4}))[#>*\\s-]{0,6}(?:(?:note|message|attention|hint|instruction|command|dear)\\s(?:to|for)?\\s?(?:the\\s)?)?(?!routing\\b)${ROLE}(?:\\s(?!routing\\b)(?:${ROLE}|prompt|message|note|hint|command))?\\s?[:>\\]-]{1,2}`,
  'g',
);

/** What is left when the words are gone: empty brackets, lone signs, lines that only say who is supposed to speak. */
const REMAINS = new RegExp(
  `\\[\\s*\\]|\\(\\s*\\)|\\{\\s*\\}|<\\s*>|"\\s*"|(?:^|(?<=\\s))[#@/>*|]+(?=\\s|$)|(?:^|(?<=[\\n.!?]\\s{0,3}))[ \\t]*(?:(?:begin|end|start|stop|${ROLE}|prompt|message)\\b[ \\t:]*){1,4}(?=\\n|$)`,
  'g',
);

/** @param text folded, lower-case, bounded by the caller */
export function cutMarkup(text: string): string {
  let cut = text.replace(TEMPLATE, ' ').replace(ADDRESSED, ' ');
  for (const block of BLOCKS) cut = cut.replace(block, whenWish);
  cut = cut.replace(PAIRS, ' ').replace(FLAGS, ' ');
  return cut === text ? text : cut.replace(REMAINS, ' ').replace(REMAINS, ' ');
}

/** Only a block that says hardly anything else: a task must not vanish because it stands in braces beside a model's name. */
function whenWish(block: string): string {
  return SPEAKS_TO_ROUTER.test(block) && partsOf(block).share >= LEAST_WISH_SHARE ? ' ' : block;
}
