// The little words that hold sentences together, in the languages training knows. A stretch without any of them is a list,
// not a sentence. Folded as the analysis copy is.

import { foldUnicode } from './fold-unicode.ts';
import { hashWord } from './token-hash.ts';

const WORDS = `the a an of to in on at by for from with and or but as is are was were be been has have had do does did will would can could
  should may must not no it its this that these those there i you he she we they me my your his her our their what which who when where why
  how if than then so into over under about after before between while because each every all any some such only also just let show
  prove find give write
  der die das den dem des ein eine einen einem einer und oder aber ist sind war hat haben wird werden kann nicht kein zu zum zur mit von vom
  im in auf an aus bei nach fur uber unter wie was wer wo wann warum dass wenn ich du er sie es wir ihr mir mein dein sein mich sich auch
  le la les un une des du de et ou mais est sont a au aux en dans sur par pour avec sans que qui quoi ce cette ces il elle on nous vous ils
  je tu me mon ma mes ne pas plus si comment quel quelle ou pourquoi
  el los las una unos y o pero es son del al con sin por para como que quien cual cuando donde se lo mi tu su no si yo
  o os as um uma uns e mas do da dos das no na nos nas ao com sem por para que quem qual quando onde como nao eu voce seu sua
  il lo gli i uno ed ma sono era di del della dei delle da dal dalla nel nella con senza per su che chi quale quando dove come non mi ti si
  de het een en of maar is zijn was van voor met op in uit bij naar over hoe wat wie waar wanneer dat die dit niet geen ik je jij hij we
  i w z na do od po za o u ze to jest sa byl nie jak co kto gdzie kiedy dla czy lub ale sie
  och i att en ett ar pa av med for som det den de inte har jag du kan till fran hur vad vem nar
  og er et ikke jeg kan hvad hva hvor hvordan paa
  ja on ei se mika miten kuka tai etta
  si in la cu de pe un o sa este sunt care ce cum nu din pentru
  a az es egy hogy nem van mi ki hol
  a je v na s se ze to jak co kdo kde
  ve bir bu su o da de mi ne ile icin nasil kim hangi var yok gibi daha en cok olan olarak
  dan di ke dari yang ini itu untuk dengan adalah apa siapa bagaimana tidak bisa saya kamu
  va la cua mot cac cho voi trong khong co nhung de ra toi ban nay do gi nao bao
  и в во на с со к ко по о об от до за из у для не ни но а или как что кто где когда это этот эта эти я ты он она мы вы мне мой его
  і й та у в на з зі до від по за для не але або як що хто де коли це цей ця я ти він
  και το τα η ο οι του της των σε με για απο ειναι που πως τι να δεν
  و في من على إلى الى عن مع ما هل هو هي هذا هذه التي الذي أن ان لا كيف متى أين كم
  به در از که را با این آن است چه برای تا
  का के की को में से पर और है हैं क्या कैसे यह वह एक नहीं कि
  של את על עם זה מה איך לא הוא היא`;

const HASHES: ReadonlySet<number> = new Set(
  foldUnicode(WORDS)
    .split(/\s+/)
    .map((word) => hashWord(word)),
);

/** @param hash of a whole word, as the scan has it */
export function isFunctionWord(hash: number): boolean {
  return HASHES.has(hash);
}
