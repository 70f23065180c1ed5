// How models say that they cannot answer or do not know, in nineteen languages: a first person that cannot, and
// a verb of answering (a refusal) or of finding out (a doubt). Only such verbs are listed: "I can't attend" is
// somebody's letter. `~` stands for up to five words, so the work is bounded by the few hundred characters tried.

import { lazy } from '../../protocol/lazy.ts';

/** In the order en, de, fr, es, pt, it, nl, sv, ru and uk, pl, ar, vi, id; so are the tables below. */
const CANNOT =
  "i(?:'m| am)?(?: \\w+)? (?:can'?t|cannot|can not|unable|not able|(?:won't|will not) be able|not comfortable|not allowed)(?: be able)?(?: to| with)?|(?:ich (?:kann|darf|werde)|(?:kann|darf) ich)~(?:nicht|kein\\S*)|je ne (?:peux|pourrai|suis)~pas|no (?:puedo|podré|soy capaz)|não (?:posso|consigo|poderei)|non (?:posso|potrò|sono in grado)|(?:ik kan|kan ik)~(?:niet|geen)|(?:jag kan|kan jag)~inte|не (?:могу|смогу|можу|зможу)|nie (?:mogę|jestem w stanie)|لا (?:أستطيع|يمكنني)|غير قادر على|tôi~không thể|saya~tidak (?:dapat|bisa)";

const ANSWER =
  'help(?:ing)?(?= (?!but\\b|feel|think|wonder|notic|fall|lov|smil|laugh|myself))|assist|provid|fulfil|comply|creat|generat|writ|answer|discuss|engag|continu|do th|respond|\\S{0,6}helfen|helpen|unterstütz|bereitstell|erstell|beantwo|auskunft|erfüll|schreib|aider|fourni|répond|créer|génér|écrire|ayud|proporcion|crear|escrib|ofrec|cumpl|ajud|fornec|criar|gerar|escrev|atend|aiut|forni|scriv|rispond|soddisf|verstrek|schrijv|voldoen|hjälp|tillhandah|skapa|skriv|svara|помо|предостав|выполн|созда|напис|ответ|відпо|надат|допом|створ|викон|pom[óa]|udziel|dostarcz|spełn|stworz|napis|odpow|(?:ال)?(?:مساعد|تقديم|تلبية|إنشاء|كتابة|إجابة|توفير)|giúp|hỗ trợ|cung cấp|trả lời|tạo|viết|đáp ứng|memb|menulis|menjawab|memenuhi|menyedia';

const FIND_OUT =
  'verif|confirm|determine|access|browse|check|predict|(?:see|view|open)~(?:image|file|link|attach|url)|überprüf|bestätig|zugreif|vérif|accéd|acced|acess|conferm|controler|bevestig|провер|подтвер|перевір|підтвер|zweryf|potwierdz|sprawdz|التحقق|تأكيد|الوصول|xác (?:minh|nhận)|truy cập|memastikan|mengakses';

const HAS_NO =
  "i (?:\\w+ )?(?:don't|do not) have|i have no|(?:ich habe|habe ich)~kein\\S*|je n'ai (?:pas|aucun\\S*)|no tengo|não tenho|non ho|ik heb~geen|jag har~(?:inte|ingen)|у меня нет|(?:у мене|я) (?:немає|не маю)|nie mam|ليس لدي|tôi~không có|saya~tidak (?:memiliki|punya)";

const KNOWLEDGE =
  "access|real-time|way |knowledge|information|zugriff|zugang|echtzeit|accès|d'information|acces|informa|datos|dados|dati|toegang|tillgång|доступ|информ|інформ|dostęp|وصول|معلومات|quyền truy cập|thông tin|akses";

const UNSURE =
  "i(?:'m| am) (?:\\w+ )?not (?:\\w+ )?(?:sure|certain|aware|familiar)(?! if you)|i (?:\\w+ )?(?:don't|do not) (?:\\w+ )?know(?! if| you)|it(?:'s| is) (?:difficult|hard|impossible) for me to|(?:ich bin|bin ich)~nicht~sicher|(?:ich weiß|weiß ich)~nicht|je ne (?:suis pas~(?:sûr|certain)|sais pas)|no (?:estoy~segur|sé )|não (?:tenho certeza|sei )|non (?:sono~(?:sicur|cert)[oa]|lo so )|ik (?:weet~niet|ben~niet~zeker)|jag (?:vet inte|är inte~säker)|не (?:уверен|знаю|впевнен)|nie (?:jestem~pew|wiem )|لست متأكد|لا أعرف|tôi~không (?:chắc|biết)|saya~(?:tidak|kurang) (?:yakin|tahu)";

