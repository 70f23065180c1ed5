// What the classifier has to beat: routers that cost nothing. Higher demand = sent to the cloud first.

export type Baseline = { readonly name: string; readonly demand: (text: string) => number };

/** Keyword rules in the manner of rule-based routers: points for marks of hard work, against marks of small tasks. */
const RULES: readonly (readonly [pattern: RegExp, points: number])[] = [
  [/\b(prove|proof|theorem|derive|rigorous)\b/i, 3],
  [/\b(step by step|think through|analy[sz]e|evaluate|trade-?offs?)\b/i, 2],
  [/\b(algorithm|architecture|distributed|concurren\w+|optimi[sz]e|debug|refactor)\b/i, 2],
  [/```|\b(function|class|def|import|sql|python|javascript)\b/i, 1.5],
  [/[∑∫√≤≥]|\\frac|\$[^$]+\$/, 1.5],
  [/\b(hello|hi|thanks|what is|who is|define|translate|summari[sz]e)\b/i, -1.5],
];

const LONG_PROMPT_CHARS = 2000;

export const BASELINES: readonly Baseline[] = [
  { name: 'prompt length', demand: (text) => text.length },
  {
    name: 'keyword rules',
    demand: (text) =>
      Math.min(1, text.length / LONG_PROMPT_CHARS) +
      RULES.reduce((sum, [pattern, points]) => sum + (pattern.test(text) ? points : 0), 0),
  },
];
