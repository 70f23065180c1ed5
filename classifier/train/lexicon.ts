// The words a route is explained with: small word lists by kind of task, in about twenty languages.
// An entry ending in `*` is a stem and matches every word that starts with it. In scripts written without
// spaces (Han, kana, Hangul, Thai) an entry is a run of two or three characters and matches anywhere.
// The lists only count; what a count is worth is learnt by the trainer, so adding a word needs a retraining.

import { CATEGORIES, type Category } from '../categories.ts';
import { foldUnicode } from '../fold-unicode.ts';
import { hashWord, KIND, kindOf, STEM_SALT } from '../token-hash.ts';

const LISTS: Readonly<Record<Category, string>> = {
  'asks for a proof': `
    dokaž* dokážte αποδείξ* bizonyíts* todist* demonstrea* demonstrați dokaz* dokáz*
    prove proves proving proven proof proofs theorem* lemma* corollary conjectur* derive derivation disprove rigorous*
    qed axiom* induction contradiction counterexample* bijecti* irrational* nontrivial
    beweis* beweise herleit* widerleg* satz lemma démontr* prouve* preuve théorèm* demuestr* demostr* teorema* dimostr*
    demonstre* prove-se bewijs* stelling udowodn* dowód twierdzen* докаж* доказ* теорем* лемм* довед* доведен* ispat kanıtla*
    ispatla* teorem* أثبت برهن* مبرهنة نظرية اثبت ثابت قضیه सिद्ध प्रमाणित प्रमेय chứng buktikan dalil bevisa bevis
    証明 定理 证明 證明 命题 推导 反例 증명 정리 พิสู ทฤษ`,
  mathematics: `
    transcendental subgroup* cyclic nilpotent coset* quotient ideals surjective injective bijective polynomial-time isomorphism* planar subspace* orthogonal hermitian residue* contour
    integral* integrat* derivative* differentia* eigenvalue* eigenvector* matrix matrices polynomial* polynom* theorem
    modulo modular congruen* topolog* manifold* homolog* cohomolog* homomorphi* isomorph* galois riemann euler fourier
    laplace hilbert banach lebesgue measurable convergen* diverge* asymptot* combinatori* permutation* probability
    stochastic* markov bayesian variance covariance determinant vector* tensor* logarithm* trigonometr* equation*
    inequalit* quadratic cubic integer* prime primes divisib* factori* hyperbol* ellipse parabola sqrt frac sum_ lim
    infinit* sequence* subset* bounded continuous compact metric abelian finite rational
    gleichung* integral* wahrscheinlich* primzahl* matrizen ableitung* grenzwert* équation* intégrale* probabilité* dérivée*
    premiers ecuaci* ecuación integral* probabilidad* primos derivada* equazion* probabilità* integrale* equação equações
    vergelijking* priemgetal* równan* równanie całk* prawdopodob* pierwszych уравнен* интеграл* вероятност* простых
    матриц* производн* ряд ряда рівнян* ймовірн* інтеграл* простих denklem* integral* olasılık* asal türev
    معادلة تكامل احتمال الأولية أعداد مصفوفة معادله انتگرال समीकरण समाकलन प्रायिकता अभाज्य phương trình tích phân
    xác suất persamaan integral* peluang prima ekvation* sannolikhet* primtal*
    方程 积分 積分 概率 確率 素数 质数 矩阵 行列 微分 收敛 收束 函数 微積 级数 級数 複素 复数 방정식 방정 적분 확률 소수 행렬 미분 สมก`,
  'program code': `
    assembly opcode bitwise solidity verilog fortran lisp elixir erlang
    python javascript typescript java rust golang c++ kotlin swift haskell scala ruby php sql postgres* mysql mongodb
    redis kafka kubernetes docker terraform ansible regex* function functions class struct struct* method api apis rest
    graphql endpoint* middleware async await promise* thread* mutex goroutine* coroutine* pointer* malloc compiler*
    compile* runtime* bytecode def return const import println printf console stdout stderr null undefined nullptr
    boolean array arrays tuple* dictionar* hashmap* recursion recursive* iterat* algorithm* binary tree trees graph
    linked stack queue heap sort* complexity o(n leetcode unit pytest junit webpack react vue angular django flask
    fastapi spring numpy pandas pytorch tensorflow cuda kernel schema* migration* query queries index* bash shell script*
    linux nginx css html json yaml xml parser* parse lexer frontend backend code codebase coder repo repository git
    programm* quellcode code funktion* fonction* código codigo funció* función funzione programma* função código-fonte
    functie* kod kodu funkcj* код кода коде функци* алгоритм* программ* скрипт* функці* програм* kod fonksiyon*
    algoritma* كود برمجة دالة خوارزمية برنامج کد تابع الگوریتم कोड फ़ंक्शन प्रोग्राम एल्गोरिद्म hàm thuật kode fungsi
    代码 程式 编程 算法 实现 関数 実装 コード アル プログ 코드 함수 알고리 구현 โค้ด ฟังก`,
  'debugging and concurrency': `
    debug* bug bugs buggy deadlock* race races livelock segfault* segmentation crash* crashes leak* leaking exception*
    traceback stacktrace stack-trace backtrace panic* panics corrupt* corruption refactor* optimi* optimize optimise
    bottleneck* profil* latency throughput flak* reproduc* regression* undefined-behavior undefined-behaviour ub
    concurren* thread-safe lock-free lockfree atomic* memory-safe borrow checker lifetime* starvation contention
    intermittent* nondeterminis* heisenbug oom timeout* fehlersuche debuggen speicherleck* verklemm* wettlauf*
    déboguer débogu* interblocage fuite blocage depura* depurar condición carrera interbloqueo fuga deadlocks vazamento
    concorrência concorrenza debugga* geheugenlek* wyciek* zakleszczen* wyścig* отлад* отлажи* гонк* утечк* взаимоблокир*
    зневад* налагод* витік гонки hata ayıkla ayıklayın sızıntı* kilitlenme* yarış تصحيح تسريب سباق الجمود
    اشکال‌زدایی نشت डीबग लीक gỡ lỗi rò rỉ debug kebocoran felsök* minnesläck*
    死锁 死鎖 竞态 競態 内存 泄漏 调试 調試 优化 競合 デッド デバッ メモリ リーク 最適化 교착 디버 누수 경쟁 최적화 ดีบั รั่ว`,
  'system design': `
    navrhn* σχεδίασ* tervezz* suunnittele* proiecteaz* projektér* distribuovan* κατανεμημέν* elosztott hajautet* תכנן מבוזר*
    architect* distributed scalab* scale microservice* monolith* sharding shard* replication replicat* consensus raft
    paxos byzantine crdt* eventual* consisten* linearizab* idempoten* exactly-once fault-toleran* fault tolerant
    failover high-availability availability multi-region multi-tenant tenants load-balanc* cach* cache partition*
    event-driven event-sourcing saga cqrs zero-downtime downtime migrate* rollout* throughput qps sla* disaster
    end-to-end infrastructure pipeline* ledger entwirf entwerf* entwurf architektur* verteilt* skalierbar* ausfallsicher*
    conçois concev* concevoir distribué* évolutif tolérant* diseña diseñ* arquitectura* distribuid* escalab* tolerante
    projete projet* arquitetura* tolerante progett* architettura* distribuit* scalabil* ontwerp* architectuur* gedistribueerd*
    schaalba* zaprojekt* architektur* rozproszon* skalowaln* спроектир* архитектур* распредел* масштабир* отказоустойч*
    спроєкт* архітектур* розподілен* масштаб* tasarla* mimari* dağıtık ölçeklen* صمم معمارية موزع* قابلة للتوسع طراحی
    معماری توزیع‌شده डिज़ाइन वितरित आर्किटेक्चर thiết kế phân tán rancang arsitektur terdistribusi skalabel designa
    utforma arkitektur distribuerad* skalbar*
    架构 架構 分布式 分散式 设计 設計 高可用 容错 分散 耐障害 可用性 アーキ スケー 아키텍 분산 설계 확장 ออกแ สถาป`,
  law: `
    odpovědnost* ευθύνη felelősség* vastuu răspunder* משפטי*
    legal legally lawsuit* litigat* liabilit* liable indemni* clause* contract* contractual statut* jurisdiction* tort
    torts negligen* plaintiff* defendant* court courts ruling precedent* constitutional* gdpr ccpa hipaa complian*
    regulat* arbitration injunction* fiduciar* copyright* patent* trademark* infring* tax taxation treaty antitrust
    merger* acquisition* covenant* breach* estoppel easement unenforceab* enforceab* employment-law damages
    rechtlich* haftung* haftet vertrag* klausel* klage dsgvo gesetz* kündigung* juridique* responsabilit* contrat* clause*
    rgpd tribunal* contrato* cláusula* jurídic* responsabilidad* demanda legalmente rgpd-e clausol* contratt* giuridic*
    aansprakelijk* overeenkomst* juridisch* avg prawn* odpowiedzialn* umow* klauzul* договор* юридическ* ответственност*
    иск закон* суд правов* договір* юридичн* відповідальн* sözleşme* hukuk* sorumluluk* dava* kvkk عقد قانون* المسؤولية
    القانونية مسؤولية قرارداد حقوقی قانونی अनुबंध कानूनी दायित्व hợp đồng pháp lý kontrak hukum tanggung juridisk* avtal*
    合同 合約 法律 条款 诉讼 責任 责任 契約 法的 条項 訴訟 違反 계약 법적 책임 소송 สัญญ กฎหม`,
  medicine: `
    surgery surgical perioperative reversal anaesthe* anesthe* haemorrhag* hemorrhag* thrombo* embolism acute chronic
    diagnóz* διάγνωση diagnoosi chemo regimen oncogen* metasta* arthritis dialysis
    diagnos* differential symptom* patient* dosage* dose doses mg mcg contraindicat* pharmacokinetic* interaction*
    prognosis etiology aetiology pathophysiolog* comorbid* anticoagul* warfarin metformin insulin chemotherap* oncolog*
    cardiolog* troponin ecg mri ct biopsy renal hepatic sepsis infarction stroke tumou* tumor* carcinoma* antibiotic*
    pregnan* clinical* therap* syndrome* lesion* chest fever hypertens* diabet* nephro* neurolog* creatinine anemia
    differentialdiagnos* patientin medikament* wechselwirk* behandlung* symptôm* diagnostic* médicament* traitement*
    paciente* síntoma* diagnóstic* tratamiento* dosis sintoma* medicament* tratamento* paziente* diagnosi farmac*
    patiënt* medicijn* behandeling* pacjent* objaw* leczen* lek leków пациент* симптом* диагноз* лечени* препарат*
    пацієнт* діагноз* лікуван* hasta hastada hastanın tanı teşhis tedavi ilaç مريض تشخيص أعراض علاج جرعة دواء بیمار
    علائم درمان रोगी लक्षण निदान उपचार दवा bệnh nhân triệu chứng chẩn đoán pasien gejala diagnosis pengobatan patient
    behandling*
    患者 诊断 診斷 診断 症状 治疗 治療 药物 薬 用量 剂量 副作用 鉴别 환자 진단 증상 치료 약물 ผู้ป วินิ`,
  'in-depth analysis': `
    volatilit* option barrier monetary analyzuj* αναλύσ* elemezd analysoi* analyzeaz* נתח
    analyze analyse analyz* analys* evaluate evaluat* critique* critically assess* compare comparison* contrast
    trade-off* tradeoff* tradeoffs implication* rigorously step-by-step comprehensive* detailed in-depth thorough*
    strategy strategic justif* argue* optimal* formal* formally quantif* forecast* model modeling modelling simulat*
    synthesi* hypothes* methodolog* framework roadmap research dissertation feasib* mitigat* econometric* valuation
    hedg* portfolio* arbitrage macroeconom* counterfactual* causal* ethical* consider considering constraint*
    analysier* bewerte* vergleich* begründ* abwäg* ausführlich* analys* évalue* évaluer compare* comparez approfondi*
    analiza* evalúa* compara* detallad* justifica* analise avalie compare detalhad* analizza* valuta* confronta*
    dettagliat* analyseer* beoordeel* vergelijk* przeanalizuj* oceń porównaj szczegół* проанализ* анализ* оцен* сравн*
    подробн* обосну* проаналіз* порівня* оцін* analiz* değerlendir* karşılaştır* ayrıntılı حلل تحليل قارن قيم بالتفصيل
    ارزیابی تحلیل مقایسه विश्लेषण मूल्यांकन तुलना विस्तार phân tích đánh giá so sánh analisis* evaluasi bandingkan
    analysera* utvärdera* jämför*
    分析 评估 評估 比较 比較 论证 権衡 权衡 深入 详细 評価 考察 詳しく 論じ 분석 평가 비교 자세히 논하 วิเค เปรี`,
  'advanced science': `
    quantum thermodynam* entropy relativ* electromagnet* hamiltonian lagrangian* schrödinger schrodinger maxwell
    photon* electron* fermion* boson* superconduct* semiconduct* spectroscop* spectrum spectra nmr enzyme* kinetics
    catalys* molar* molarity stoichiometr* enthalpy gibbs equilibrium* isomer* benzene* synthesi* reagent* genome*
    genomic* crispr protein* mitochondri* phylogen* neuron* orbital* angular momentum inductance capacit* impedance
    voltage torque viscosity reynolds navier stokes aerodynam* cosmolog* redshift neutrino* plasma transistor*
    quanten* thermodynamik quantique* cuántic* quântic* quantistic* kwant* квант* термодинам* kuantum الكم क्वांटम lượng
    量子 热力学 熱力学 电磁 電磁 相对论 相対論 양자 열역학 ควอน`,
  'reasoning puzzle': `
    puzzle* riddle* logic logical* clue clues houses knights knaves liar truth-teller deduce deduc* infer* premise*
    syllogism* consecutive* minimum maximum maximal* minimal* exactly respectively remaining probability expected
    game-theor* nash equilibrium optimal* np-hard np-complete knapsack traveling salesman constraint* satisf* sudoku
    weigh* balance scale* coin coins strictly adjacent remainder* arrangement* rätsel logik* énigme* logique* acertijo*
    lógica* enigma* indovinello logica* raadsel* zagadk* logiczn* головоломк* загадк* логическ* bilmece* mantık* لغز
    منطق पहेली तर्क câu đố teka-teki logika gåta 谜题 逻辑 推理 論理 パズル 퍼즐 논리 추론 ปริศ`,
  greeting: `
    dobrý ahoj děkuji kösz* köszön* kiitos moi hyvää mulțumesc bună takk hej kalimera καλημέρα καλησπέρα בוקר ערב לילה
    hi hii hiya hey heya hello helo yo sup howdy greetings welcome morning afternoon evening night bye goodbye cya
    thanks thank thx ty cheers please sorry congrats congratulations nice lol haha hahaha hmm cool great awesome
    hallo guten tag moin servus grüß danke tschüss bitte bonjour bonsoir salut merci coucou revoir hola buenos buenas
    días tardes gracias adiós ciao buongiorno buonasera grazie arrivederci olá oi bom dia tarde noite obrigado obrigada
    tchau goedemorgen goedendag dank dankjewel bedankt doei cześć dzień dobry dziękuję hej привет здравствуй* спасибо
    пока добрый доброе привіт дякую merhaba selam günaydın teşekkür* sağol مرحبا السلام شكرا أهلا صباح سلام ممنون
    नमस्ते धन्यवाद शुक्रिया chào cảm ơn halo selamat terima kasih tack hejsan god morgon שלום תודה γεια ευχαριστώ
    你好 您好 谢谢 謝謝 再见 早上 晚安 こんに おはよ ありが こんば さよう 안녕 감사 고마 สวัส ขอบค`,
  'small talk': `
    joke jokes funny weather favorite favourite bored lonely friend friends feeling name birthday lunch dinner
    breakfast coffee sleep sleepy tired happy sad love like movie movies song music game sport football pizza cat dog
    robot human old alive age born live from meaning-of-life witz wetter geht heißt heisst blague météo vas va appelles
    chiste llamas tiempo estás piada chama tempo barzelletta chiami stai grap weer gaat heet żart pogoda imię masz
    шутк* анекдот* погод* дела зовут жарт* справи şaka fıkra hava nasılsın adın نكتة الطقس حالك اسمك جوک حالت
    चुटकुला मौसम कैसे नाम khỏe thời tiết lelucon cuaca kabar nama skämt väder heter mår
    笑话 笑話 天气 天氣 名字 怎么样 冗談 天気 元気 名前 ジョー 농담 날씨 이름 기분 ตลก ชื่อ`,
  'simple text task': `
    tl dr recap outline gist
    přelož* μετάφρασ* fordíts* fordítsd käännä tradu oversett oversæt תרגם סכם
    translate translat* translation summarize summarise summar* tldr rephrase reword paraphrase shorten spell spelling
    synonym* antonym* define definition rhyme* capitalize capitalise uppercase lowercase alphabetical* proofread
    grammar typo typos punctuation convert* celsius fahrenheit kilometers miles inches bullet list classify sentiment
    headline title subject caption greeting postcard tweet acronym plural keyword* extract format
    übersetz* zusammenfass* fasse definier* synonym* buchstabier* korrigier* umformulier* gegenteil rechtschreib*
    tradui* résum* resume* définition synonyme* corrige* épelle traduc* traduzca resum* sinónimo* corrige deletrea
    traduz* sinônimo* corrija soletre traduci* riassum* sinonim* correggi vertaal* vat samen samenvat* synoniem*
    przetłumacz* streść podsumuj synonim* popraw перевед* перевод* переклад* кратк* синоним* исправ* підсумуй стисло
    çevir* tercüme özetle* eşanlamlı düzelt ترجم* لخص مرادف صحح ترجمه خلاصه अनुवाद सारांश पर्यायवाची dịch tóm tắt
    terjemahkan ringkas* rangkum* sinonim översätt* sammanfatta* synonym*
    翻译 翻譯 总结 總結 概括 同义 改写 翻訳 要約 まとめ 類義 번역 요약 동의어 แปล สรุป`,
  'asks to be brief': `
    briefly brief short shortly concise* quick quickly simple simply one-line one-liner sentence sentences word words
    eli5 basic beginner* kid kids child easy line just only kurz knapp satz einfach* zeile phrase court* bref brève*
    simple* simplement ligne frase frases corto breve* brevemente sencill* línea curto curta simples linha semplice riga
    kort* zin zinnen eenvoudig* krótko zdan* prosto коротк* предложен* прост* одним одной реченн* cümle* kısa kısaca basit
    جملة باختصار سطر بسيط جمله کوتاه वाक्य संक्षेप सरल câu ngắn gọn đơn giản kalimat singkat sederhana mening kort*
    一句 简短 簡單 简单 一行 一言 一文 簡単 短く 한문 한줄 간단 짧게 สั้น`,
  'fact question': `
    what what's whats who whom when where which capital president population currency color colour many much tall
    high far big largest biggest tallest longest deepest fastest year country countries city continent planet ocean
    river mountain invented wrote painted discovered founded located called named mean means stand abbreviation
    was wer wann wo wie hauptstadt viele einwohner qui quand où quel quelle capitale combien quién cuándo dónde cuál
    capital cuántos cuántas quem quando onde qual quantos quantas chi dove quale quanti quante wie wanneer waar
    hoofdstad hoeveel kto kiedy gdzie stolica stolicą ile кто когда где какая какой столица сколько хто коли де яка
    столиця скільки kim nerede hangi başkenti başkent kaç من متى أين عاصمة كم ما کجا پایتخت چند چیست कौन कब कहाँ
    राजधानी कितने क्या thủ đô bao nhiêu siapa kapan mana ibu kota berapa apa vem vilken huvudstad många
    首都 多少 什么 哪里 谁是 何人 どこ いつ 誰が 何です 수도 몇 언제 어디 누구 เมือ กี่ ใคร`,
  'light writing': `
    poem haiku limerick story email letter slogan recipe birthday card toast invitation blog caption essay paragraph
    lyrics bio tagline thank-you reminder introduce suggestion* ideas idea tips tip recommend* gift brainstorm
    gedicht geschichte rezept einladung* ideen poème histoire recette idées courriel poema cuento receta ideas correo
    história receita poesia storia ricetta idee gedicht* verhaal recept wiersz przepis pomysły стих* рецепт* рассказ*
    письмо идеи вірш şiir tarif hikaye mektup قصيدة قصة وصفة رسالة شعر داستان कविता कहानी thơ công thức puisi cerita
    resep dikt berättelse 诗 菜谱 故事 邮件 食谱 俳句 物語 レシピ メール 레시피 이야기 편지 กลอน สูตร`,
  continuation: `
    yes yeah yep yup ok okay sure go ahead continue proceed do it that this again more next same no nope right correct
    exactly please fine agreed done perfect good try retry keep going ja jawohl weiter mach genau oui d'accord vas-y
    continue sí si vale dale sigue continúa adelante sim claro pode continua continue sì va bene avanti procedi ja graag
    doorgaan tak dalej kontynuuj да давай продолж* хорошо дальше ок так продовж* добре evet tamam devam نعم تابع استمر
    حسنا بله ادامه हाँ ठीक जारी vâng được tiếp ya lanjut* baik kör fortsätt 好的 继续 繼續 可以 是的 はい 続け お願い 네 응 계속 좋아 ใช่ ทำต่`,
};

