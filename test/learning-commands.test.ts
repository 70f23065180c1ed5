// The offline commands on real files: what they print, when they refuse, what a promotion writes, and that a rollback
// gives back exactly what was there.

import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseLog } from '../policy/learning/parse-log.ts';
import { withSection } from '../scripts/json-section.ts';
import { promoted, rolledBack } from '../scripts/policy-history.ts';
import { routeRecord } from './support/plain-record.ts';
import { OVERRATED_EDGE } from './support/simulated-month.ts';
import { simulateTraffic } from './support/traffic-simulator.ts';

const ROOT = join(import.meta.dirname, '..');
const SHIPPED = readFileSync(join(ROOT, 'edgeways.config.json'), 'utf8');

const folder = mkdtempSync(join(tmpdir(), 'edgeways-learning-'));
const file = (name: string): string => join(folder, name);

type Ran = { readonly code: number | null; readonly out: string; readonly problems: string };

function run(script: string, ...words: readonly string[]): Ran {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(ROOT, 'scripts', script), ...words], {
    encoding: 'utf8',
  });
  return { code: status, out: stdout, problems: stderr };
}

function write(name: string, content: object | string): string {
  writeFileSync(file(name), typeof content === 'string' ? content : JSON.stringify(content));
  return file(name);
}

/** A whole month to evaluate by, and its first days to calibrate by. */
beforeAll(() => {
  const { records, feedback } = simulateTraffic({ ...OVERRATED_EDGE, seed: 2 });
  const decisions = records.map((record) => JSON.stringify({ type: 'decision', ...record }));
  const said = feedback.map((record) => JSON.stringify({ type: 'feedback', ...record }));
  write('month.jsonl', [...decisions, ...said].join('\n'));
  write('days.jsonl', [...decisions.slice(0, 3_000), ...said.slice(0, 600)].join('\n'));
});

afterAll(() => rmSync(folder, { recursive: true }));

describe('npm run calibrate', () => {
  it('prints the error before and after, what targets would take, and writes a candidate', () => {
    const { code, out } = run('calibrate.ts', '--log', file('days.jsonl'), '--out', file('calibrated.json'));
    expect(code).toBe(0);
    expect(out).toMatch(/ECE +0\.\d{3} \(0\.\d{3} to 0\.\d{3}\) +0\.\d{3} \(0\.\d{3} to 0\.\d{3}\)/);
    expect(out).toMatch(/cloud_share=0\.4 +0\.\d{3} +0\.400/);
    const [before = 0, after = 1] = (/ECE +(\S+) \(.*?\) +(\S+)/.exec(out) ?? []).slice(1).map(Number);
    expect(after).toBeLessThan(before / 4);
    expect(JSON.parse(readFileSync(file('calibrated.json'), 'utf8'))).toMatchObject({
      name: 'calibrated-edge',
      threshold: 0.58,
      calibration: { type: expect.stringMatching(/platt|isotonic/) },
    });
  });

  it('writes the target that was asked for', () => {
    const words = ['--log', file('days.jsonl'), '--out', file('target.json'), '--target', 'quality=0.9'];
    expect(run('calibrate.ts', ...words).code).toBe(0);
    expect(JSON.parse(readFileSync(file('target.json'), 'utf8'))).toMatchObject({ target: { quality: 0.9 } });
  });

  it.each<[string, readonly string[], RegExp]>([
    ['no log', [], /^usage: npm run calibrate/],
    ['a log that is not there', ['--log', file('none.jsonl')], /none\.jsonl cannot be read/],
    [
      'an unknown model',
      ['--log', file('days.jsonl'), '--model', 'x'],
      /no decision of the classifier about "x"/,
    ],
    [
      'an unknown target',
      ['--log', file('days.jsonl'), '--out', file('x.json'), '--target', 'speed=9'],
      /target\.speed: unknown key/,
    ],
  ])('with %s says what to mend', (_name, words, problem) => {
    const { code, problems } = run('calibrate.ts', ...words);
    expect(code).toBe(2);
    expect(problems).toMatch(problem);
  });
});

