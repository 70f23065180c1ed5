// `npm run train -- --data <folder> [--out <file>] [--golden <file>]`: trains the classifier, writes the
// artefact module and, beside it, the golden predictions its test compares.
// Reads only `train` and `dev`; prints the SHA-256, so two machines can compare a training without the file.

import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { decodeModel } from '../model.ts';
import { artefactModule, sha256 } from './artefact-file.ts';
import { counterfactualRows, pastedRows } from './counterfactual-rows.ts';
import { goldenPredictions } from './golden-predictions.ts';
import { trainingRows } from './rows.ts';
import { trainModel } from './train-model.ts';

const ROOT = new URL('../../', import.meta.url);

const { values } = parseArgs({
  options: {
    data: { type: 'string' },
    golden: {
      type: 'string',
      default: fileURLToPath(new URL('test/fixtures/golden-predictions.json', ROOT)),
    },
    out: { type: 'string', default: fileURLToPath(new URL('classifier/artefact.ts', ROOT)) },
  },
});

if (values.data === undefined) {
  console.error(
    'usage: npm run train -- --data <folder with train.jsonl.gz and dev.jsonl.gz> [--out <file>]',
  );
  process.exit(2);
}

const measured = trainingRows(values.data, 'train');
const rows = [...measured, ...counterfactualRows(), ...pastedRows(measured)];
const bytes = trainModel(rows, trainingRows(values.data, 'dev'));
writeFileSync(values.out, artefactModule(bytes));
const predictions = goldenPredictions(decodeModel(bytes)).map(
  (prediction) => `  ${JSON.stringify(prediction)}`,
);
writeFileSync(values.golden, `[\n${predictions.join(',\n')}\n]\n`);
console.log(`${rows.length} rows, ${bytes.length} bytes, sha256 ${sha256(bytes)}`);
console.log(`written to ${values.out}`);
