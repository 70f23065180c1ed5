// Short phrases by which people say that an answer was no good, or that they want more of it, in the languages that
// chat assistants meet most. Stored as people write them; compared as folded words (turn-words.ts).

import { lazy } from '../../protocol/lazy.ts';
import { turnWords } from './turn-words.ts';

/** Phrases by their first word, so that a turn is not compared with all of them. */
type Phrases = ReadonlyMap<string, readonly (readonly string[])[]>;

/** Complete enough to mean nothing else at the beginning of a short turn: no bare "wrong" or "again". */
export const complaints: () => Phrases = phrasesOf(
  // English
  "that's wrong|that is wrong|this is wrong|it's wrong|it is wrong|you're wrong|you are wrong|wrong answer|wrong again",
  "that's not right|that is not right|that's not correct|that is not correct|this is not correct|that's incorrect",
  "that is incorrect|isn't right|isn't correct|not what I asked|not what I meant|not what I wanted|try again",
  "doesn't work|does not work|didn't work|did not work|not working|still wrong|still broken|still fails|still failing",
  'still get|still getting|same error|same problem|same mistake|made a mistake|got it wrong|makes no sense|bad answer',
  "doesn't help|didn't help|not helpful|that's useless|do it again properly|redo it|start over",
  // German
  'das ist falsch|das stimmt nicht|stimmt nicht|ist nicht richtig|ist nicht korrekt|falsche Antwort|immer noch falsch',
  'funktioniert nicht|geht nicht|klappt nicht|versuch es nochmal|versuchs nochmal|versuche es noch einmal|noch mal versuchen',
  'nicht was ich wollte|nicht was ich meinte|gleicher Fehler|derselbe Fehler|hilft mir nicht',
  // French
  "c'est faux|c'est incorrect|ce n'est pas correct|n'est pas juste|pas ce que j'ai demandé|pas ce que je voulais",
  'ça ne marche pas|ça marche pas|ne fonctionne pas|ne marche toujours pas|marche toujours pas|réessaie|réessayez',
  'essaie encore|essaye encore|mauvaise réponse|même erreur',
  // Spanish
  'está mal|eso está mal|es incorrecto|no es correcto|no es lo que pedí|no es lo que te pedí|no funciona|sigue sin funcionar',
  'inténtalo de nuevo|intenta de nuevo|inténtalo otra vez|prueba otra vez|respuesta incorrecta|te equivocaste|mismo error',
  // Portuguese
  'está errado|isso está errado|tá errado|não está certo|não está correto|não é isso|não funciona|não funcionou',
  'continua sem funcionar|tenta de novo|tente de novo|tente novamente|resposta errada|mesmo erro',
  // Italian
  'è sbagliato|è errato|non è corretto|non è giusto|non è quello che ho chiesto|non funziona|riprova|prova ancora|hai sbagliato',
  'risposta sbagliata|stesso errore',
  // Dutch
  'dat klopt niet|klopt niet|dat is fout|dat is verkeerd|is niet juist|werkt niet|doet het niet|probeer het opnieuw|probeer opnieuw',
  'niet wat ik vroeg|zelfde fout',
  // Polish
  'to jest źle|to źle|to błąd|nieprawda|to nie jest poprawne|nie działa|spróbuj ponownie|spróbuj jeszcze raz|zła odpowiedź|ten sam błąd',
  // Russian
  'это неправильно|неправильно|это неверно|неверно|это не так|не работает|не помогло|попробуй ещё раз|попробуй еще раз',
  'попробуй снова|та же ошибка|ты ошибся|не то что я просил',
  // Ukrainian
  'це неправильно|неправильно|це невірно|не працює|не допомогло|спробуй ще раз|спробуй знову|та сама помилка',
  // Turkish
  'bu yanlış|yanlış cevap|yanlış oldu|doğru değil|bu doğru değil|çalışmıyor|olmadı|olmuyor|tekrar dene|yeniden dene|aynı hata',
  // Arabic
  'هذا خطأ|هذا غير صحيح|غير صحيح|خطأ حاول|لا يعمل|لم يعمل|ما يشتغل|حاول مرة أخرى|حاول مجددا|نفس الخطأ|إجابة خاطئة',
  // Hindi
  'यह गलत है|ये गलत है|गलत जवाब|सही नहीं है|काम नहीं कर रहा|काम नहीं करता|फिर से कोशिश|दोबारा कोशिश|वही गलती',
  // Chinese
  '不对|不對|错了|錯了|不正确|不正確|答错|答錯|不行|没用|沒用|还是不行|還是不行|再试一次|再試一次|重新回答|重来|不是我要的|同样的错误',
  // Japanese
  '違います|違う|間違い|間違って|正しくない|正しくありません|動きません|動かない|うまくいかない|もう一度試|やり直し|同じエラー',
  // Korean
  '틀렸어|틀렸어요|틀렸습니다|틀려|아니야 다시|잘못됐어|잘못되었습니다|안 돼요|안돼요|안 돼|작동하지 않아|작동 안 해|작동이 안|다시 해봐|다시 해줘|다시 시도|같은 오류',
  // Indonesian
  'itu salah|salah jawab|jawaban salah|masih salah|tidak benar|tidak berfungsi|tidak bekerja|nggak jalan|coba lagi|error yang sama',
  // Vietnamese
  'sai rồi|không đúng|chưa đúng|câu trả lời sai|không hoạt động|không chạy|thử lại|vẫn lỗi|vẫn sai',
  // Swedish
  'det är fel|stämmer inte|fungerar inte|funkar inte|försök igen|fel svar|samma fel',
);

