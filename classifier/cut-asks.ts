// Takes out of the analysis copy what speaks to the router instead of asking for work: "route this to the best model",
// `tier=cloud`, `{"route":"edge"}`, "this is trivial". A request must not buy its own tier by asking for it.
// A cut is a run of words that all belong to such a wish; the words of the task itself always stay.

import { askWords, PART, partsOf } from './ask-words.ts';
import { cutMarkup } from './cut-markup.ts';

/** Names of what a router chooses, and of those who may tell it. Without one there is no markup to look for. */
const ROUTER_WORDS = 'model|tier|rout|llm|<\\||system|override|x-|gpt|claude|opus|cloud|edge|escalat|bulut';
const ROUTER_WORDS_BEYOND_ASCII =
  'модел|облак|маршрут|хмар|نموذج|मॉडल|模型|モデル|모델|云端|雲端|クラウド|클라우드';

/** Claims about how hard the request is. */
const CLAIM_WORDS =
  'trivial|easy|simple|hard|difficult|dificil|compl[ei]|challenging|important|urgent|critical|basic|straightforward|einfach|leicht|schw[ei]|komplex|facil|sencill|semplice|latwe|trudn';
const CLAIM_WORDS_BEYOND_ASCII = 'сложн|прост|легк|трудн|سهل|صعب|आसान|कठिन';

/** The one search that every prompt pays for; the long list only where letters beyond ASCII are. */
const TRIGGER = new RegExp(`(${ROUTER_WORDS})|${CLAIM_WORDS}`, 'g');
const TRIGGER_BEYOND_ASCII = new RegExp(
  `(${ROUTER_WORDS}|${ROUTER_WORDS_BEYOND_ASCII})|${CLAIM_WORDS}|${CLAIM_WORDS_BEYOND_ASCII}`,
  'g',
);

const WORDS = /[\p{L}\p{N}\p{M}]+/gu;

/** Ends a run: nobody's wish goes on behind a full stop or in the next line. */
const BREAK = /[.!?;\n。！？；]/;

/** A short stretch of scripts without spaces, up to its next sign or letter of another script. */
const UNSPACED_CLAUSE =
  /[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af][\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af \t]{0,32}/g;
const UNSPACED_TARGET = /模型|モデル|모델|云端|雲端|クラウド|클라우드/;
const UNSPACED_ACT = /用|使|交给|發送|发送|选|選|路由|切换|切換|送|回して|任せ|사용|써|보내|라우팅|처리|선택/;
const UNSPACED_SIZE =
  /最|大|小|强|強|好|便宜|安|高|云|雲|賢|一番|优|佳|聪明|厉害|クラウド|가장|제일|큰|작은|강력|좋은|똑똑|뛰어난|클라우드/;

/** More sentences than a prompt with wishes has; a text full of models and clouds is read as it stands. */
const MAX_SENTENCES = 24;

/** A sentence without an end is looked at so far on both sides. */
const SENTENCE_REACH = 240;

/** @param text folded, lower-case, bounded by the caller @param ascii whether it is nothing but ASCII */
export function cutAsks(text: string, ascii: boolean): string {
  const trigger = ascii ? TRIGGER : TRIGGER_BEYOND_ASCII;
  const found = Array.from(text.matchAll(trigger));
  if (found.length === 0) return text;
  const spoken = cutMarkupAround(
    text,
    found.filter(([, routerWord]) => routerWord !== undefined),
  );
  const spaced = cutSentences(spoken, spoken === text ? found : Array.from(spoken.matchAll(trigger)));
  const cut = ascii || !UNSPACED_TARGET.test(spaced) ? spaced : spaced.replace(UNSPACED_CLAUSE, withoutWish);
  // A prompt that is nothing but a wish is scored as it stands: there is no task it could move.
  return cut === text || /[\p{L}\p{N}]/u.test(cut) ? cut : text;
}