/** Runs in unspaced scripts are matched by their first three characters at most. */
const UNSPACED_RUN = 3;

export type HashedLexicon = { readonly hashes: Int32Array; readonly categories: Uint8Array };

/** Every entry once, folded and hashed as the scan will meet it; a word listed twice counts for the first list. */
export function hashedLexicon(): HashedLexicon {
  const categories = new Map<number, number>();
  CATEGORIES.forEach((name, category) => {
    for (const word of foldUnicode(LISTS[name]).split(/\s+/)) {
      if (word === '') continue;
      const hash = entryHash(word);
      if (!categories.has(hash)) categories.set(hash, category);
    }
  });
  return { hashes: Int32Array.from(categories.keys()), categories: Uint8Array.from(categories.values()) };
}

/** The whole words of a category's list, stems left out. */
export function lexiconWords(category: Category): readonly string[] {
  return LISTS[category].split(/\s+/).filter((word) => /^[\p{L}-]{3,}$/u.test(word));
}

function entryHash(entry: string): number {
  if (kindOf(entry.charCodeAt(0)) === KIND.unspaced) return hashWord(entry.slice(0, UNSPACED_RUN));
  return entry.endsWith('*') ? hashWord(entry.slice(0, -1)) ^ STEM_SALT : hashWord(entry);
}
