// Where each run of equal values ends, exclusive, in sorted `values`: what is equally scored must be treated alike.

export function tieEnds(values: Float64Array): readonly number[] {
  const ends: number[] = [];
  values.forEach((value, index) => {
    if (value !== values[index + 1]) ends.push(index + 1);
  });
  return ends;
}
