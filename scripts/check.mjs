// `npm run check`: the whole gate, in the order of its speed. Stops at the first step that fails.

import { installWhatIsMissing, runTool } from './toolchain.mjs';

installWhatIsMissing();

const STEPS = [
  ['format', 'node_modules/oxfmt/bin/oxfmt', ['--check']],
  ['lint', 'node_modules/oxlint/bin/oxlint', ['--type-aware', '--deny-warnings']],
  ['house rules', 'scripts/house-rules.ts', []],
  [
    'generated types',
    'node_modules/wrangler/bin/wrangler.js',
    ['types', '--include-runtime=false', '--env-file', '/dev/null', '--check'],
  ],
  ['types (Worker)', 'node_modules/typescript/bin/tsc', ['-p', 'tsconfig.json']],
  ['types (pages)', 'node_modules/typescript/bin/tsc', ['-p', 'tsconfig.pages.json']],
  ['types (Node)', 'node_modules/typescript/bin/tsc', ['-p', 'tsconfig.node.json']],
  ['types (workerd tests)', 'node_modules/typescript/bin/tsc', ['-p', 'tsconfig.edge.json']],
  ['dead code', 'node_modules/knip/bin/knip.js', []],
  ['production bundle', 'scripts/check-bundle.mjs', []],
  ['tests', 'scripts/test.mjs', []],
];

for (const [name, script, args] of STEPS) {
  console.log(`\n— ${name}`);
  const code = await runTool(script, args);
  if (code !== 0) {
    console.error(`\n${name}: failed`);
    process.exit(code);
  }
}