describe('npm run policy:evaluate', () => {
  it('exits with 0 for a better policy and shows all three estimates', () => {
    const { code, out } = run(
      'policy-evaluate.ts',
      '--log',
      file('month.jsonl'),
      '--candidate',
      file('calibrated.json'),
    );
    expect(out).toMatch(/^promote: The candidate gains \+0\.0\d+/m);
    expect(out.match(/^(IPS|SNIPS|DR) candidate +\d/gm)).toHaveLength(3);
    expect(code).toBe(0);
  });

  it('exits with 1 for a worse one, and says why', () => {
    const worse = write('worse.json', { name: 'worse', threshold: 0.3 });
    const { code, out } = run('policy-evaluate.ts', '--log', file('month.jsonl'), '--candidate', worse);
    expect(out).toMatch(/^refuse \(worse\): The candidate seems to lose: −0\.0\d+/m);
    expect(code).toBe(1);
  });

  it('compares with another policy than the one of the log when asked to', () => {
    const worse = write('worse.json', { name: 'worse', threshold: 0.3 });
    const words = ['--log', file('month.jsonl'), '--candidate', file('calibrated.json'), '--current', worse];
    const { code, out } = run('policy-evaluate.ts', ...words, '--usd-per-good-answer', '0.01');
    expect(out).toMatch(/^in force +worse, threshold 0\.300$/m);
    expect(out).toMatch(/cost ÷ 0\.0100 USD/);
    expect(code).toBe(0);
  });

  it('exits with 2 for a policy file with a slip, and names the key', () => {
    const slip = write('slip.json', { name: 'slip', thresold: 0.3 });
    const { code, problems } = run('policy-evaluate.ts', '--log', file('days.jsonl'), '--candidate', slip);
    expect([code, problems]).toEqual([
      2,
      `${slip}\nthresold: unknown key. Remove it or correct its spelling.\n`,
    ]);
  });
});

describe('npm run policy:promote and policy:rollback', () => {
  it('put a better policy in, and take it out again', () => {
    const config = write('edgeways.config.json', SHIPPED);
    const candidate = write('higher.json', { name: 'higher', threshold: 0.9 });
    const words = ['--log', file('month.jsonl'), '--candidate', candidate, '--config', config];
    const put = run('policy-promote.ts', ...words);
    expect(put.out).toContain('npm run policy:rollback');
    const changed: unknown = JSON.parse(readFileSync(config, 'utf8'));
    expect(changed).toEqual({
      ...JSON.parse(SHIPPED),
      routing: { ...JSON.parse(SHIPPED).routing, threshold: 0.9 },
    });
    expect(run('policy-rollback.ts', '--config', config)).toMatchObject({ code: 0 });
    expect(JSON.parse(readFileSync(config, 'utf8'))).toEqual(JSON.parse(SHIPPED));
    expect(run('policy-rollback.ts', '--config', config).problems).toBe(
      'The history holds no promotion to take back.\n',
    );
  });

  it('leave everything as it is when the candidate is refused', () => {
    const config = write('edgeways.config.json', SHIPPED);
    const worse = write('worse.json', { name: 'worse', threshold: 0.3 });
    const put = run(
      'policy-promote.ts',
      '--log',
      file('month.jsonl'),
      '--candidate',
      worse,
      '--config',
      config,
    );
    expect([put.code, readFileSync(config, 'utf8')]).toEqual([1, SHIPPED]);
  });
});

describe('what a promotion writes', () => {
  const WITH_ROUTING = JSON.stringify({
    models: JSON.parse(SHIPPED).models,
    routing: { threshold: 0.5, exploration: 0.01, answer_check: { hold_ms: 200 } },
    retention_seconds: 60,
  });
  const AT = '2026-01-05T00:00:00.000Z';

  it('keeps every other key of the section, and of sections within', () => {
    const policy = { name: 'p', target: { quality: 0.9 }, band: 0.1 };
    const { config } = promoted({ config: WITH_ROUTING, history: null }, policy, AT);
    expect(JSON.parse(config)).toMatchObject({
      routing: { target: { quality: 0.9 }, exploration: 0.01, answer_check: { hold_ms: 200, band: 0.1 } },
      retention_seconds: 60,
    });
    expect(JSON.parse(config).routing).not.toHaveProperty('threshold');
  });

  it('turns the learning of calibrations on instead of writing one', () => {
    const calibration = { type: 'platt', slope: 1, intercept: -1 } as const;
    const { config } = promoted(
      { config: WITH_ROUTING, history: null },
      { name: 'p', threshold: 0.6, calibration },
      AT,
    );
    expect(JSON.parse(config).routing).toMatchObject({ threshold: 0.6, calibrate: true });
  });

  it('refuses what the configuration has no place for', () => {
    const policy = { name: 'p', threshold: 0.6, signal_weights: { code: 1 } };
    expect(() => promoted({ config: WITH_ROUTING, history: null }, policy, AT)).toThrow(
      /^signal_weights have no place/,
    );
  });

  it('is taken back one promotion after the other', () => {
    const first = promoted({ config: WITH_ROUTING, history: null }, { name: 'one', threshold: 0.6 }, AT);
    const second = promoted(first, { name: 'two', target: { cloud_share: 0.2 } }, AT);
    const back = rolledBack(second);
    expect([back.policy, JSON.parse(back.config)]).toEqual(['two', JSON.parse(first.config)]);
    expect(JSON.parse(rolledBack(back).config)).toEqual(JSON.parse(WITH_ROUTING));
  });

  it('of a configuration without the section is taken back to one without it', () => {
    const { routing: _routing, ...bare } = JSON.parse(WITH_ROUTING);
    const text = JSON.stringify(bare);
    const after = promoted({ config: text, history: null }, { name: 'p', threshold: 0.6 }, AT);
    expect(JSON.parse(rolledBack(after).config)).toEqual(bare);
  });

  it('is not taken back over somebody’s later change', () => {
    const after = promoted({ config: WITH_ROUTING, history: null }, { name: 'p', threshold: 0.6 }, AT);
    const edited = withSection(after.config, 'routing', { threshold: 0.7 });
    expect(() => rolledBack({ ...after, config: edited })).toThrow(
      /^routing was changed since "p" was promoted/,
    );
  });

  it('refuses a damaged history', () => {
    const damaged = [`{}`, `{"promotions":[{"at":"x"}]}`];
    for (const history of damaged)
      expect(() => promoted({ config: WITH_ROUTING, history }, { name: 'p', threshold: 0.6 }, AT)).toThrow(
        /^promotions.*Restore/,
      );
  });
});

