// Builds the production bundle as a deployment would, without an account, and searches it: no stand-in may be
// in it, and it must stay small, because its size is start-up time in every location.

import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { runTool } from './toolchain.mjs';

/** Words that occur in the stand-ins and nowhere else. */
const STAND_IN_MARKERS = ['scripted stand-in', 'LocalAI', 'LocalCloud'];
const MAX_GZIP_BYTES = 200 * 1024;

const folder = mkdtempSync(path.join(tmpdir(), 'edgeways-bundle-'));
const code = await runTool(
  'node_modules/wrangler/bin/wrangler.js',
  ['deploy', '--env', 'production', '--dry-run', '--outdir', folder],
  { stdio: ['ignore', 'ignore', 'inherit'] },
);
if (code !== 0) process.exit(code);
const bundle = readdirSync(folder)
  .filter((name) => name.endsWith('.js'))
  .map((name) => readFileSync(path.join(folder, name), 'utf8'))
  .join('\n');
rmSync(folder, { recursive: true });
const found = STAND_IN_MARKERS.filter((marker) => bundle.includes(marker));
const gzipBytes = gzipSync(bundle).byteLength;
console.log(`production bundle: ${bundle.length} characters, ${gzipBytes} bytes gzip`);
if (bundle.length === 0) console.error('The bundle is empty.');
if (found.length > 0) console.error(`A local stand-in is in the production bundle: ${found.join(', ')}.`);
if (gzipBytes > MAX_GZIP_BYTES) console.error(`The bundle is larger than ${MAX_GZIP_BYTES} bytes gzip.`);
process.exit(bundle.length === 0 || found.length > 0 || gzipBytes > MAX_GZIP_BYTES ? 1 : 0);
