// Whether a probability of 0.8 is right eight times in ten: predicted against observed, with how many labels say so.

import type { JSX } from 'preact';
import type { CalibrationBin, Quality } from '../state/analytics-answers.ts';
import { formatValue } from '../text/format.ts';

const SIZE = 200;
const LEAST_RADIUS = 3;
const MOST_RADIUS = 11;

export function CalibrationPlot({ quality }: { readonly quality: Quality }): JSX.Element {
  const { calibration, ece, feedback } = quality;
  if (calibration.length === 0) {
    return <p class="nothing">No labels yet. Clients send them to POST /v1/feedback.</p>;
  }
  const most = Math.max(...calibration.map((bin) => bin.labels));
  const error = ece === null ? '' : ` Calibration error ${formatValue(ece, 'rate')}.`;
  return (
    <>
      <div class="calibration">
        <svg viewBox={`-28 -8 ${SIZE + 40} ${SIZE + 40}`} aria-hidden="true">
          <path class="calibration-frame" d={`M0 0V${SIZE}H${SIZE}`} />
          <path class="calibration-ideal" d={`M0 ${SIZE}L${SIZE} 0`} />
          <path class="calibration-line" d={pathOf(calibration)} />
          {calibration.map((bin) => (
            <circle
              key={bin.from}
              cx={bin.predicted * SIZE}
              cy={(1 - bin.observed) * SIZE}
              r={LEAST_RADIUS + (MOST_RADIUS - LEAST_RADIUS) * Math.sqrt(bin.labels / most)}
            />
          ))}
          <text x={SIZE / 2} y={SIZE + 24} text-anchor="middle">
            predicted
          </text>
          <text x={-12} y={SIZE / 2} text-anchor="middle" transform={`rotate(-90 -12 ${SIZE / 2})`}>
            found good
          </text>
        </svg>
        <CalibrationTable bins={calibration} />
      </div>
      <p class="note">
        {formatValue(feedback.labels, 'count')} labels, {formatValue(feedback.good_rate, 'rate')} good.{error}
        {quality.tenant === null ? '' : ` Of tenant ${quality.tenant}.`}
      </p>
    </>
  );
}

function CalibrationTable({ bins }: { readonly bins: readonly CalibrationBin[] }): JSX.Element {
  return (
    <table>
      <caption class="visually-hidden">Predicted and observed share of good answers</caption>
      <thead>
        <tr>
          {['Predicted', 'Found', 'Labels'].map((label) => (
            <th key={label} scope="col" class="number">
              {label}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {bins.map((bin) => (
          <tr key={bin.from}>
            <td class="number">{bin.predicted.toFixed(2)}</td>
            <td class="number">{bin.observed.toFixed(2)}</td>
            <td class="number">{formatValue(bin.labels, 'count')}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function pathOf(bins: readonly CalibrationBin[]): string {
  return bins
    .map(({ predicted, observed }, at) => {
      return `${at === 0 ? 'M' : 'L'}${(predicted * SIZE).toFixed(1)} ${((1 - observed) * SIZE).toFixed(1)}`;
    })
    .join('');
}
