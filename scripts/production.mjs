// Makes the production bundle, dist/worker/index.js, and the pages. Wrangler runs it by itself before it deploys. Bundled
// by esbuild like a local run, then made smaller by terser, which sees the whole program: every location reads it when it
// starts (docs/decisions).

import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { minify } from 'terser';

const ROOT = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const OUT = path.join(ROOT, 'dist', 'worker');

await import('./pages.mjs');
const bundled = await build({
  absWorkingDir: ROOT,
  entryPoints: { index: 'worker/index.ts' },
  outdir: OUT,
  write: false,
  bundle: true,
  minify: true,
  sourcemap: 'external',
  format: 'esm',
  target: 'es2024',
  external: ['cloudflare:*'],
  conditions: ['workerd', 'worker', 'browser'],
  // The sentences that editors show at the configuration's keys are left at home: policy/schema-parts.ts.
  define: { WITHOUT_SENTENCES: 'true' },
  logLevel: 'warning',
});
const code = bundled.outputFiles.find(({ path: file }) => file.endsWith('.js'));
const map = bundled.outputFiles.find(({ path: file }) => file.endsWith('.map'));
const smaller = await minify(code.text, {
  module: true,
  ecma: 2020,
  compress: { passes: 3 },
  sourceMap: { content: map.text, filename: 'index.js', url: 'index.js.map' },
});
rmSync(OUT, { recursive: true, force: true });
mkdirSync(OUT, { recursive: true });
writeFileSync(path.join(OUT, 'index.js'), smaller.code);
writeFileSync(path.join(OUT, 'index.js.map'), smaller.map);
