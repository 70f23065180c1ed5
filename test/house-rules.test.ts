// The text rules that the linter cannot express find what they are for, and nothing in clean code.

import { describe, expect, it } from 'vitest';
import { problemsIn } from '../scripts/house-rules.ts';

const PROVIDERS = ['openai', 'workers-ai'];

function problems(line: string, file = 'worker/some-idea.ts'): readonly string[] {
  return problemsIn(file, `// What it is.\n${line}\n`, PROVIDERS);
}

describe('the house rules', () => {
  it.each([
    ['let hits = 0;'],
    ['export let hits = 0;'],
    ["export { follow } from './follow.ts';"],
    ["export * from './follow.ts';"],
    ["export type { Seq } from './seq.ts';"],
    ["  if (plan.provider === 'openai') return;"],
    ["    case 'workers-ai':"],
    ["  return 'openai' !== name;"],
    ["const provider = { name: 'openai' };"],
    ['const FALLBACK = "workers-ai";'],
    ['  return `openai`;'],
    ['const PACES = { openai: 1 };'],
    ["  'workers-ai': 2,"],
    ['// TODO later'],
  ])('find %s', (line) => {
    expect(problems(line)).toHaveLength(1);
    expect(problems(line)[0]).toMatch(/^worker\/some-idea\.ts:2 /);
  });

  it.each([
    ['const hits = new Map();'],
    ['  let inside = 0;'],
    ['export { type Seq };'],
    ["// The folder 'openai' speaks it."],
    ["import { OPENAI } from '../providers/openai/openai.ts';"],
    ["  readonly OPENAI_API_KEY?: string; // 'openai-like' servers, too"],
    ["  if (event.type === 'text_delta') return;"],
  ])('leave %s alone', (line) => {
    expect(problems(line)).toEqual([]);
  });

  it('let providers know their own names and entries export their classes', () => {
    expect(problems("if (name === 'openai') go();", 'providers/registry.ts')).toEqual([]);
    expect(problems("export { Tenant } from '../durable-objects/tenant.ts';", 'worker/index.ts')).toEqual([]);
  });

  it('want a first comment and a telling file name', () => {
    expect(problemsIn('worker/a.ts', 'const a = 1;\n', PROVIDERS)).toHaveLength(1);
    expect(problemsIn('worker/sse-utils.ts', '// A.\n', PROVIDERS)).toHaveLength(1);
    expect(problemsIn('worker/route-handler.ts', '// A.\n', PROVIDERS)).toHaveLength(1);
    expect(problemsIn('worker/metadata.ts', '// A.\n', PROVIDERS)).toEqual([]);
  });
});
