// `npm test`: installs what is missing and runs every test. Arguments go to vitest.
// Ends with the line `N passed, N failed, N skipped`; in CI a skipped test is a failure.

import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { installWhatIsMissing, runTool, toolEnvironment } from './toolchain.mjs';

const CHROMIUM = process.env.CHROMIUM_PATH ?? '/usr/bin/chromium';

installWhatIsMissing();
const folder = mkdtempSync(path.join(tmpdir(), 'edgeways-test-'));
const report = path.join(folder, 'report.json');
const code = await runTool(
  'node_modules/vitest/vitest.mjs',
  ['run', '--reporter=default', '--reporter=json', `--outputFile.json=${report}`, ...process.argv.slice(2)],
  { env: { ...toolEnvironment(), CHROMIUM_PATH: CHROMIUM } },
);
process.exit(summarise(code));

function summarise(exitCode) {
  if (!existsSync(report)) {
    console.error('The test runner did not finish; its output is above.');
    return 1;
  }
  const result = JSON.parse(readFileSync(report, 'utf8'));
  rmSync(folder, { recursive: true });
  // A file that does not load, or an error outside every test, fails no test: the line must not say "0 failed".
  const brokenFiles = result.testResults.filter(
    (file) => file.status === 'failed' && file.assertionResults.every((test) => test.status !== 'failed'),
  );
  const failed = Math.max(result.numFailedTests + brokenFiles.length, exitCode === 0 ? 0 : 1);
  const skipped = result.numPendingTests + result.numTodoTests;
  if (skipped > 0) console.log(`\n${skipped} skipped: ${whySkipped()}`);
  console.log(`\n${result.numPassedTests} passed, ${failed} failed, ${skipped} skipped`);
  if (exitCode !== 0 || failed > 0 || result.numPassedTests === 0) return 1;
  return skipped > 0 && process.env.CI === 'true' ? 1 : 0;
}

function whySkipped() {
  return existsSync(CHROMIUM)
    ? 'the tests themselves say why.'
    : `browser tests need Chromium, and there is none at ${CHROMIUM}. Install it (Debian: apt-get install chromium) or set CHROMIUM_PATH.`;
}