/** Words that people put inside such a phrase without changing what it says: "das stimmt leider nicht". */
export const fillers: () => ReadonlySet<string> = lazy(
  () =>
    new Set(
      turnWords(
        'still just completely totally also unfortunately actually leider immer noch einfach komplett auch toujours encore ' +
          'malheureusement complètement todavía aún lamentablemente totalmente ainda infelizmente ancora purtroppo nog steeds ' +
          'helaas nadal wciąż niestety всё все ещё еще опять всё-таки совсем досі все-таки hâlâ maalesef ما زال अभी भी 여전히 아직 masih vẫn fortfarande',
      ),
    ),
);

/** How a turn begins that wants the same to go on: said often, and never because the answer was no good. */
const continuations: () => Phrases = phrasesOf(
  'continue|go on|go ahead|keep going|carry on|proceed|next|more|another|yes|ok|okay|sure|do it|please continue|please go',
  'thanks|thank you|weiter|mach weiter|mach das|ja|gut|nächste|noch ein|danke|continuez|oui|vas-y|la suite|suivant|merci',
  'continúa|continua|sigue|sí|si|adelante|siguiente|gracias|sim|próximo|mais|obrigado|obrigada|avanti|sì|prossimo|grazie',
  'ga door|ga verder|volgende|bedankt|kontynuuj|dalej|tak|następny|dziękuję|продолжай|продолжи|дальше|да|ещё|еще|спасибо',
  'продовжуй|далі|так|дякую|devam|evet|tamam|sonraki|teşekkürler|استمر|أكمل|تابع|نعم|شكرا|जारी|आगे|हाँ|धन्यवाद',
  '继续|繼續|好的|可以|下一|谢谢|謝謝|続け|次の|次へ|はい|お願い|ありがと|계속|다음|네|좋아|감사|lanjut|lanjutkan|ya|terima kasih',
  'tiếp|vâng|cảm ơn|fortsätt|gå vidare|nästa|tack',
);

/** A turn that says more than this says what it wants. */
const MAX_CONTINUATION_WORDS = 8;

export function isContinuation(words: readonly string[]): boolean {
  return words.length <= MAX_CONTINUATION_WORDS && startsWithin(words, continuations(), 1);
}

/** Whether one of the phrases begins after at most `before` words. */
export function startsWithin(words: readonly string[], phrases: Phrases, before: number): boolean {
  return words
    .slice(0, before + 1)
    .some((first, from) =>
      (phrases.get(first) ?? []).some((phrase) => phrase.every((word, at) => words[from + at] === word)),
    );
}

function phrasesOf(...lines: readonly string[]): () => Phrases {
  return lazy(() => {
    const phrases = lines.flatMap((line) => line.split('|')).map(turnWords);
    return Map.groupBy(phrases, (phrase) => phrase[0] ?? '');
  });
}
