// The promise: the first configured rule that applies decides, it can never send a request to a model that cannot
// serve it, and no phrase and no prompt can make matching slow.

import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import type { TenantConfig } from '../policy/config.ts';
import { decideRoute } from '../policy/plan-route.ts';
import type { RouteQuestion } from '../policy/route/route-question.ts';
import { PhraseMatcher } from '../policy/rules/phrase-matcher.ts';
import { scriptOf } from '../policy/rules/script-of.ts';
import { searchedText } from '../policy/rules/searched-text.ts';
import type { ChatRequest } from '../protocol/chat-request.ts';
import { answers, ask, chat, configOf, opinion, returns, rule, says } from './support/route-question.ts';

const CLOUD = { tier: 'cloud' };

/** `tier model: first-reason`, or the refusal. */
function told(rules: readonly object[], request: ChatRequest, rest: Partial<RouteQuestion> = {}): unknown {
  const decided = decideRoute(ask({ config: configOf({ routing: { rules } }), request, ...rest }));
  if (!decided.ok) return decided.refusal;
  const { tier, model, reasons } = decided.value.decision;
  return `${tier} ${model}: ${reasons[0]}`;
}

function asking(text: string, fields: Partial<ChatRequest> = {}): ChatRequest {
  return chat({ messages: [says('user', text)], ...fields });
}

describe('conditions', () => {
  const RULED = 'cloud large: rule:r';
  const holds = (when: object, request: ChatRequest, rest: Partial<RouteQuestion> = {}): boolean =>
    told([rule('r', when, CLOUD)], request, rest) === RULED;

  it.each<[string, object, ChatRequest, ChatRequest]>([
    [
      'a phrase, whatever its case',
      { contains_any: ['Invoice'] },
      asking('Two INVOICES'),
      asking('two bills'),
    ],
    ['one of several phrases', { contains_any: ['alpha', 'beta'] }, asking('a beta b'), asking('gamma')],
    [
      'a phrase across a line break',
      { contains_any: ['credit card'] },
      asking('my credit\n card'),
      asking('creditcard'),
    ],
    [
      'a phrase in full-width letters',
      { contains_any: ['secret'] },
      asking('ｓｅｃｒｅｔ'),
      asking('se cret'),
    ],
    [
      'a phrase with zero-width characters in it',
      { contains_any: ['secret'] },
      asking('se\u200bcret'),
      asking('se-cret'),
    ],
    [
      'a whole word',
      { contains_any: ['art'], whole_words: true },
      asking('modern art.'),
      asking('party start'),
    ],
    [
      'tools that are offered',
      { has_tools: true },
      asking('x', { tools: [{ type: 'function', function: { name: 'f' } }] }),
      asking('x'),
    ],
    [
      'no tools',
      { has_tools: false },
      asking('x'),
      chat({ messages: [says('user', 'x'), answers('', 'c'), returns('c')] }),
    ],
    [
      'an image',
      { has_images: true },
      chat({ messages: [{ role: 'user', content: [{ type: 'image', url: 'data:image/png;base64,AA==' }] }] }),
      asking('x'),
    ],
    [
      'no response format',
      { has_response_format: false },
      asking('x'),
      asking('x', { responseFormat: { type: 'json_object' } }),
    ],
    ['a writing system', { scripts: ['arabic', 'hebrew'] }, asking('مرحبا OK'), asking('hello مر')],
    [
      'all metadata given',
      { metadata: { team: 'a', env: 'prod' } },
      asking('x', { metadata: { team: 'a', env: 'prod', more: '1' } }),
      asking('x', { metadata: { team: 'a' } }),
    ],
    ['the model named', { model: 'auto' }, asking('x'), asking('x', { model: 'edge' })],
    [
      'all conditions at once',
      { contains_any: ['x'], has_tools: false, max_input_tokens: 10 },
      asking('x'),
      asking('y'),
    ],
    ['none given', {}, asking('anything'), asking('anything', { model: 'cloud' })],
  ])('%s', (_name, when, yes, no) => {
    expect([holds(when, yes), holds(when, no)]).toEqual([true, false]);
  });

  it('the input’s size, both bounds included', () => {
    const when = { min_input_tokens: 10, max_input_tokens: 20 };
    expect([9, 10, 20, 21].map((inputTokens) => holds(when, asking('x'), { inputTokens }))).toEqual([
      false,
      true,
      true,
      false,
    ]);
  });

  it('only the person’s last turn is searched, not systems, answers, tools or earlier turns', () => {
    const messages = [
      says('system', 'secret'),
      says('user', 'secret'),
      answers('secret'),
      says('user', 'plain <h>secret</h>'),
      answers('', 'c'),
      returns('c', 'secret'),
    ];
    const ownText = (text: string) => text.replace(/<h>.*<\/h>/, '');
    expect(holds({ contains_any: ['secret'] }, chat({ messages }), { ownText })).toBe(false);
  });
});

