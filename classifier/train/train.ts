// `npm run train -- --data <folder> [--out <file>] [--golden <file>] [--prior <file>]`: trains
// the classifier, writes the artefact module, the golden predictions its test compares, and the traffic prior.
// Reads only `train` and `dev`; prints the SHA-256, so two machines can compare a training without the file.

import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { decodeModel } from '../model.ts';
import { artefactModule, sha256 } from './artefact-file.ts';
import { goldenPredictions } from './golden-predictions.ts';
import { trainingRows } from './rows.ts';
import { trainModel } from './train-model.ts';
import { trafficPrior, trafficPriorModule } from './traffic-prior-file.ts';
import { trainingMix } from './training-mix.ts';

const ROOT = new URL('../../', import.meta.url);

const { values } = parseArgs({
  options: {
    data: { type: 'string' },
    golden: {
      type: 'string',
      default: fileURLToPath(new URL('test/fixtures/golden-predictions.json', ROOT)),
    },
    out: { type: 'string', default: fileURLToPath(new URL('classifier/artefact.ts', ROOT)) },
    prior: { type: 'string', default: fileURLToPath(new URL('classifier/traffic-prior.ts', ROOT)) },
  },
});

if (values.data === undefined) {
  console.error(
    'usage: npm run train -- --data <folder with train.jsonl.gz and dev.jsonl.gz> [--out <file>]',
  );
  process.exit(2);
}

const rows = trainingMix(trainingRows(values.data, 'train'));
const calibrationRows = trainingRows(values.data, 'dev');
const artefact = trainModel(rows, calibrationRows);
const model = decodeModel(artefact);
writeFileSync(values.out, artefactModule(artefact));
const predictions = goldenPredictions(model).map((prediction) => `  ${JSON.stringify(prediction)}`);
writeFileSync(values.golden, `[\n${predictions.join(',\n')}\n]\n`);
writeFileSync(values.prior, trafficPriorModule(trafficPrior(model, calibrationRows)));
console.log(`${rows.length} rows, sha256 ${sha256(artefact)}`);
console.log(`written to ${values.out}`);