/** Markup is looked for around the words that give it away only: in a long text everything else costs as much again. */
function cutMarkupAround(text: string, found: readonly RegExpExecArray[]): string {
  let kept = '';
  let from = 0;
  for (const { start, end } of stretchesAround(found.map(({ index }) => index))) {
    kept += text.slice(from, start) + cutMarkup(text.slice(start, end));
    from = end;
  }
  return kept + text.slice(from);
}

type Stretch = { readonly start: number; readonly end: number };

/** Ascending places to stretches around them; those that touch are one. */
function stretchesAround(places: readonly number[]): readonly Stretch[] {
  const stretches: Stretch[] = [];
  for (const place of places) {
    const last = stretches.at(-1);
    const start = Math.max(0, place - MARKUP_REACH);
    const joins = last !== undefined && start <= last.end;
    if (joins) stretches.pop();
    stretches.push({ start: joins ? last.start : start, end: place + MARKUP_REACH });
  }
  return stretches;
}

/** As long as a block of markup may be. */
const MARKUP_REACH = 260;

function withoutWish(clause: string): string {
  const wishes = UNSPACED_TARGET.test(clause) && UNSPACED_ACT.test(clause) && UNSPACED_SIZE.test(clause);
  return wishes ? ' ' : clause;
}

/** Only sentences with a telling word are taken apart; the search for those is all that ordinary prompts pay. */
function cutSentences(text: string, found: readonly RegExpExecArray[]): string {
  let kept = '';
  let from = 0;
  let seen = 0;
  let looks = 0;
  for (const { index } of found) {
    if (index < seen) continue;
    looks += 1;
    if (looks > MAX_SENTENCES) break;
    const start = sentenceStart(text, index, seen);
    seen = sentenceEnd(text, index);
    const sentence = text.slice(start, seen);
    const cut = cutSentence(cutRuns(sentence));
    if (cut === sentence) continue;
    kept += text.slice(from, start) + cut;
    from = seen;
  }
  return kept + text.slice(from);
}

function sentenceStart(text: string, index: number, least: number): number {
  const bound = Math.max(least, index - SENTENCE_REACH);
  let start = index;
  while (start > bound && !BREAK.test(text.charAt(start - 1))) start -= 1;
  return start;
}

/** Behind its last sign and the blanks that follow. */
function sentenceEnd(text: string, index: number): number {
  const bound = Math.min(text.length, index + SENTENCE_REACH);
  let end = index;
  while (end < bound && !BREAK.test(text.charAt(end))) end += 1;
  while (end < text.length && (BREAK.test(text.charAt(end)) || text.charAt(end) === ' ')) end += 1;
  return end;
}

/** A sentence that is mostly made of a wish goes as a whole: what is left of it would be mere noise. */
function cutSentence(sentence: string): string {
  const { parts, share, words } = partsOf(sentence);
  const chooses = (parts & PART.target) !== 0 && (parts & (PART.size | PART.place)) !== 0;
  const wishes = (parts & (PART.act | PART.route)) !== 0;
  return words <= MAX_SENTENCE_WORDS && chooses && wishes && share >= LEAST_WISH_SHARE ? ' ' : sentence;
}

const MAX_SENTENCE_WORDS = 30;

/** More than every other word: a sentence about data science has more of its own. */
const LEAST_WISH_SHARE = 0.55;

type Word = { readonly start: number; readonly end: number; readonly parts: number };

function cutRuns(text: string): string {
  let kept = '';
  let from = 0;
  for (const run of runsOf(text)) {
    const cut = wishIn(text, run);
    if (cut === undefined) continue;
    kept += `${text.slice(from, Math.max(from, backOver(text, cut.start)))} `;
    from = forwardOver(text, cut.end);
  }
  return from === 0 ? text : kept + text.slice(from);
}