describe('what a rule does', () => {
  const rules = [
    rule('first', { contains_any: ['both', 'first'] }, { model: 'large-json' }),
    rule('second', { contains_any: ['both', 'second'] }, { tier: 'edge' }),
  ];

  it('the first that applies wins, and its id is the reason', () => {
    expect(['both', 'first', 'second', 'none'].map((text) => told(rules, asking(text)))).toEqual([
      'cloud large-json: rule:first',
      'cloud large-json: rule:first',
      'edge small: rule:second',
      expect.stringMatching(/^edge small: classifier/),
    ]);
  });

  it('the tenant’s rules come before the deployment’s, its fixed tier before all rules', () => {
    const own = configOf({
      tenants: [
        {
          id: 't',
          key_sha256: ['a'.repeat(64)],
          rules: [rule('own', { contains_any: ['both'] }, { tier: 'edge' })],
        },
      ],
    }).tenants[0];
    const tenant: TenantConfig = own ?? { id: 't', key_sha256: [] };
    expect([told(rules, asking('both'), { tenant }), told(rules, asking('first'), { tenant })]).toEqual([
      'edge small: rule:own',
      'cloud large-json: rule:first',
    ]);
    expect(told(rules, asking('both'), { tenant: { ...tenant, tier: 'cloud' } })).toBe(
      'cloud large: tenant-rule',
    );
  });

  it('the decision is of stage rule and says how it would be otherwise', () => {
    const decided = decideRoute(ask({ config: configOf({ routing: { rules } }), request: asking('second') }));
    expect(decided.ok && decided.value.decision).toMatchObject({
      stage: 'rule',
      ruleId: 'second',
      counterfactual: 'the router would choose if rule second did not match',
    });
  });

  it('it cannot send a request to what cannot serve it: refused, with the rule named', () => {
    const image = { type: 'image', url: 'data:image/png;base64,AA==' } as const;
    const messages = [{ role: 'user' as const, content: [{ type: 'text' as const, text: 'second' }, image] }];
    expect(told(rules, chat({ messages }))).toEqual({
      reason: 'rule_conflict',
      rule: 'second',
      model: 'edge',
      missing: 'images',
    });
  });

  it('an explicit model passes it by, but not its data locality', () => {
    const local = [rule('pii', { contains_any: ['ssn'] }, { data_locality: 'edge-only' })];
    expect([
      told(rules, asking('second', { model: 'cloud' })),
      told(local, asking('my ssn', { model: 'cloud' })),
      told(local, asking('my ssn', { model: 'edge' })),
      told(local, asking('my ssn')),
    ]).toEqual([
      'cloud large: tier:explicit',
      { reason: 'data_locality', model: 'cloud', setting: "the routing rule 'pii'", missing: null },
      'edge small: tier:explicit',
      'edge small: gate:locality',
    ]);
  });

  it('a rule that an explicit model passes by is not named as the reason', () => {
    const request = asking('second', { model: 'cloud' });
    const decided = decideRoute(ask({ config: configOf({ routing: { rules } }), request }));
    expect(decided.ok && decided.value.decision.ruleId).toBe(null);
  });

  it('a rule that only says how answers are checked leaves the choice to the classifier', () => {
    const off = [rule('unchecked', {}, { answer_check: 'off' })];
    const decided = decideRoute(
      ask({ config: configOf({ routing: { rules: off } }), classification: () => opinion(0.56) }),
    );
    expect(
      decided.ok && [decided.value.check, decided.value.decision.stage, decided.value.decision.ruleId],
    ).toEqual([null, 'classifier', 'unchecked']);
  });
});

