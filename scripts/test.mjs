// `npm test`: installs what is missing and runs every test, in two lanes side by side: one alone would wait for the clock
// half of its time. Arguments go to vitest, and then there is one lane.
// Ends with the line `N passed, N failed, N skipped`; in CI a skipped test is a failure.

import { existsSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { constants, tmpdir } from 'node:os';
import path from 'node:path';
import { fail, installWhatIsMissing, runTool, toolEnvironment } from './toolchain.mjs';

const CHROMIUM = process.env.CHROMIUM_PATH ?? '/usr/bin/chromium';

/** Tests of the first lane say how soon something must happen: the others wait for it, not it for them. */
const LATER = constants.priority.PRIORITY_BELOW_NORMAL;

/** Projects of vitest.config.ts that run beside each other. */
const LANES = [['e2e'], ['browser', 'unit', 'edge', 'chaos']];

installWhatIsMissing();
if ((await runTool('scripts/pages.mjs', [])) !== 0) fail('The pages could not be made; the reason is above.');
const folder = mkdtempSync(path.join(tmpdir(), 'edgeways-test-'));
const asked = process.argv.slice(2);
const lanes = asked.length > 0 ? [asked] : LANES.map((projects) => projects.flatMap(named));
const codes = await Promise.all(lanes.map(runLane));
process.exit(summarise(lanes.map((_lane, at) => [reportOf(at), codes[at]])));

function named(project) {
  return ['--project', project];
}

function reportOf(lane) {
  return path.join(folder, `report-${lane}.json`);
}

/** The first lane is seen as it runs; what the others print comes when they are done. */
async function runLane(args, lane) {
  const output = path.join(folder, `output-${lane}`);
  const file = lane === 0 ? null : openSync(output, 'w');
  const stdio = file === null ? 'inherit' : ['ignore', file, file];
  const code = await runTool(
    'node_modules/vitest/vitest.mjs',
    ['run', '--reporter=default', '--reporter=json', `--outputFile.json=${reportOf(lane)}`, ...args],
    { env: { ...toolEnvironment(), CHROMIUM_PATH: CHROMIUM }, stdio, priority: lane === 0 ? null : LATER },
  );
  if (lane > 0) process.stdout.write(readFileSync(output));
  return code;
}

function summarise(runs) {
  const missing = runs.some(([report]) => !existsSync(report));
  if (missing) {
    console.error('The test runner did not finish; its output is above.');
    return 1;
  }
  const counts = runs.map(([report, code]) => countsOf(JSON.parse(readFileSync(report, 'utf8')), code));
  rmSync(folder, { recursive: true });
  const [passed, failed, skipped] = [0, 1, 2].map((at) => counts.reduce((sum, count) => sum + count[at], 0));
  if (skipped > 0) console.log(`\n${skipped} skipped: ${whySkipped()}`);
  console.log(`\n${passed} passed, ${failed} failed, ${skipped} skipped`);
  if (failed > 0 || counts.some(([one]) => one === 0)) return 1;
  return skipped > 0 && process.env.CI === 'true' ? 1 : 0;
}

/** Passed, failed, skipped. */
function countsOf(result, exitCode) {
  // A file that does not load, or an error outside every test, fails no test: the line must not say "0 failed".
  const brokenFiles = result.testResults.filter(
    (file) => file.status === 'failed' && file.assertionResults.every((test) => test.status !== 'failed'),
  );
  const failed = Math.max(result.numFailedTests + brokenFiles.length, exitCode === 0 ? 0 : 1);
  return [result.numPassedTests, failed, result.numPendingTests + result.numTodoTests];
}

function whySkipped() {
  return existsSync(CHROMIUM)
    ? 'the tests themselves say why.'
    : `browser tests need Chromium, and there is none at ${CHROMIUM}. Install it (Debian: apt-get install chromium) or set CHROMIUM_PATH.`;
}
