// Makes the pages (dashboard/, playground/, web/) into static files under dist/pages. Wrangler runs it by itself before it
// serves or deploys, `npm test` before the tests: nobody has to know of it.

import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const ROOT = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const OUT = path.join(ROOT, 'dist', 'pages');

/** Where each file is served from. `_headers` is read by the platform: the pages' security headers. */
const COPIED = {
  'playground/index.html': 'index.html',
  'dashboard/dashboard.html': 'dashboard.html',
  'web/_headers': '_headers',
  'web/icon.svg': 'icon.svg',
};

mkdirSync(path.dirname(OUT), { recursive: true });
const made = mkdtempSync(`${OUT}-`);
await build({
  absWorkingDir: ROOT,
  entryPoints: {
    playground: 'playground/playground.tsx',
    'playground-style': 'playground/playground.css',
    dashboard: 'dashboard/dashboard.tsx',
    'dashboard-style': 'dashboard/dashboard.css',
  },
  outdir: path.join(made, 'assets'),
  bundle: true,
  splitting: true,
  minify: true,
  format: 'esm',
  target: 'es2022',
  jsx: 'automatic',
  jsxImportSource: 'preact',
  logLevel: 'warning',
});
for (const [from, to] of Object.entries(COPIED)) copyFileSync(path.join(ROOT, from), path.join(made, to));
// At once: whoever serves the old pages meanwhile must not find half of the new ones.
rmSync(OUT, { recursive: true, force: true });
chmodSync(made, 0o755); // temporary folders are for their owner alone
renameSync(made, OUT);