describe('searching', () => {
  const phrases = fc.array(fc.stringMatching(/^[ab ]{1,6}$/), { minLength: 1, maxLength: 20 });
  const text = fc.stringMatching(/^[ab c]{0,80}$/);

  it('finds exactly the phrases that are in the text', () => {
    fc.assert(
      fc.property(phrases, text, (list, searched) => {
        const { anywhere } = new PhraseMatcher(list).find(searched);
        list.forEach((phrase, number) => expect(anywhere.has(number)).toBe(searched.includes(phrase)));
      }),
      { numRuns: 500, seed: 3 },
    );
  });

  it('finds a phrase as a word exactly where no letter or digit adjoins one of its occurrences', () => {
    fc.assert(
      fc.property(phrases, text, (list, searched) => {
        const { asWord } = new PhraseMatcher(list).find(searched);
        list.forEach((phrase, number) =>
          expect(asWord.has(number)).toBe(new RegExp(`(?<![abc])(?=(?:${phrase})(?![abc]))`).test(searched)),
        );
      }),
      { numRuns: 500, seed: 5 },
    );
  });

  it('letters beyond the first plane are letters', () => {
    const found = new PhraseMatcher(['x']).find('\u{1D4D0}x \u{1F600}x\u{1F600}');
    expect([found.asWord.has(0), new PhraseMatcher(['x']).find('\u{1D4D0}x').asWord.has(0)]).toEqual([
      true,
      false,
    ]);
  });

  it('looks at a bounded part of a long text: its beginning and its end', () => {
    const long = `alpha ${'x '.repeat(200_000)}middle ${'x '.repeat(200_000)}omega`;
    const searched = searchedText(long);
    expect([
      searched.length <= 16_385,
      searched.includes('alpha'),
      searched.includes('middle'),
      searched.includes('omega'),
    ]).toEqual([true, true, false, true]);
  });

  it('characters that unfold into many do not widen that part', () => {
    expect(searchedText('\ufdfa'.repeat(20_000)).length).toBeLessThanOrEqual(16_385);
  });

  it('takes no more steps on phrases and texts that are made to be slow', () => {
    // What makes naive search quadratic: long runs with the difference at the end. Counted, not timed.
    const run = 'a'.repeat(60);
    const hostile = Array.from({ length: 100 }, (_, at) => `${run.slice(0, at % 60)}b`);
    const matcher = new PhraseMatcher(hostile);
    const steps = vi.spyOn(Map.prototype, 'get');
    matcher.find('a'.repeat(16_000));
    const count = steps.mock.calls.length;
    steps.mockRestore();
    expect([count > 16_000, count <= 2 * 16_000]).toEqual([true, true]);
  });
});

describe('writing systems', () => {
  it.each([
    ['Hello', 'latin'],
    ['Größe', 'latin'],
    ['Привет OK', 'cyrillic'],
    ['Γειά σου', 'greek'],
    ['שלום', 'hebrew'],
    ['مرحبا', 'arabic'],
    ['नमस्ते', 'devanagari'],
    ['สวัสดี', 'thai'],
    ['안녕하세요', 'hangul'],
    ['你好', 'han'],
    ['日本語の文章を書く', 'kana'],
    ['東京都', 'han'],
    ['გამარჯობა', 'georgian'],
    ['123 !?', null],
    ['', null],
  ])('%s is %s', (sample, script) => {
    expect(scriptOf(sample)).toBe(script);
  });
});
