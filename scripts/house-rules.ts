// The rules of the house that the linter has no words for, checked on the text of the product's files.
// Each finding is a line `path:line rule`. Tests, scripts and the trainer are outside these rules.

import { globSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

const ROOT = path.join(import.meta.dirname, '..');

const ROOMS = [
  'protocol',
  'dialects',
  'replay',
  'classifier',
  'policy',
  'providers',
  'durable-objects',
  'worker',
  'web',
  'dashboard',
  'playground',
];

/** Entry points: what they export is what the platform looks up by name. */
const ENTRIES = ['worker/index.ts', 'worker/local.ts'];

const GENERATED = ['classifier/artefact.ts'];

const VAGUE_NAME =
  /(^|-)(manager|helpers?|utils?|handlers?|common|misc|info|data|items?|process|handle)(-|\.)/;

type LineRule = {
  readonly message: string;
  readonly applies: (file: string) => boolean;
  readonly pattern: RegExp;
};

/** Problems in one file, in reading order. `file` is relative to the root, with forward slashes. */
export function problemsIn(file: string, text: string, providerNames: readonly string[]): readonly string[] {
  const lines = text.split('\n');
  const rules = lineRules(providerNames).filter((rule) => rule.applies(file));
  const problems = lines.flatMap((line, at) =>
    rules.filter((rule) => rule.pattern.test(line)).map((rule) => `${file}:${at + 1} ${rule.message}`),
  );
  if (VAGUE_NAME.test(path.posix.basename(file))) problems.unshift(`${file}:1 name the file by its idea`);
  if (!/^\/[/*]/.test(text)) problems.unshift(`${file}:1 begin with what the file is and what it keeps true`);
  return problems;
}

function lineRules(providerNames: readonly string[]): readonly LineRule[] {
  const name = `(?:${providerNames.join('|')})`;
  return [
    {
      // A module outlives its request: what one request leaves there, another tenant's request finds.
      message: 'no variable at module level: a module outlives its request',
      applies: () => true,
      pattern: /^(?:export )?(?:let|var) /,
    },
    {
      message: 'no re-export: import the file itself',
      applies: (file) => !ENTRIES.includes(file),
      pattern: /^export (?:type )?(?:\*|\{[^}]*\}) .*from /,
    },
    {
      // A comparison, a constant or a table by provider: each is a second place to touch for a new provider.
      message: "no provider's name outside providers/: ask the registry or the provider",
      // A page shows how to use a client library that is called like one.
      applies: (file) => !file.startsWith('providers/') && !file.startsWith('playground/'),
      pattern: new RegExp(`^(?!\\s*(?://|/?\\*)).*(?:(['"\`])${name}\\1|(?:^|[{,])\\s*${name}\\s*:)`),
    },
    {
      message: 'no unfinished work in the tree',
      applies: () => true,
      pattern: /\b(?:TODO|FIXME|XXX)\b/,
    },
  ];
}

function productFiles(): readonly string[] {
  return ROOMS.flatMap((room) => globSync(`${room}/**/*.{ts,tsx}`, { cwd: ROOT }))
    .map((file) => file.split(path.sep).join('/'))
    .filter((file) => !file.startsWith('classifier/train/') && !GENERATED.includes(file));
}

function providersByFolder(): readonly string[] {
  return readdirSync(path.join(ROOT, 'providers'), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name);
}

if (process.argv[1] === import.meta.filename) {
  const names = providersByFolder();
  const files = productFiles();
  const problems = files.flatMap((file) =>
    problemsIn(file, readFileSync(path.join(ROOT, file), 'utf8'), names),
  );
  for (const problem of problems) console.error(problem);
  console.log(`${files.length} files, ${problems.length} problems`);
  process.exitCode = problems.length === 0 && files.length > 0 ? 0 : 1;
}