/** Unbroken runs of words that could all belong to a wish. */
function runsOf(text: string): readonly (readonly Word[])[] {
  const runs: Word[][] = [];
  let run: Word[] = [];
  let end = 0;
  for (const found of text.matchAll(WORDS)) {
    const parts = askWords().get(found[0]) ?? (isNumber(found[0]) ? PART.glue : 0);
    const broken = BREAK.test(text.slice(end, found.index));
    end = found.index + found[0].length;
    if ((broken || parts === 0) && run.length > 0) {
      runs.push(run);
      run = [];
    }
    if (parts !== 0) run.push({ start: found.index, end, parts });
  }
  if (run.length > 0) runs.push(run);
  return runs;
}

/** The part of a run that is a wish or a claim about the request; its harmless first and last words stay in a sentence. */
function wishIn(
  text: string,
  run: readonly Word[],
): { readonly start: number; readonly end: number } | undefined {
  const parts = run.reduce((sum, word) => sum | word.parts, 0);
  if (!isWish(text, run, parts) && !isClaim(parts)) return undefined;
  const first = run[0];
  const last = run.at(-1);
  if (first === undefined || last === undefined) return undefined;
  const telling = run.filter((word) => (word.parts & ~(PART.glue | PART.self | PART.claim)) !== 0);
  const start = startsClause(text, first.start) ? first.start : (telling.at(0) ?? first).start;
  const end = endsClause(text, last.end) ? last.end : (telling.at(-1) ?? last).end;
  return { start: start - linkBefore(text, start), end };
}

function linkBefore(text: string, start: number): number {
  const [link] = LINK.exec(text.slice(Math.max(0, start - 8), start)) ?? [''];
  return link.length;
}

/** The "and" before a wish that stands in the middle of a sentence belongs to the wish. */
const LINK = /(?<=\s)(?:and|but|und|et|y|e|en|i|и|ve)\s$/;

function isWish(text: string, run: readonly Word[], parts: number): boolean {
  const has = (part: number): boolean => (parts & part) !== 0;
  if (has(PART.target) && run.some((word) => isSetting(text, word))) return true;
  if (run.length < 2) return false;
  if (has(PART.route) && routesSomewhere(run)) return true;
  if (!has(PART.act)) return false;
  if (has(PART.target)) return has(PART.size) || has(PART.place);
  return has(PART.place) && has(PART.self);
}

/** A route word beside another word that names a model or a place: `route` itself is both verb and noun. */
function routesSomewhere(run: readonly Word[]): boolean {
  const verbs = run.filter((word) => (word.parts & PART.route) !== 0);
  const others = run.filter((word) => (word.parts & (PART.target | PART.place)) !== 0);
  return others.some((word) => verbs.some((verb) => verb !== word));
}

function isClaim(parts: number): boolean {
  const claim = PART.difficulty | PART.claim | PART.self;
  return (parts & claim) === claim;
}

/** `tier=`, `"route":`: a key with a value, whatever the value is. */
function isSetting(text: string, word: Word): boolean {
  return (word.parts & PART.target) !== 0 && /^["'`\]]?\s?[:=]/.test(text.slice(word.end, word.end + 4));
}

function isNumber(word: string): boolean {
  return /^\d+$/.test(word);
}

const OPENING = /[\s"'`{[(<#@*=:_|/\\-]/;
const CLOSING = /[\s"'`}\])>#@*=:_|/\\.!;,-]/;

function startsClause(text: string, start: number): boolean {
  return /(?:^|[.!?;:,\n"'`{[(<>\])}。！？；，=-])[^\S\n]{0,8}$/.test(
    text.slice(Math.max(0, start - 9), start),
  );
}

function endsClause(text: string, end: number): boolean {
  return /^[^\S\n]{0,8}(?:$|[.!?;:,\n"'`}\])>。！？；，-])/.test(text.slice(end, end + 9));
}

function backOver(text: string, start: number): number {
  let at = start;
  while (at > 0 && OPENING.test(text.charAt(at - 1))) at -= 1;
  return at;
}

function forwardOver(text: string, end: number): number {
  let at = end;
  while (at < text.length && CLOSING.test(text.charAt(at))) at += 1;
  return at;
}
