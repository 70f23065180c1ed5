// Prompts written for this project so that length and language do not decide: short but hard, and easy in any language.
// `hard` and `easy` hold one task per line; `{…|…}` is a choice that is spelled out in full. Training data only:
// nothing here may also stand in the obvious-prompts set or in test/fixtures.

export type LanguagePrompts = { readonly hard: string; readonly easy: string };

export const PROMPTS: Readonly<Record<string, LanguagePrompts>> = {
  en: {
    hard: `
Prove that {√3|√5|the cube root of 2|log_2 3} is irrational.
Prove there are infinitely many primes of the form {4k+3|6k+5}.
Prove {Fermat's little theorem|Wilson's theorem|Sylow's theorems|the Cauchy-Schwarz inequality|Zorn's lemma from choice}.
Give a rigorous proof of {the spectral theorem|Brouwer's fixed point theorem|Stokes' theorem|the Heine-Borel theorem}.
Is every {finite group of order 15|continuous bijection on a compact space|Hausdorff quotient} {cyclic|a homeomorphism|metrizable}? Prove or give a counterexample.
Evaluate the integral of {x^2 e^{-x^2}|sin(x)/x|1/(1+x^4)} from 0 to infinity.
Solve {y'' + 4y = tan(2x)|u_t = k u_xx with Neumann boundary|x^3 - 3x + 1 = 0 exactly}.
Find all integer solutions of {x^2 - 7y^2 = 1|x^3 + y^3 = z^2 with z < 100|3^a - 2^b = 1}.
Find the eigenvalues of the {Laplacian on the n-cycle|n x n Hilbert matrix|companion matrix} and justify.
Show that {the halting problem|SAT|graph 3-coloring} is {undecidable|NP-complete}.
Show that {the kernel of a homomorphism is normal|a finite integral domain is a field|the union of two subspaces is rarely a subspace}.
Is {every abelian quotient|the union of two ideals|2^√2} {finite|an ideal|algebraic}? State what is known and justify.
Give a {linear-time|polynomial-time|randomised} algorithm for {2-SAT|planarity testing|maximum matching} and sketch its correctness.
Formally verify {insertion sort|a spin lock|a bank transfer} in {Coq|Isabelle|Lean|TLA+}.
Price {an Asian option|a swaption|a convertible bond} with {jumps|local volatility|a Hull-White model}.
Derive the {Black-Scholes equation|Euler-Lagrange equations|Navier-Stokes equations|backpropagation update} from first principles.
Derive the {partition function of the 1D Ising model|Schwarzschild metric|Dirac equation}.
How many {necklaces with 6 beads of 3 colors|derangements of 8 letters|lattice paths below the diagonal} are there up to symmetry?
What is the expected number of {tosses until HTH|cards until the second ace|steps to cover a cycle graph}?
Why does this {goroutine|async task|thread pool|mutex} deadlock and how do I fix it?
Fix the race condition in this {Rust|Go|Java|C++} cache.
Debug a {segfault|memory leak|heap corruption|use-after-free} in my {C|C++|Rust FFI|CUDA} code.
My {Postgres|MySQL|Spark} query takes {40 seconds|3 minutes}, here is the explain plan, optimise it.
My Kubernetes pods get {OOMKilled|evicted} only under load, find the root cause.
Implement a {lock-free queue|B+ tree with range deletes|red-black tree|skip list|LSM tree} in {Rust|C++|Go|Java}.
Implement {Raft|Paxos|a CRDT text editor|a SAT solver|a JIT compiler|a regex engine} in {Go|Rust|TypeScript}.
Write a {parser|type checker|garbage collector|query planner} for a small language.
Refactor this {monolith|god class|callback code} into {microservices|hexagonal architecture|an event-driven design} without downtime.
Design a {rate limiter|payment ledger|chat system|job scheduler|feature store} for {10 million users|five regions|exactly-once delivery}.
Design a {multi-region|multi-tenant|zero-downtime} {database migration|deployment|failover} plan.
How would you shard {a social graph|a time-series database|an order book} and rebalance it online?
Prove that your consensus protocol is safe under {partitions|clock skew|byzantine nodes}.
Is this non-compete clause enforceable in {California|Germany|New York}?
Analyse the GDPR liability of {a processor|a joint controller} after a data breach.
Draft an indemnification clause for a {cross-border merger|SaaS contract|share purchase agreement}.
Which tort claims does {the tenant|the bystander|the shareholder} have, and what are the defences?
Assess the antitrust risk of {this merger|exclusive dealing|a most-favoured-nation clause}.
What are the tax consequences of {a spin-off|a foreign trust|converting stock options} for a {US citizen abroad|startup}?
58-year-old with {chest pain and a normal ECG|sudden vision loss|fever after a splenectomy}: differential diagnosis and next tests?
Can I take {warfarin|lithium|methotrexate} with {ibuprofen|amiodarone|trimethoprim}? Explain the mechanism.
How should {rivaroxaban|clopidogrel|prednisone} be handled before {emergency surgery|a lumbar puncture|a spinal anaesthesia}?
Management of {thyroid storm|acute liver failure|status epilepticus|tumour lysis syndrome} in {pregnancy|a child|chronic kidney disease}?
Adjust the {vancomycin|gentamicin|heparin} dose for creatinine clearance {25|40} ml/min.
Interpret: pH 7.21, pCO2 28, HCO3 11, anion gap {22|14}.
Critique the {causal identification|statistical methodology|experimental design} of this paper.
Compare {Kant and Hume on causation|Rawls and Nozick on justice|Keynes and Hayek} in depth.
Build a {DCF valuation|hedging strategy|Monte Carlo model} for {a biotech firm|a currency portfolio|a copper mine}.
Explain step by step why {quicksort is n log n on average|RSA is correct|Bell inequalities rule out local hidden variables}.
Five people sit in a row; {the doctor is left of the red hat|nobody sits beside their twin}. Who sits in the middle? Deduce it.
Find the minimum number of weighings for {12|13} coins with one {fake|odd} coin.
Optimise {this CUDA kernel|a convex program with l1 penalty|the schedule of 40 nurses}.
Find the bug: {off-by-one in binary search over floats|double free in the destructor|wrong isolation level in a transaction}.
Vulnerability review: {JWT verification|SQL built by string concatenation|OAuth redirect handling} in this code.
Predict the major product and mechanism of {a Diels-Alder reaction|E2 with a bulky base|Grignard with an epoxide}.
Compute the {Gibbs free energy change|equilibrium concentration|half-cell potential} at 350 K.`,
    easy: `
{Hi|Hello|Hey|hey there|Good morning|Good evening|Yo|Hi!|Hello there|Howdy|hiya|Hello, how are you?|Hi, how's it going?|What's up?}
{Thanks|Thank you!|Thanks a lot|ok thanks|great, thank you|Bye|See you later|Good night|lol|nice|cool|you're welcome}
{How are you today?|What's your name?|Who are you?|Are you a robot?|Do you like music?|What can you do?|How old are you?}
What is the capital of {France|Japan|Brazil|Egypt|Canada|Kenya|Norway|Peru}?
What's the currency of {Japan|India|Switzerland|Mexico}?
Who {wrote Hamlet|painted the Mona Lisa|invented the telephone|was the first man on the moon|discovered penicillin}?
How many {days are in a week|legs does a spider have|minutes are in an hour|continents are there|planets are there|letters are in the alphabet}?
What color is {the sky|a banana|grass|snow}?
What is {2+2|5 times 6|10 minus 3|half of 20|7 + 8|100 divided by 4}?
When did {World War II end|the Titanic sink|the Berlin Wall fall}?
What's the {tallest mountain|largest ocean|longest river|smallest country|biggest planet}?
Translate to {German|French|Spanish|Italian|Japanese}: {good night|I am hungry|where is the station?|thank you very much|see you tomorrow}
How do you say {hello|thank you|cheers|cat} in {Spanish|Korean|Dutch|Polish}?
What does {FAQ|NASA|ASAP|PDF|CEO} stand for?
What does {benevolent|ubiquitous|to procrastinate|serendipity} mean?
Give me a synonym for {happy|big|fast|beautiful}.
What's the opposite of {hot|early|brave}?
How do you spell {necessary|restaurant|rhythm}?
Fix the grammar: {he go to school yesterday|me and him is friends|she dont like apples}
Rewrite politely: {send me the file now|you are late again|I can't come}
Tell me a {joke|fun fact|short bedtime story|riddle}.
Write a {haiku about autumn|birthday wish for my sister|short thank-you note|two-line poem about rain|caption for a beach photo}.
Give me a recipe for {pancakes|tomato soup|scrambled eggs|guacamole}.
Suggest {a name for my cat|three gift ideas for dad|a movie for tonight|a title for my blog}.
Convert {5 km to miles|70 F to Celsius|2 hours to minutes|1 kg to pounds}.
Is this review positive or negative: "{I loved it|Terrible service|It was okay}"
List {five fruits|the days of the week|the primary colors|three green vegetables}.
What time is it in {Tokyo|London} when it is noon in {New York|Paris}?
Remind me what {a noun|an adjective|photosynthesis|gravity} is in one sentence.
Explain {rain|the internet|money|magnets} to a five year old.
How do I {boil an egg|tie a tie|restart my phone|reset my password|print a page|make tea}?
What is {HTML|a URL|a browser|WiFi|a CPU} in simple words?
How do I print hello world in {Python|JavaScript|Java}?
{yes|no|ok|sure|maybe|I see|got it|never mind|please continue|go on|more please|thanks, that works}
What should I {eat for breakfast|wear when it rains|pack for the beach}?
Make this shorter: {I just wanted to write to you in order to ask whether you could come|Due to the fact that it rained we stayed inside}
Sort these alphabetically: {pear, apple, fig|Zoe, Adam, Mia}
Capitalize: {the old man and the sea|new york city}
Which is bigger, {an elephant or a mouse|the sun or the moon}?
Is {a whale a fish|a tomato a fruit|Pluto a planet}?
Write an email {to my landlord about a dripping tap|inviting the team to lunch|asking a shop for a refund|to thank a customer}.
Pretend you are {a pirate captain|a tour guide in Rome|a friendly barista|a medieval knight} and {greet me|tell me about your day}.
Write a short story about {a lost kitten|a lighthouse|two friends on a train} in {100|200} words.
Write a blog post outline about {indoor plants|weekend trips|healthy snacks|choosing running shoes}.
Describe {a rainy street at night|an old bakery|a summer fair} in a vivid paragraph.
What are the main differences between {cats and dogs|coffee and tea|baroque and romantic music|solar and wind power}?
Give me an overview of {the French Revolution|the water cycle|ancient Egypt|stoicism|how vaccines work}.
What are the pros and cons of {remote work|owning a car|living in a big city}?
List {five|ten} tips for {better sleep|learning a language|a job interview|saving money}.
Plan a {one-day|three-day} trip to {Lisbon|Kyoto|Prague} for a family.
Suggest activities for {a children's party|a rainy Sunday|a history lesson for ten year olds}.
What are good manners when {visiting a mosque|eating in Korea|writing to a professor}?
Write a {product description|tagline|tweet} for {a wooden toy|a small bakery|an umbrella}.
Rewrite this in a {friendly|formal} tone: we cannot take your order because the shop is closed on Monday.
Translate to {Spanish|English|Dutch}: {The tenant shall pay the deposit within ten days.|The patient has a fever and a sore throat.|The theorem is named after a Greek mathematician.|This clause limits the liability of the seller.}
Fix the grammar: {the court have decide yesterday|the patient take two pill a day|this proof are short|the function return a number}
How do you say {theorem|lawsuit|integral|diagnosis|kernel} in {Italian|Polish|Turkish}?
What does the word {lemma|plaintiff|benign|recursion|matrix} mean?
Explain {gravity|black holes|DNA|inflation|encryption|atoms} to a {child|6 year old|12 year old|beginner}.
Write a {Python|JavaScript|bash} {script|program|one-liner} that {prints the numbers from 1 to 10|adds two numbers|says hello|prints today's date}.
How do I {write a comment in Python|make text bold in HTML|create a list in Python|undo a commit in git|rename a file in Linux}?
What is a {variable|while loop|database|compiler|function} in programming?
Spell {algorithm|pneumonia|jurisdiction|hypothesis}.
What are common {symptoms of a flu|side effects of aspirin|uses of vinegar}?
{What is|Who needs} {a contract|a prime number|a patent|blood pressure|an API}?
Give a friendly answer to this customer: where is my parcel, it should have come on Friday?`,
  },
  de: {
    hard: `
Beweise, dass √{2|3|7} irrational ist.
Beweise, dass es unendlich viele Primzahlen gibt{| der Form 4k+3}.
Zeige mit vollständiger Induktion, dass {1+2+...+n = n(n+1)/2|2^n > n^2 für n > 4}.
Löse die Differentialgleichung {y'' + y = tan x|y' = y^2 - x}.
Finde den Deadlock in diesem {Go|Java|Rust}-Code und behebe ihn.
Implementiere eine {sperrfreie Warteschlange|B-Baum-Struktur} in {Rust|C++}.
Entwirf eine verteilte Architektur für {ein Zahlungssystem|einen Chat mit 10 Millionen Nutzern}, ausfallsicher über drei Regionen.
Ist {eine Wettbewerbsklausel|die fristlose Kündigung|ein Haftungsausschluss in AGB} nach deutschem Recht wirksam? Begründe.
Welche Haftung trifft den Auftragsverarbeiter nach DSGVO bei einem Datenleck?
Patient, {62|45} Jahre, {Brustschmerz und Troponin erhöht|Fieber und Nackensteifigkeit}: Differentialdiagnose?
Analysiere ausführlich die Ursachen {der Inflation|der Eurokrise} und vergleiche geldpolitische Strategien.
Berechne das Integral {∫ x e^{-x^2} dx|∫ ln(x)/(1+x^2) dx} von 0 bis unendlich.`,
    easy: `
{Hallo|Guten Tag|Guten Morgen|Moin|Servus|Hallo, wie geht's?|Danke|Vielen Dank!|Tschüss|Gute Nacht}
Was ist die Hauptstadt von {Italien|Österreich|Schweden}?
Wer hat {Faust geschrieben|die Mona Lisa gemalt}?
Wie viele {Tage hat eine Woche|Minuten hat eine Stunde|Bundesländer hat Deutschland}?
Übersetze ins Englische: {Guten Morgen|Ich habe Hunger|Wo ist der Bahnhof?}
Erzähl mir einen Witz.
Nenne ein Synonym für {schön|schnell}.
Was bedeutet {Gemütlichkeit|Fernweh}?
Schreib einen kurzen Geburtstagsgruß für {meine Mutter|einen Kollegen}.
Wie koche ich {Kartoffelsuppe|ein Ei}?
Korrigiere: {Ich habe gestern nach Hause gegangt|Er kommen heute}
Wie heißt du? {|Was kannst du?}
Fasse in einem Satz zusammen: Wir treffen uns morgen um zehn, weil der Raum heute besetzt ist.`,
  },
  fr: {
    hard: `
Démontre que √{2|3|5} est irrationnel.
Prouve qu'il existe une infinité de nombres premiers{| de la forme 4k+3}.
Démontrez {le théorème de Fermat|l'inégalité de Cauchy-Schwarz|le théorème de Rolle}.
Résous l'équation différentielle {y'' + y = tan x|y' = x - y^2}.
Trouve l'interblocage dans ce code {Go|Java|Rust} et corrige-le.
Implémente une file sans verrou en {Rust|C++}.
Conçois une architecture distribuée pour {un système de paiement|une messagerie à 10 millions d'utilisateurs}, tolérante aux pannes.
Cette clause {de non-concurrence|limitative de responsabilité} est-elle valable en droit français ? Argumente.
Quelle responsabilité pour le sous-traitant selon le RGPD après une fuite de données ?
Patient de {62|45} ans, {douleur thoracique et troponine élevée|fièvre et raideur de nuque} : diagnostic différentiel ?
Analyse en profondeur {les causes de l'inflation|la crise de l'euro} et compare les politiques monétaires.
Calcule l'intégrale de {x e^{-x^2}|ln(x)/(1+x^2)} entre 0 et l'infini.`,
    easy: `
{Bonjour|Salut|Bonsoir|Coucou|Bonjour, comment ça va ?|Merci|Merci beaucoup !|Au revoir|Bonne nuit}
Quelle est la capitale {de l'Italie|du Portugal|de la Suède} ?
Qui a {écrit Les Misérables|peint la Joconde} ?
Combien de {jours dans une semaine|minutes dans une heure} ?
Traduis en anglais : {bonne nuit|j'ai faim|où est la gare ?}
Raconte-moi une blague.
Donne un synonyme de {beau|rapide}.
Que veut dire {éphémère|dépaysement} ?
Écris un petit message d'anniversaire pour {ma mère|un collègue}.
Comment faire {des crêpes|cuire un œuf} ?
Corrige : {je suis allé a la maison hier|ils mange}
Comment tu t'appelles ? {|Que sais-tu faire ?}
Résume en une phrase : nous nous voyons demain à dix heures car la salle est prise aujourd'hui.`,
  },
  es: {
    hard: `
Demuestra que √{2|3|5} es irracional.
Demuestra que hay infinitos números primos{| de la forma 4k+3}.
Demuestra {el pequeño teorema de Fermat|la desigualdad de Cauchy-Schwarz}.
Resuelve la ecuación diferencial {y'' + y = tan x|y' = x - y^2}.
Encuentra el interbloqueo en este código {Go|Java|Rust} y corrígelo.
Implementa una cola sin bloqueos en {Rust|C++}.
Diseña una arquitectura distribuida para {un sistema de pagos|un chat de 10 millones de usuarios}, tolerante a fallos.
¿Es válida esta cláusula {de no competencia|de limitación de responsabilidad} en derecho español? Argumenta.
¿Qué responsabilidad tiene el encargado del tratamiento según el RGPD tras una filtración?
Paciente de {62|45} años con {dolor torácico y troponina elevada|fiebre y rigidez de nuca}: diagnóstico diferencial
Analiza en profundidad {las causas de la inflación|la crisis del euro} y compara políticas monetarias.
Calcula la integral de {x e^{-x^2}|ln(x)/(1+x^2)} entre 0 e infinito.`,
    easy: `
{Hola|Buenos días|Buenas noches|¿Qué tal?|Hola, ¿cómo estás?|Gracias|¡Muchas gracias!|Adiós|Hasta luego}
¿Cuál es la capital de {Italia|Perú|Suecia}?
¿Quién {escribió el Quijote|pintó la Mona Lisa}?
¿Cuántos {días tiene una semana|minutos tiene una hora}?
Traduce al inglés: {buenas noches|tengo hambre|¿dónde está la estación?}
Cuéntame un chiste.
Dame un sinónimo de {bonito|rápido}.
¿Qué significa {efímero|sobremesa}?
Escribe una felicitación corta de cumpleaños para {mi madre|un colega}.
¿Cómo se hace {una tortilla|un huevo duro}?
Corrige: {yo fue a casa ayer|ellos come}
¿Cómo te llamas? {|¿Qué sabes hacer?}
Resume en una frase: nos vemos mañana a las diez porque hoy la sala está ocupada.`,
  },
  pt: {
    hard: `
Demonstre que √{2|3|5} é irracional.
Prove que existem infinitos números primos{| da forma 4k+3}.
Resolva a equação diferencial {y'' + y = tan x|y' = x - y^2}.
Encontre o deadlock neste código {Go|Java|Rust} e corrija.
Implemente uma fila sem bloqueio em {Rust|C++}.
Projete uma arquitetura distribuída para {um sistema de pagamentos|um chat com 10 milhões de usuários}, tolerante a falhas.
Esta cláusula {de não concorrência|de limitação de responsabilidade} é válida no direito brasileiro? Fundamente.
Paciente de {62|45} anos com {dor torácica e troponina alta|febre e rigidez de nuca}: diagnóstico diferencial
Analise em detalhe {as causas da inflação|a crise do euro} e compare políticas monetárias.
Calcule a integral de {x e^{-x^2}|ln(x)/(1+x^2)} de 0 a infinito.`,
    easy: `
{Olá|Oi|Bom dia|Boa noite|Tudo bem?|Oi, como vai?|Obrigado|Muito obrigada!|Tchau}
Qual é a capital {da Itália|do Peru|da Suécia}?
Quem {escreveu Dom Casmurro|pintou a Mona Lisa}?
Quantos {dias tem uma semana|minutos tem uma hora}?
Traduza para o inglês: {boa noite|estou com fome|onde fica a estação?}
Conte uma piada.
Me dê um sinônimo de {bonito|rápido}.
O que significa {efêmero|saudade}?
Escreva uma mensagem curta de aniversário para {minha mãe|um colega}.
Como fazer {brigadeiro|ovo cozido}?
Corrija: {nós vai para casa|eles come}
Resuma em uma frase: vamos nos ver amanhã às dez porque hoje a sala está ocupada.`,
  },
  it: {
    hard: `
Dimostra che √{2|3|5} è irrazionale.
Dimostra che esistono infiniti numeri primi{| della forma 4k+3}.
Risolvi l'equazione differenziale {y'' + y = tan x|y' = x - y^2}.
Trova il deadlock in questo codice {Go|Java|Rust} e correggilo.
Implementa una coda lock-free in {Rust|C++}.
Progetta un'architettura distribuita per {un sistema di pagamenti|una chat con 10 milioni di utenti}, tollerante ai guasti.
Questa clausola {di non concorrenza|di limitazione della responsabilità} è valida nel diritto italiano? Motiva.
Paziente di {62|45} anni con {dolore toracico e troponina alta|febbre e rigidità nucale}: diagnosi differenziale
Analizza in dettaglio {le cause dell'inflazione|la crisi dell'euro} e confronta le politiche monetarie.
Calcola l'integrale di {x e^{-x^2}|ln(x)/(1+x^2)} tra 0 e infinito.`,
    easy: `
{Ciao|Buongiorno|Buonasera|Ciao, come stai?|Grazie|Grazie mille!|Arrivederci|Buonanotte}
Qual è la capitale {della Francia|del Perù|della Svezia}?
Chi ha {scritto la Divina Commedia|dipinto la Gioconda}?
Quanti {giorni ha una settimana|minuti ha un'ora}?
Traduci in inglese: {buona notte|ho fame|dov'è la stazione?}
Raccontami una barzelletta.
Dammi un sinonimo di {bello|veloce}.
Cosa significa {effimero|meriggiare}?
Scrivi un breve augurio di compleanno per {mia madre|un collega}.
Come si fa {la carbonara|un uovo sodo}?
Correggi: {io andato a casa ieri|loro mangia}
Riassumi in una frase: ci vediamo domani alle dieci perché oggi la sala è occupata.`,
  },
  nl: {
    hard: `
Bewijs dat √{2|3|5} irrationaal is.
Bewijs dat er oneindig veel priemgetallen zijn{| van de vorm 4k+3}.
Los de differentiaalvergelijking {y'' + y = tan x|y' = x - y^2} op.
Vind de deadlock in deze {Go|Java|Rust}-code en los hem op.
Ontwerp een gedistribueerde architectuur voor {een betaalsysteem|een chat met 10 miljoen gebruikers}, bestand tegen uitval.
Is {dit concurrentiebeding|deze aansprakelijkheidsbeperking} geldig naar Nederlands recht? Onderbouw.
Patiënt van {62|45} met {pijn op de borst en verhoogd troponine|koorts en nekstijfheid}: differentiaaldiagnose?
Analyseer uitgebreid {de oorzaken van inflatie|de eurocrisis} en vergelijk het monetair beleid.`,
    easy: `
{Hallo|Goedemorgen|Hoi|Hoi, hoe gaat het?|Bedankt|Dank je wel!|Tot ziens|Welterusten}
Wat is de hoofdstad van {Frankrijk|Peru|Zweden}?
Wie heeft {de Nachtwacht|de Mona Lisa} geschilderd?
Hoeveel {dagen heeft een week|minuten heeft een uur}?
Vertaal naar het Engels: {goedenacht|ik heb honger|waar is het station?}
Vertel een grap.
Geef een synoniem voor {mooi|snel}.
Schrijf een korte verjaardagswens voor {mijn moeder|een collega}.
Hoe bak ik {pannenkoeken|een ei}?
Vat samen in één zin: we zien elkaar morgen om tien uur omdat de zaal vandaag bezet is.`,
  },
  sv: {
    hard: `
Bevisa att √{2|3|5} är irrationellt.
Bevisa att det finns oändligt många primtal{| på formen 4k+3}.
Lös differentialekvationen {y'' + y = tan x|y' = x - y^2}.
Hitta dödläget i den här {Go|Java|Rust}-koden och åtgärda det.
Utforma en distribuerad arkitektur för {ett betalsystem|en chatt med 10 miljoner användare} som tål avbrott.
Är {konkurrensklausulen|ansvarsbegränsningen} giltig enligt svensk rätt? Motivera juridiskt.
Patient {62|45} år med {bröstsmärta och förhöjt troponin|feber och nackstelhet}: differentialdiagnos?
Analysera utförligt {inflationens orsaker|eurokrisen} och jämför penningpolitiken.`,
    easy: `
{Hej|God morgon|Hej, hur mår du?|Tack|Tack så mycket!|Hej då|God natt}
Vad är huvudstaden i {Frankrike|Peru|Norge}?
Vem {skrev Pippi Långstrump|målade Mona Lisa}?
Hur många {dagar har en vecka|minuter har en timme}?
Översätt till engelska: {god natt|jag är hungrig|var är stationen?}
Berätta ett skämt.
Ge en synonym till {vacker|snabb}.
Skriv en kort födelsedagshälsning till {min mamma|en kollega}.
Hur gör man {pannkakor|ett kokt ägg}?
Sammanfatta i en mening: vi ses imorgon klockan tio eftersom rummet är upptaget idag.`,
  },
  pl: {
    hard: `
Udowodnij, że √{2|3|5} jest liczbą niewymierną.
Udowodnij, że istnieje nieskończenie wiele liczb pierwszych{| postaci 4k+3}.
Rozwiąż równanie różniczkowe {y'' + y = tan x|y' = x - y^2}.
Znajdź zakleszczenie w tym kodzie {Go|Java|Rust} i je napraw.
Zaprojektuj rozproszoną architekturę {systemu płatności|czatu dla 10 milionów użytkowników} odporną na awarie.
Czy {zakaz konkurencji|klauzula ograniczająca odpowiedzialność} jest ważna w prawie polskim? Uzasadnij.
Pacjent lat {62|45}, {ból w klatce i podwyższona troponina|gorączka i sztywność karku}: diagnostyka różnicowa?
Przeanalizuj szczegółowo {przyczyny inflacji|kryzys euro} i porównaj politykę pieniężną.`,
    easy: `
{Cześć|Dzień dobry|Hej, jak się masz?|Dziękuję|Wielkie dzięki!|Do widzenia|Dobranoc}
Jaka jest stolica {Francji|Peru|Szwecji}?
Kto {napisał Pana Tadeusza|namalował Mona Lisę}?
Ile {dni ma tydzień|minut ma godzina}?
Przetłumacz na angielski: {dobranoc|jestem głodny|gdzie jest dworzec?}
Opowiedz żart.
Podaj synonim słowa {ładny|szybki}.
Napisz krótkie życzenia urodzinowe dla {mamy|kolegi}.
Jak zrobić {naleśniki|jajko na twardo}?
Streść w jednym zdaniu: spotykamy się jutro o dziesiątej, bo dziś sala jest zajęta.`,
  },
  ru: {
    hard: `
Докажи, что √{2|3|5} иррационально.
Докажите, что простых чисел {бесконечно много|вида 4k+3 бесконечно много}.
Докажи {малую теорему Ферма|неравенство Коши-Буняковского|теорему Больцано-Вейерштрасса}.
Реши дифференциальное уравнение {y'' + y = tg x|y' = x - y^2}.
Найди взаимоблокировку в этом коде на {Go|Java|Rust} и исправь.
Почему утекает память в моём {C++|Go|Node.js} сервисе? Как отладить?
Реализуй неблокирующую очередь на {Rust|C++}.
Спроектируй распределённую архитектуру {платёжной системы|чата на 10 миллионов пользователей}, отказоустойчивую.
Действителен ли {запрет конкуренции|пункт об ограничении ответственности} в договоре по российскому праву? Обоснуй.
Пациент {62|45} лет, {боль в груди и повышенный тропонин|лихорадка и ригидность затылка}: дифференциальный диагноз?
Подробно проанализируй {причины инфляции|кризис еврозоны} и сравни денежную политику.
Вычисли интеграл {x e^{-x^2}|ln(x)/(1+x^2)} от 0 до бесконечности.`,
    easy: `
{Привет|Здравствуйте|Доброе утро|Привет, как дела?|Спасибо|Большое спасибо!|Пока|Спокойной ночи}
Какая столица {Франции|Перу|Швеции}?
Кто {написал Войну и мир|нарисовал Мону Лизу}?
Сколько {дней в неделе|минут в часе}?
Переведи на английский: {спокойной ночи|я голоден|где вокзал?}
Расскажи шутку.
Подбери синоним к слову {красивый|быстрый}.
Что значит слово {эфемерный|ностальгия}?
Напиши короткое поздравление с днём рождения для {мамы|коллеги}.
Как приготовить {блины|яйцо вкрутую}?
Исправь ошибки: {я пошол домой|они кушает}
Кратко в одном предложении: встречаемся завтра в десять, потому что сегодня зал занят.`,
  },
  uk: {
    hard: `
Доведи, що √{2|3|5} ірраціональне.
Доведіть, що простих чисел {нескінченно багато|виду 4k+3 нескінченно багато}.
Розв'яжи диференціальне рівняння {y'' + y = tg x|y' = x - y^2}.
Знайди взаємне блокування в цьому коді {Go|Java|Rust} і виправ.
Спроєктуй розподілену архітектуру {платіжної системи|чату на 10 мільйонів користувачів}, стійку до відмов.
Чи дійсний {пункт про неконкуренцію|пункт про обмеження відповідальності} в договорі? Обґрунтуй юридично.
Пацієнт {62|45} років, {біль у грудях і підвищений тропонін|гарячка і ригідність потилиці}: диференційний діагноз?
Детально проаналізуй {причини інфляції|кризу єврозони} та порівняй політику.`,
    easy: `
{Привіт|Доброго дня|Добрий ранок|Привіт, як справи?|Дякую|Щиро дякую!|Бувай|На добраніч}
Яка столиця {Франції|Перу|Швеції}?
Хто {написав Кобзар|намалював Мону Лізу}?
Скільки {днів у тижні|хвилин у годині}?
Переклади англійською: {на добраніч|я голодний|де вокзал?}
Розкажи жарт.
Добери синонім до слова {гарний|швидкий}.
Напиши коротке привітання для {мами|колеги}.
Як приготувати {борщ|яйце}?
Підсумуй одним реченням: зустрічаємось завтра о десятій, бо сьогодні зала зайнята.`,
  },
  tr: {
    hard: `
√{2|3|5} sayısının irrasyonel olduğunu kanıtla.
Sonsuz sayıda asal sayı olduğunu ispatla.
{y'' + y = tan x|y' = x - y^2} diferansiyel denklemini çöz.
Bu {Go|Java|Rust} kodundaki kilitlenmeyi bul ve düzelt.
{Ödeme sistemi|10 milyon kullanıcılı sohbet} için hataya dayanıklı dağıtık bir mimari tasarla.
{Rekabet yasağı|Sorumluluk sınırlaması} maddesi Türk hukukuna göre geçerli mi? Gerekçelendir.
{62|45} yaşında hasta, {göğüs ağrısı ve troponin yüksek|ateş ve ense sertliği}: ayırıcı tanı?
{Enflasyonun nedenlerini|Euro krizini} ayrıntılı analiz et ve para politikalarını karşılaştır.`,
    easy: `
{Merhaba|Selam|Günaydın|Merhaba, nasılsın?|Teşekkürler|Çok teşekkür ederim!|Görüşürüz|İyi geceler}
{Fransa'nın|Peru'nun|İsveç'in} başkenti neresi?
{Mona Lisa'yı|Suç ve Ceza'yı} kim yaptı?
Bir {haftada kaç gün|saatte kaç dakika} var?
İngilizceye çevir: {iyi geceler|acıktım|istasyon nerede?}
Bana bir fıkra anlat.
{Güzel|Hızlı} kelimesinin eş anlamlısı nedir?
{Annem|Arkadaşım} için kısa bir doğum günü mesajı yaz.
{Menemen|Yumurta} nasıl yapılır?
Tek cümleyle özetle: yarın onda buluşuyoruz çünkü bugün salon dolu.`,
  },
  ar: {
    hard: `
أثبت أن √{2|3|5} عدد غير نسبي.
برهن أن الأعداد الأولية لا نهائية.
حل المعادلة التفاضلية {y'' + y = tan x|y' = x - y^2}.
جد حالة الجمود في كود {Go|Java|Rust} هذا وأصلحها.
صمم معمارية موزعة {لنظام مدفوعات|لتطبيق محادثة بعشرة ملايين مستخدم} تتحمل الأعطال.
هل {شرط عدم المنافسة|تحديد المسؤولية في العقد} صحيح قانونيا؟ علل.
مريض عمره {62|45} سنة، {ألم صدري وارتفاع التروبونين|حمى وتيبس الرقبة}: التشخيص التفريقي؟
حلل بالتفصيل {أسباب التضخم|أزمة اليورو} وقارن السياسات النقدية.`,
    easy: `
{مرحبا|السلام عليكم|صباح الخير|كيف حالك؟|شكرا|شكرا جزيلا|مع السلامة|تصبح على خير}
ما هي عاصمة {فرنسا|بيرو|السويد}؟
من {رسم الموناليزا|كتب هاملت}؟
كم {يوما في الأسبوع|دقيقة في الساعة}؟
ترجم إلى الإنجليزية: {صباح الخير|أنا جائع|أين المحطة؟}
احك لي نكتة.
أعطني مرادف كلمة {جميل|سريع}.
اكتب تهنئة عيد ميلاد قصيرة {لأمي|لزميلي}.
كيف أطبخ {الأرز|البيض}؟
لخص في جملة: نلتقي غدا في العاشرة لأن القاعة مشغولة اليوم.`,
  },
  fa: {
    hard: `
ثابت کنید √{2|3|5} گنگ است.
ثابت کنید اعداد اول نامتناهی هستند.
معادله دیفرانسیل {y'' + y = tan x|y' = x - y^2} را حل کن.
بن‌بست را در این کد {Go|Java|Rust} پیدا و رفع کن.
برای {سامانه پرداخت|پیام‌رسان با ده میلیون کاربر} یک معماری توزیع‌شده مقاوم طراحی کن.
آیا {شرط عدم رقابت|شرط محدودیت مسئولیت} در قرارداد از نظر حقوقی معتبر است؟ استدلال کن.
بیمار {62|45} ساله با {درد قفسه سینه و تروپونین بالا|تب و سفتی گردن}: تشخیص افتراقی؟
{علل تورم|بحران یورو} را به تفصیل تحلیل و سیاست‌ها را مقایسه کن.`,
    easy: `
{سلام|صبح بخیر|سلام، خوبی؟|ممنون|خیلی ممنون|خداحافظ|شب بخیر}
پایتخت {فرانسه|پرو|سوئد} کجاست؟
چه کسی {مونالیزا را کشید|شاهنامه را سرود}؟
{هفته چند روز|ساعت چند دقیقه} دارد؟
به انگلیسی ترجمه کن: {شب بخیر|گرسنه‌ام|ایستگاه کجاست؟}
یک جوک بگو.
مترادف {زیبا|سریع} چیست؟
یک تبریک تولد کوتاه برای {مادرم|همکارم} بنویس.
طرز تهیه {املت|برنج} چیست؟
در یک جمله خلاصه کن: فردا ساعت ده همدیگر را می‌بینیم چون امروز سالن پر است.`,
  },
  hi: {
    hard: `
सिद्ध कीजिए कि √{2|3|5} अपरिमेय है।
सिद्ध करो कि अभाज्य संख्याएँ अनंत हैं।
अवकल समीकरण {y'' + y = tan x|y' = x - y^2} हल करो।
इस {Go|Java|Rust} कोड में डेडलॉक खोजो और ठीक करो।
{भुगतान प्रणाली|एक करोड़ उपयोगकर्ताओं की चैट} के लिए वितरित आर्किटेक्चर डिज़ाइन करो जो विफलता सहे।
क्या {गैर-प्रतिस्पर्धा|दायित्व सीमा} का अनुबंध खंड कानूनी रूप से मान्य है? तर्क दो।
{62|45} वर्षीय रोगी, {सीने में दर्द और ट्रोपोनिन बढ़ा|बुखार और गर्दन में अकड़न}: विभेदक निदान?
{महंगाई के कारणों|यूरो संकट} का विस्तार से विश्लेषण करो और नीतियों की तुलना करो।`,
    easy: `
{नमस्ते|सुप्रभात|आप कैसे हैं?|धन्यवाद|बहुत शुक्रिया|अलविदा|शुभ रात्रि}
{फ्रांस|पेरू|स्वीडन} की राजधानी क्या है?
{मोना लिसा किसने बनाई|गोदान किसने लिखा}?
{सप्ताह में कितने दिन|घंटे में कितने मिनट} होते हैं?
अंग्रेज़ी में अनुवाद करो: {शुभ रात्रि|मुझे भूख लगी है|स्टेशन कहाँ है?}
एक चुटकुला सुनाओ।
{सुंदर|तेज़} का पर्यायवाची बताओ।
{माँ|मित्र} के लिए जन्मदिन की छोटी शुभकामना लिखो।
{चाय|खिचड़ी} कैसे बनाते हैं?
एक वाक्य में सारांश: हम कल दस बजे मिलेंगे क्योंकि आज कमरा व्यस्त है।`,
  },
  zh: {
    hard: `
证明√{2|3|5}是无理数。
证明素数有无穷多个。
证明{费马小定理|柯西不等式|中值定理}。
求解微分方程{y'' + y = tan x|y' = x - y^2}。
找出这段{Go|Java|Rust}代码中的死锁并修复。
为什么我的{C++|Go}服务内存泄漏?怎么调试?
用{Rust|C++}实现无锁队列。
设计一个{支付系统|千万用户聊天系统}的分布式架构,要求容错高可用。
合同中的{竞业限制|责任限制}条款在法律上有效吗?请论证。
患者{62|45}岁,{胸痛,肌钙蛋白升高|发热伴颈项强直},鉴别诊断?
深入分析{通货膨胀的原因|欧债危机}并比较货币政策。
计算{x e^{-x^2}|ln(x)/(1+x^2)}从0到无穷的积分。`,
    easy: `
{你好|您好|早上好|你好吗?|谢谢|非常感谢!|再见|晚安}
{法国|秘鲁|瑞典}的首都是哪里?
谁{画了蒙娜丽莎|写了红楼梦}?
{一周有几天|一小时有多少分钟}?
翻译成英文:{晚安|我饿了|车站在哪里?}
讲个笑话。
{美丽|快速}的同义词是什么?
给{妈妈|同事}写一句生日祝福。
{番茄炒蛋|米饭}怎么做?
改正错别字:{我昨天去了学较|他门来了}
用一句话总结:我们明天十点见面,因为今天会议室被占用了。
{今天天气怎么样|你叫什么名字}?`,
  },
  ja: {
    hard: `
√{2|3|5}が無理数であることを証明してください。
素数が無限に存在することを証明せよ。
{フェルマーの小定理|コーシー・シュワルツの不等式}を証明して。
微分方程式{y'' + y = tan x|y' = x - y^2}を解いて。
この{Go|Java|Rust}コードのデッドロックを見つけて修正して。
{Rust|C++}でロックフリーキューを実装して。
{決済システム|一千万人規模のチャット}の耐障害性のある分散アーキテクチャを設計して。
この{競業避止|責任制限}条項は法的に有効ですか。論じてください。
{62|45}歳の患者、{胸痛とトロポニン上昇|発熱と項部硬直}、鑑別診断は?
{インフレの原因|ユーロ危機}を詳しく分析し、金融政策を比較して。`,
    easy: `
{こんにちは|おはようございます|こんばんは|お元気ですか?|ありがとう|どうもありがとうございます|さようなら|おやすみなさい}
{フランス|ペルー|スウェーデン}の首都はどこですか?
{モナリザを描いたのは誰|坊っちゃんを書いたのは誰}?
{一週間は何日|一時間は何分}ですか?
英語に翻訳して:{おやすみなさい|お腹がすいた|駅はどこですか}
冗談を言って。
{美しい|速い}の類義語は?
{母|同僚}への短い誕生日メッセージを書いて。
{卵焼き|味噌汁}の作り方は?
一文で要約して:今日は部屋が使えないので明日十時に会います。
{今日の天気は|名前は何ですか}?`,
  },
  ko: {
    hard: `
√{2|3|5}가 무리수임을 증명하세요.
소수가 무한히 많음을 증명하라.
미분방정식 {y'' + y = tan x|y' = x - y^2}을 풀어라.
이 {Go|Java|Rust} 코드의 교착 상태를 찾아 고쳐줘.
{Rust|C++}로 락프리 큐를 구현해줘.
{결제 시스템|천만 사용자 채팅}을 위한 장애에 강한 분산 아키텍처를 설계해줘.
이 계약서의 {경업금지|책임 제한} 조항은 법적으로 유효한가? 논증하라.
{62|45}세 환자, {흉통과 트로포닌 상승|발열과 경부 강직}, 감별 진단은?
{인플레이션의 원인|유로 위기}을 자세히 분석하고 통화 정책을 비교하라.`,
    easy: `
{안녕|안녕하세요|좋은 아침|잘 지내?|고마워|정말 감사합니다|잘 가|잘 자}
{프랑스|페루|스웨덴}의 수도는 어디야?
{모나리자는 누가 그렸어|홍길동전은 누가 썼어}?
{일주일은 며칠|한 시간은 몇 분}이야?
영어로 번역해줘: {잘 자|배고파|역이 어디예요?}
농담 하나 해줘.
{예쁜|빠른}의 동의어는?
{엄마|동료}에게 짧은 생일 축하 메시지 써줘.
{김치볶음밥|계란찜} 어떻게 만들어?
한 문장으로 요약해줘: 오늘은 방이 차서 내일 열 시에 만나요.
{오늘 날씨 어때|이름이 뭐야}?`,
  },
  vi: {
    hard: `
Chứng minh √{2|3|5} là số vô tỉ.
Chứng minh có vô số số nguyên tố.
Giải phương trình vi phân {y'' + y = tan x|y' = x - y^2}.
Tìm và sửa deadlock trong đoạn mã {Go|Java|Rust} này.
Thiết kế kiến trúc phân tán cho {hệ thống thanh toán|ứng dụng chat 10 triệu người dùng}, chịu lỗi.
Điều khoản {không cạnh tranh|giới hạn trách nhiệm} trong hợp đồng có hợp pháp không? Lập luận.
Bệnh nhân {62|45} tuổi, {đau ngực và troponin tăng|sốt và cứng gáy}: chẩn đoán phân biệt?
Phân tích chi tiết {nguyên nhân lạm phát|khủng hoảng euro} và so sánh chính sách tiền tệ.`,
    easy: `
{Xin chào|Chào buổi sáng|Chào bạn, khỏe không?|Cảm ơn|Cảm ơn nhiều!|Tạm biệt|Chúc ngủ ngon}
Thủ đô của {Pháp|Peru|Thụy Điển} là gì?
Ai {viết Truyện Kiều|vẽ Mona Lisa}?
{Một tuần có mấy ngày|Một giờ có bao nhiêu phút}?
Dịch sang tiếng Anh: {chúc ngủ ngon|tôi đói|nhà ga ở đâu?}
Kể một câu chuyện cười.
Từ đồng nghĩa với {đẹp|nhanh} là gì?
Viết lời chúc sinh nhật ngắn cho {mẹ|đồng nghiệp}.
Cách nấu {phở|cơm} như thế nào?
Tóm tắt trong một câu: mai mười giờ gặp nhau vì hôm nay phòng bận.`,
  },
  id: {
    hard: `
Buktikan bahwa √{2|3|5} irasional.
Buktikan bahwa ada tak hingga bilangan prima.
Selesaikan persamaan diferensial {y'' + y = tan x|y' = x - y^2}.
Temukan deadlock dalam kode {Go|Java|Rust} ini dan perbaiki.
Rancang arsitektur terdistribusi untuk {sistem pembayaran|obrolan 10 juta pengguna} yang tahan gangguan.
Apakah klausul {non-kompetisi|pembatasan tanggung jawab} dalam kontrak sah menurut hukum? Jelaskan argumennya.
Pasien {62|45} tahun, {nyeri dada dan troponin naik|demam dan kaku kuduk}: diagnosis banding?
Analisis secara rinci {penyebab inflasi|krisis euro} dan bandingkan kebijakan moneter.`,
    easy: `
{Halo|Selamat pagi|Hai, apa kabar?|Terima kasih|Terima kasih banyak!|Sampai jumpa|Selamat malam}
Apa ibu kota {Prancis|Peru|Swedia}?
Siapa yang {melukis Mona Lisa|menulis Laskar Pelangi}?
{Seminggu ada berapa hari|Satu jam berapa menit}?
Terjemahkan ke bahasa Inggris: {selamat malam|saya lapar|di mana stasiun?}
Ceritakan lelucon.
Apa sinonim dari {indah|cepat}?
Tulis ucapan ulang tahun singkat untuk {ibu|rekan kerja}.
Bagaimana cara membuat {nasi goreng|telur rebus}?
Ringkas dalam satu kalimat: kita bertemu besok jam sepuluh karena ruangannya penuh hari ini.`,
  },
  th: {
    hard: `
พิสูจน์ว่า √{2|3|5} เป็นจำนวนอตรรกยะ
พิสูจน์ว่ามีจำนวนเฉพาะเป็นอนันต์
หา deadlock ในโค้ด {Go|Java|Rust} นี้และแก้ไข
ออกแบบสถาปัตยกรรมแบบกระจายสำหรับ{ระบบชำระเงิน|แชตสิบล้านผู้ใช้}
วิเคราะห์และเปรียบเทียบนโยบายการเงินอย่างละเอียด
ผู้ป่วยอายุ {62|45} ปี เจ็บหน้าอก วินิจฉัยแยกโรคอะไรบ้าง`,
    easy: `
{สวัสดี|ขอบคุณ|สบายดีไหม|ลาก่อน|ราตรีสวัสดิ์}
เมืองหลวงของ{ฝรั่งเศส|เปรู|สวีเดน}คืออะไร
แปลเป็นภาษาอังกฤษ: {ราตรีสวัสดิ์|ฉันหิว}
เล่าเรื่องตลกหน่อย
{หนึ่งสัปดาห์มีกี่วัน|หนึ่งชั่วโมงมีกี่นาที}
เขียนคำอวยพรวันเกิดสั้นๆ`,
  },
  he: {
    hard: `
הוכח ש-√{2|3|5} אי-רציונלי.
הוכח שיש אינסוף מספרים ראשוניים.
מצא את הקיפאון בקוד ה-{Go|Java|Rust} הזה ותקן.
תכנן ארכיטקטורה מבוזרת {למערכת תשלומים|לצ'אט של עשרה מיליון משתמשים}.
האם סעיף {אי-תחרות|הגבלת אחריות} תקף משפטית? נמק.
חולה בן {62|45} עם כאב בחזה: אבחנה מבדלת?`,
    easy: `
{שלום|בוקר טוב|מה שלומך?|תודה|תודה רבה|להתראות|לילה טוב}
מהי בירת {צרפת|פרו|שוודיה}?
תרגם לאנגלית: {לילה טוב|אני רעב}
ספר לי בדיחה.
{כמה ימים יש בשבוע|כמה דקות יש בשעה}?
כתוב ברכת יום הולדת קצרה {לאמא|לחבר}.`,
  },
};
