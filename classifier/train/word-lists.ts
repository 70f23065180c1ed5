// The words people use when they tell a router what to do, in twenty languages, and the little words that hold sentences
// together, in the languages training knows. This is the place to edit them; `node scripts/write-words.ts` then writes
// classifier/word-table.ts, which the product reads. They are folded there as the analysis copy is.

import { PART } from '../ask-words.ts';

export const WORD_LISTS: readonly (readonly [part: number, words: string])[] = [
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
  [
    PART.function,
    `the a an of to in on at by for from with and or but as is are was were be been has have had do does did will would can could
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
    של את על עם זה מה איך לא הוא היא`,
  ],
];