describe('a section of a JSON file', () => {
  it.each([
    ['{"a":1,"b":{"x":[1,{"b":2}]},"c":3}', 'b'],
    ['{\n  "a": "}\\"{,",\n  "b": "x",\n  "c": []\n}\n', 'b'],
    ['{"b":1}', 'b'],
    ['{"b":1, "c": 2}', 'b'],
    ['{"a":{"b":1}}', 'b'],
    ['{}', 'b'],
  ])('in %s is put in, replaced and removed, and nothing else', (text, key) => {
    const original: object = JSON.parse(text);
    expect(JSON.parse(withSection(text, key, { z: [1] }))).toEqual({ ...original, [key]: { z: [1] } });
    expect(Object.keys(JSON.parse(withSection(text, key, undefined)))).toEqual(
      Object.keys(original).filter((name) => name !== key),
    );
  });

  it('leaves the bytes of the others alone', () => {
    const changed = withSection(SHIPPED, 'routing', { threshold: 0.7 });
    const models = (text: string): string => text.slice(0, text.indexOf('"routing"'));
    expect(models(changed)).toBe(models(SHIPPED));
  });
});

describe('a log', () => {
  const decision = (id: string, atMs = 1): string =>
    JSON.stringify({ type: 'decision', ...routeRecord({ id, atMs }) });
  const said = (reward: number): string =>
    JSON.stringify({ type: 'feedback', id: 'a', atMs: 1, kind: 'thumbs', reward, edgeGood: null });

  it('may come in overlapping pages and with blank lines', () => {
    const log = parseLog(
      [decision('a'), said(1), '', decision('a', 2), said(0), decision('b'), ''].join('\n'),
    );
    expect(log.ok && log.value.records.map(({ id, atMs }) => [id, atMs])).toEqual([
      ['a', 2],
      ['b', 1],
    ]);
    expect(log.ok && log.value.feedback.map(({ reward }) => reward)).toEqual([0]);
  });

  it('may hold fields and faults that are not known yet', () => {
    const { outcome, ...rest } = routeRecord({});
    const newer = {
      type: 'decision',
      ...rest,
      extra: 1,
      outcome: { ...outcome, check: { fault: 'new', heldMs: 1 } },
    };
    expect(parseLog(JSON.stringify(newer)).ok).toBe(true);
  });

  it.each<[string, string, string]>([
    ['no JSON', 'hello', 'is no JSON object. Export the log again with GET /v1/decisions'],
    ['another kind of line', '{"type":"poem"}', 'type must be a decision or a feedback'],
    ['a missing field', '{"type":"feedback","id":"a"}', 'atMs is missing'],
    [
      'a chance of nothing',
      JSON.stringify({ type: 'decision', ...routeRecord({ propensity: 0 }) }),
      'propensity must be more than 0',
    ],
  ])('with %s is refused by line and field', (_name, bad, message) => {
    expect(parseLog(`${decision('a')}\n${bad}\n`)).toEqual({ ok: false, refusal: { line: 2, message } });
  });
});
