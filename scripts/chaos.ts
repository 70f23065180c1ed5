// `npm run chaos -- --schedules 5000 [--seed 1]`: the random schedules of test/chaos.edge.test.ts, as many as you like,
// inside workerd against an upstream over real HTTP. A failure prints its seed; `--seed <it> --schedules 1` runs it again.

import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';

const { values } = parseArgs({
  options: {
    schedules: { type: 'string', default: '1000' },
    /** The first wave's seed; the others count up from it. */
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
  },
});

for (const [name, value] of Object.entries(values)) {
  if (!/^[1-9]\d{0,8}$/.test(value)) {
    console.error(`--${name} must be a whole number from 1, not ${value}`);
    process.exit(2);
  }
}

console.log(`${values.schedules} schedules, first seed ${values.seed}`);
const vitest = ['node_modules/vitest/vitest.mjs', 'run', '--project', 'chaos', 'test/chaos.edge.test.ts'];
const child = spawn(process.execPath, [...vitest, '--disable-console-intercept'], {
  stdio: ['ignore', 'pipe', 'pipe'],
  env: { ...process.env, CHAOS_SCHEDULES: values.schedules, CHAOS_SEED: values.seed },
});
// Every crash makes workerd print its own stack; what it says of them is what we asked for.
const NOISE = /^(exception = |stack: |failed to invoke drain|\s*$)/;
for (const output of [child.stdout, child.stderr]) {
  createInterface({ input: output }).on('line', (line) => {
    if (!NOISE.test(line)) console.log(line);
  });
}
child.on('close', (code) => process.exit(code ?? 1));
