// Several values out of the known ones: a button that opens a list of check boxes. Esc or a click elsewhere closes it.

import type { JSX } from 'preact';
import { Popover } from './popover.tsx';

type MultiSelectProps = {
  readonly label: string;
  readonly options: readonly string[];
  readonly chosen: readonly string[];
  readonly onChange: (values: readonly string[]) => void;
};

export function MultiSelect({ label, options, chosen, onChange }: MultiSelectProps): JSX.Element {
  const [first] = chosen;
  const short = first === undefined ? 'all' : chosen.length === 1 ? first : `${chosen.length} chosen`;
  // What is chosen stays in the list even when the range has none of it.
  const all = [...new Set([...options, ...chosen])].toSorted((left, right) => left.localeCompare(right));
  const toggle = (value: string): void =>
    onChange(chosen.includes(value) ? chosen.filter((other) => other !== value) : [...chosen, value]);
  return (
    <Popover label={label} text={short} isMarked={first !== undefined}>
      {() => (
        <fieldset class="checks">
          <legend>{label}</legend>
          {all.length === 0 ? <p class="nothing">None in this range.</p> : null}
          {all.map((value) => (
            <label key={value}>
              <input type="checkbox" checked={chosen.includes(value)} onChange={() => toggle(value)} />{' '}
              {value}
            </label>
          ))}
        </fieldset>
      )}
    </Popover>
  );
}
