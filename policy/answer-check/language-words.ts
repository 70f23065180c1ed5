// Small words that tell languages in Latin letters apart, and names of languages. Invariant: no word stands in two
// rows, so that one hit is evidence for one language; frequent words that several languages share are left out.

export const LANGUAGE_WORDS: Readonly<Record<string, string>> = {
  en: 'the and of you that with this what how are your which from should would they have',
  de: 'der und nicht ist ein eine mit für auf dem sich auch ich oder wird kann wenn bei sind',
  fr: 'les est une dans pour vous nous pas avec cette sont aux je comment quel quelle où donc leur votre',
  es: 'el los las pero cómo qué cuál puede usted tiene donde muy más también cuando esto eso hasta desde hacer',
  pt: 'uma não você são isso pelo pela ao seu sua foi muito em às então isto tem',
  it: 'il gli della dei che è sono nel nella questo questa anche più perché cosa degli alla delle',
  nl: 'het een van niet dat voor zijn ook maar wat naar worden deze wordt uw jij hoe bij',
  sv: 'och att är inte jag ett hur för från också vad när eller',
  pl: 'nie się jest że jak dla przez czy oraz który są być jego tylko może',
  tr: 'bir bu için çok olarak değil nasıl daha gibi olan kadar sonra ama veya hangi ve',
  vi: 'là và của có không một những cho được trong với các này đó để',
  id: 'yang dan untuk dengan tidak ini itu adalah pada saya dalam bisa apa akan atau',
};

/**
 * The request asks for a translation, is about a language or names one, or wants code: then any language may be right. Every
 * language by its English name, English and Chinese by the names that others have for them: only those are judged
 * when the question is not in English.
 */
export const NAMES_A_LANGUAGE =
  /engl|[ia]ngl[eêé]|ingil|inggr|angiel|англ|英|영어|إنجليز|انجليز|अंग्रे|tiếng|french|german(?!y)|spanish|italian|portugu|russian|chin[eo]|cines|китай|中文|중국어|صيني|चीनी|japanes|korean|arabic|hindi|turkish|polish|latin|greek|dutch|hebrew|swedish|ukrain|thai|vietnam|indones|langu|sprach|idioma|lingua|l[ií]nguas|taal|transl|tradu|übers|vertaal|tłum|çevir|język|språk|bahasa|dịch|terjem|язык|мов[аиоу]|перев[ео]д|переклад|لغة|ترجم|भाषा|अनुवाद|[语語]|翻|訳|번역|언어|code|python|java|sql|html|regex|bash|script|```/iu;
