// The words people use when they tell a router what to do, in twenty languages. They are folded as the analysis copy is.
// A word may play several parts. What the parts add up to is decided in cut-asks.ts.

import { lazy } from '../protocol/lazy.ts';
import { foldUnicode } from './fold-unicode.ts';

export const PART = {
  /** Names what is chosen. */
  target: 1,
  /** Names a place of choice, but is an everyday word as well. */
  place: 2,
  /** Chooses, of routers only. */
  route: 4,
  /** Chooses, of anything. */
  act: 8,
  /** Says which one. */
  size: 16,
  /** Points at the request itself. */
  self: 32,
  /** Says how hard it is. */
  difficulty: 64,
  /** Says that something is so. */
  claim: 128,
  /** Means nothing here. */
  glue: 256,
} as const;

const LISTS: readonly (readonly [part: number, words: string])[] = [
  [
    PART.target,
    `model models modell modelle modele modelo modelos modello modelli modelu modelem modeli modelowi модель модели
    моделью моделе моделі моделлю llm llms ai ki ia ии tier tiers tiering route router routing endpoint backend provider gpt claude
    opus sonnet haiku gemini mistral llama qwen deepseek o1 o3 o4 النموذج نموذج मॉडल`,
  ],
  [
    PART.place,
    `cloud edge wolke nube nuage nuvem nuvola chmura chmury chmure облако облака облаке облачную облачной хмара хмару хмару
    bulut buluta bulutta rand frontier flagship السحابة क्लाउड`,
  ],
  [
    PART.route,
    `route routed routing reroute escalate escalated escalation upgrade downgrade dispatch dispatched override leite weiterleiten
    escala escalar enruta enrutar encamina achemine acheminez router roteie encaminhe instrada instradare przekieruj skieruj
    маршрутизируй направь направить направьте перенаправь эскалируй спрямуй yonlendir arahkan وجّه وجه`,
  ],
  [
    PART.act,
    `consult assigning routing using sending needing requiring answering handling weitergeben gib stell transmets transmettre confie confier pasa pasar remite derivar encamine encaminhar passe passar affida manda inoltra geef przekaz передай перешли перенаправьте решай ilet teruskan berikan answers handles runs serves goes gets sends routes picks chooses calls appreciate demand insist recommend suggest ensure make let allow call invoke trigger hit ask query pass move push bump shift redirect allocate serve served running execute executed spend waste save skip avoid bother worth justify justifies warrant warrants merit merits love wish expect take give assigned reserved reserve enable activate engage connect talk speak get use using used choose pick select send sent forward switch prefer assign direct delegate hand handle handled answer answered
    answering process processed run go needs need require requires required deserves must should want force set give stay keep
    nimm nutze nutz verwende benutze wahle schick schicke sende braucht brauche erfordert soll muss utilise utiliser utilisez emploie
    choisis choisissez envoie envoyez passe faut necessite usa use usar utiliza utilice elige envia enviar manda necesita requiere
    utilize escolha mande precisa usare utilizza scegli invia serve gebruik kies stuur uzyj wybierz wyslij potrzebuje используй
    используйте использовать выбери выберите отправь отправьте передай нужна нужен требует использовуй використай використовуй обери
    надішли kullan sec gonder gunakan pilih kirim dung hay استخدم اختر أرسل ارسل उपयोग इस्तेमाल भेजो please bitte plait favor prego
    пожалуйста`,
  ],
  [
    PART.size,
    `brightest ablest mightiest heaviest lightest slowest strongest-available best-available stärkere stärkste klügste intelligenteste leistungsfähigste schnellste größere größten günstigste plus meilleurs fort forte intelligent puissante économique léger inteligente mayor menor fuerte rápido mais forte inteligente poderoso barato più potente intelligente forte economico slimste krachtigste zwaarste mądrzejszy mocniejszy największego умную умной умная мощная мощной сильнейшую сильнейшей akıllı güçlüsü iyisine pintar kuat canggih termurah terkuat full heavy heavyweight lightweight little minimal quick good great standard normal regular main primary secondary powerfull intelligent intelligence clever capability costly economical budget thinking reasoning deep deepest super slow slower quality expert genius high-end highend low-end biggest-brain brainy finest superior inferior state art sota latest newest gpt claude opus sonnet haiku gemini mistral llama qwen deepseek o1 o3 o4 best better strongest strong stronger biggest bigger big largest larger large smartest smarter smart powerful capable top
    expensive premium pro max ultra advanced frontier flagship smallest smaller small tiny cheap cheapest cheaper weak weakest fast
    fastest light lite mini nano basic local cloud edge high highest low lowest free beste besten bestes starkste starksten grosste
    grossten grosse grossen kleinste kleinsten kleine kleinen billigste gunstigste meilleur meilleure puissant grand gros petit petite
    mejor potente grande pequeno pequena barato melhor maior menor migliore piccolo piccola beste sterkste grootste kleinste goedkoopste
    najlepszy najlepszego najlepszym najsilniejszy najmniejszy maly malego лучшую лучшей лучшая сильную сильной сильная мощную мощной самую самой большую
    большой маленькую маленькой малую дешевую краиную найкращу найсильнишу малу en iyi guclu kucuk buyuk terbaik terkecil kecil besar أفضل افضل أقوى اقوى أصغر اصغر
    सर्वश्रेष्ठ सबसे अच्छे छोटे`,
  ],
  [
    PART.self,
    `this that it these request question prompt task message query problem conversation job input one das dies diese dieses diesen
    anfrage frage aufgabe ceci cela ca cette question demande tache esto esta este pregunta tarea solicitud isto pergunta tarefa pedido
    questo questa domanda richiesta compito dit deze vraag taak verzoek to ten pytanie zadanie это этот вопрос запрос задача задачу задание це запит
    питання bu soru soruyu istegi gorev ini pertanyaan permintaan tugas هذا السؤال الطلب यह इसे सवाल`,
  ],
  [
    PART.difficulty,
    `nontrivial non-trivial elementary effortless brainer obvious tricky sophisticated demanding intricate advanced expert-level phd-level super-hard superhard delicate complicated heavy trivial easy simple hard difficult complex complicated challenging tough important urgent critical basic straightforward
    einfach leicht schwer schwierig komplex wichtig facile simple difficile complexe important facil sencillo sencilla dificil complejo
    compleja complicado importante semplice complesso makkelijk eenvoudig moeilijk latwe trudne proste wazne latwy trudny легко просто сложно сложный
    сложная простой легкий трудный важно важный легке складне простe kolay zor basit onemli mudah sulit سهل صعب आसान कठिन`,
  ],
  [
    PART.claim,
    `it's its thats that's this's considered rated classified deemed marked flagged labelled labeled counts treat treated consider is are s was seems looks ist sind scheint est sont es son e sono sao zijn jest sa это є dir adalah very really extremely
    too super sehr wirklich tres muy muito molto zeer bardzo очень дуже cok sangat so quite deeply`,
  ],
  [
    PART.glue,
    `messages confidence reason score payload header headers body json yaml tags tagged value key name id class label labels level correctly properly matters matter does did doing worry care again right away asap immediately possible could say said al alla allo agli aan den das weiter hier jetzt nun moglich moglichst unbedingt maintenant ici directement aqui ahora agora subito ora qui nu teraz tutaj сеичас здесь теперь şimdi sekarang am was were had d m ll re ve issue matter problem paying customer customers user subscriber vip client pay paid begin end start stop cost costs obviously clearly certainly absolutely definitely maybe perhaps thanks thank kindly hey hi ok okay anything anyone nothing something whatever what which who one ones thing stuff bit kind sort option choice version machine server service api assistant bot resources compute power tokens money effort care careful thought attention really truly literally simply merely own side end fine sufficient suffices suffice plenty overkill necessary needed unnecessary important importance urgent urgency order access direct line back up down out off into onto onto about like as well too time thing job here it its their his her them they he she we our ours us sure honest honestly fyi btw ps note nb tl dr a an the to with on in at for by of and or as be been being i we you your me my us can could would will do does not don t no only
    just always never now instead directly straight please over through via from here there if because since so then also all any
    available have has got possible most more least very much enough even system admin administrator developer assistant user instruction
    instructions note control config directive metadata priority level mode true false ignore previous above below hint policy rule rules tag
    der die den dem ein eine einen einer zu mit auf an fur von und oder nicht nur immer bitte le la les un une de du des a au avec pour
    par et ou s il te vous plait el los las una con por para y o en lo da do das dos ao com no na por favor il lo gli uno con per
    di da e al het de een naar met voor van en do z na dla i w najbardziej в на к с для и из по самую эту этого пожалуйста bir ve icin
    ile ke dengan untuk yang إلى على من في को का के लिए में है करें quality speed cost performance response reply version`,
  ],
];

/** Every word, folded, with the sum of its parts. */
export const askWords: () => ReadonlyMap<string, number> = lazy(() => {
  const parts = new Map<string, number>();
  for (const [part, words] of LISTS) {
    for (const word of foldUnicode(words).split(/\s+/)) parts.set(word, (parts.get(word) ?? 0) | part);
  }
  return parts;
});

const WORDS = /[\p{L}\p{N}\p{M}]+/gu;

/** What the words of a stretch of text add up to, and which share of them belongs to a wish at all. */
export function partsOf(text: string): {
  readonly parts: number;
  readonly share: number;
  readonly words: number;
} {
  let [parts, known, words] = [0, 0, 0];
  const lists = askWords();
  for (const [word] of text.matchAll(WORDS)) {
    const part = lists.get(word) ?? (/^\d+$/.test(word) ? PART.glue : 0);
    words += 1;
    parts |= part;
    if (part !== 0) known += 1;
  }
  return { parts, share: words === 0 ? 1 : known / words, words };
}
