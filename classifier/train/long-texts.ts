// Sentences that long training texts are put together from: the kinds of material people paste. Written for this project.

export const MATERIAL: Readonly<Record<string, readonly string[]>> = {
  meeting: [
    'The weekly meeting started ten minutes late because the projector did not work.',
    'Anna reported that the new office will be ready in the second week of March.',
    'Everyone agreed to move the summer party to the garden behind the canteen.',
    'The budget for travel stays the same as last year, but trains are preferred.',
    'Tom will send the list of open questions before Friday noon.',
    'The kitchen needs a new coffee machine; two offers were compared.',
    'Parking spaces will be assigned by lottery from next month on.',
    'The newsletter goes out on Tuesday with photographs from the open day.',
  ],
  news: [
    'The city council voted on Thursday to extend the tram line to the harbour.',
    'Residents had complained for years about crowded buses in the morning.',
    'The works will last until the end of next year and cost 84 million euros.',
    'Shops along the route fear that customers will stay away in the meantime.',
    'A spokesperson said the timetable would be published in the coming weeks.',
    'Weather permitting, the bridge will be closed on two weekends in May.',
    'The mayor called the decision an important day for the whole region.',
    'Cyclists welcomed the new lane that is planned beside the tracks.',
  ],
  contract: [
    'The Supplier shall indemnify the Customer against all claims arising from a breach of clause 7.2.',
    'Neither party shall be liable for indirect or consequential damages, howsoever caused.',
    'This Agreement is governed by the laws of England and the courts of London have exclusive jurisdiction.',
    'The Customer may terminate for convenience upon ninety days written notice to the Supplier.',
    'Confidential Information excludes information that was lawfully known to the recipient before disclosure.',
    'Any amendment must be made in writing and signed by authorised representatives of both parties.',
    'The liability cap shall not apply to fraud, gross negligence or wilful misconduct.',
    'Intellectual property created under this Agreement vests in the Customer upon payment.',
  ],
  code: [
    'export async function loadOrders(customer: string): Promise<Order[]> {',
    '  const rows = await db.query("select * from orders where customer = $1", [customer]);',
    '  return rows.map((row) => ({ id: row.id, total: row.total_cents / 100 }));',
    '}',
    'mutex.lock(); if (queue.empty()) { condition.wait(mutex); } auto job = queue.front();',
    'for (let i = 0; i < workers.length; i++) { workers[i].postMessage({ type: "start", shard: i }); }',
    'ERROR 2026-03-02T11:04:19Z connection pool exhausted after 30000 ms (active=20, waiting=117)',
    'Traceback (most recent call last): File "app/jobs.py", line 88, in run: KeyError: "lease_id"',
  ],
  paper: [
    'We consider the variational formulation of the elliptic boundary value problem on a bounded Lipschitz domain.',
    'Let G be a finite group acting on X, and let μ be an invariant probability measure.',
    'The estimator is consistent under heteroskedasticity, although its asymptotic variance depends on the bandwidth.',
    'Table 3 reports the coefficients of the fixed effects regression with clustered standard errors.',
    'The observed spectra are in agreement with the Hamiltonian of equation (14) up to second order.',
    'Our ablation shows that removing the auxiliary loss reduces accuracy by 2.3 percentage points.',
    'By Lemma 4.2 the operator is compact, hence its spectrum consists of isolated eigenvalues.',
    'Patients in the treatment arm showed a lower incidence of infarction (HR 0.81, 95% CI 0.69-0.95).',
  ],
  story: [
    'When the old lighthouse keeper woke, the sea was already louder than usual.',
    'He put the kettle on and looked for the letter that his sister had sent in spring.',
    'Outside, the goat had climbed onto the roof again and was eating the moss.',
    'By noon a small blue boat came round the cape with two children waving.',
    'They brought bread, a new rope and the news that the baker had married.',
    'In the evening all of them sat by the window and counted the ships.',
    'Nobody mentioned the storm, because nobody wanted to be the first to leave.',
    'The lamp turned slowly, and the goat came down by itself.',
  ],
};

/** Asked of any of them, these are easy however long the text is. */
export const EASY_TASKS: readonly string[] = [
  'Summarise this in one line:',
  'Summarize the following in one sentence.',
  'TL;DR please:',
  'Give me a short title for this text:',
  'What language is this written in?',
  'Give a two-sentence summary of the text below.',
  'In one sentence, what is this about?',
  'Write a headline for this:',
  'List three keywords for the following text:',
  'Is the tone of this text formal or informal?',
  'Fasse das in einem Satz zusammen:',
  'Résume ce texte en une phrase :',
  'Resume este texto en una frase:',
  'Кратко перескажи одним предложением:',
  '用一句话概括下面的内容:',
  '次の文章を一文で要約して:',
  'Riassumi in una frase:',
  'Resuma em uma linha:',
];

/** Asked of the same texts, these are hard: the pair of the list above. */
export const HARD_TASKS: Readonly<Record<string, readonly string[]>> = {
  contract: [
    'Assess the liability of each party, find contradictions between the clauses and propose enforceable wording:',
    'Analyse which of these clauses are unenforceable under German law and why:',
    'Prüfe die Haftungsklauseln auf Wirksamkeit und begründe ausführlich:',
    'Analyse la validité juridique de chaque clause et les risques :',
  ],
  code: [
    'Find the race condition and the deadlock in this code, explain the root cause and fix it:',
    'Debug this, then refactor it so that it is thread-safe and scales to 10,000 connections:',
    'Trouve la fuite de mémoire et corrige le code :',
    'Найди гонку данных и исправь код:',
  ],
  paper: [
    'Critique the methodology rigorously and prove or disprove the claims:',
    'Derive the asymptotic distribution step by step and check every assumption:',
    'Prove that the operator mentioned here is self-adjoint, filling in all gaps:',
    '请严格证明文中的结论并指出漏洞:',
  ],
  news: [
    'Build a cost-benefit model of this decision, evaluate the trade-offs and recommend a financing strategy:',
    'Analyse the causal claims in this article in depth and design a study that could test them:',
  ],
};