/** Tried anywhere in a sentence: tr, hi, zh, ja and ko put the verb last, or no spaces between words. */
const REFUSES_ANYWHERE =
  '(?:yardımcı ola|yardım ede|sağlaya|oluştura|cevap vere|yanıt vere|getire|yaza)m[ıiae]|मैं .{0,60}(?:मदद|सहायता|जवाब|उत्तर|प्रदान)(?: \\S+){0,3} (?:नहीं|असमर्थ)|(?:我(?!认为|觉得)|抱歉[，,。！ ]*(?:但是?)?|对不起[，,。！ ]*)[^。]{0,14}(?:[无無]法|不能|没办法)[^，。]{0,8}(?:提供|帮助|协助|回答|满足|完成|生成|创作|编写|讨论|处理)|(?:応え|答え|手伝い|対応|回答|提供|支援|協力|作成)(?:する(?:こと)?)?[はがを]?(?:でき(?:ません|かねます|ない)|いたしかねます)|(?:도와드릴|도움을 드릴|(?:제공|답변|작성|지원)(?:해 ?드릴|할)|응답할|생성할|수행할) ?수(?:가|는)? ?없';

const DOUBTS_ANYWHERE =
  'emin değilim|bilmiyorum|bilgim yok|erişimim (?:yok|bul)|मुझे (?:\\S+ ){0,3}(?:यकीन|जानकारी|पता) नहीं|मुझे नहीं पता|मेरे पास (?:\\S+ ){0,5}(?:पहुंच|जानकारी) नहीं|我(?:目前|暂时|也|还)?(?:不太?确定|不太?清楚|不知道|没有(?:相关|足够|实时|最新|关于)[^，。]{0,10}(?:信息|数据)|无法(?:确认|核实|验证|访问|获取|查询|判断|预测))|確信が(?:持て|あり)ません|[わ分]かりません|(?:確認|アクセス)(?:する(?:こと)?)?[はが]?できません|확실하지 ?않|잘 모르겠|(?:확인|접근)할 수 ?(?:가 )?없';

/** "If I can't help" and "people think that I can't" state a condition or another's opinion. */
const LEAD =
  '^(?:(?!(?:if|when|because|that|why|who|think|wenn|weil|dass|si|que|quand|se|che|quando|если|когда|что|jeśli|kiedy|że|dat|jika|nếu|om|när|att|إذا) )\\S+ ){0,3}';

/** "I can't wait to help" is eagerness, "I can't recommend it enough" praise. */
const GAP = '(?: (?!wait|believe|imagine|thank|recommend|esperar|attendre|credere)\\S+){0,4} ';

export type Phrases = { readonly atClause: RegExp; readonly anywhere: RegExp };

export const refusal: () => Phrases = lazy(() => ({
  atClause: pattern(
    `${LEAD}(?:(?:${CANNOT})${GAP}(?:${ANSWER})|i (?:must|have to|need to) (?:\\w+ )?(?:decline|refuse)|ich bin~nicht in der lage)`,
  ),
  anywhere: pattern(REFUSES_ANYWHERE),
}));

export const doubt: () => Phrases = lazy(() => ({
  atClause: pattern(`${LEAD}(?:(?:${CANNOT})${GAP}(?:${FIND_OUT})|(?:${HAS_NO})~(?:${KNOWLEDGE})|${UNSURE})`),
  anywhere: pattern(DOUBTS_ANYWHERE),
}));

/** Requests whose answer may well be somebody else's refusal or doubt: letters, translations, rewordings. */
export const ASKS_FOR_OTHERS_WORDS =
  /refus|declin|reject|apolog|transl|rephras|paraphras|rewrit|reword|proofread|mail|letter|reply|dialog|ablehn|absage|übersetz|formulier|entschuldig|tradu|lettre|excus|rechaz|carta|corre[oi]|recus|desculp|rifiut|lettera|weiger|vertaal|отказ|извин|перев[ео]д|письм|відмов|переклад|odm[oó]w|tłumacz|özür|çevir|mektup|ترجم|اعتذ|رفض|رسالة|अनुवाद|मना|ईमेल|拒绝|翻[译訳]|道歉|邮件|断[りる]|メール|거절|번역|사과|메일|từ chối|dịch|tolak|terjemah|surat/iu;

function pattern(source: string): RegExp {
  return new RegExp(source.replaceAll('~', '(?: \\S+){0,5} '), 'u');
}
