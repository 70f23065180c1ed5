// A button with something below it that opens and closes. Esc closes it and gives the focus back to the button.

import type { ComponentChildren, JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';

type PopoverProps = {
  readonly label: string;
  /** What is chosen now, behind the label. */
  readonly text: string;
  readonly isMarked: boolean;
  readonly children: (close: () => void) => ComponentChildren;
};

export function Popover({ label, text, isMarked, children }: PopoverProps): JSX.Element {
  const [isOpen, setOpen] = useState(false);
  const root = useRef<HTMLDivElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (!isOpen) return;
    const leave = ({ target }: Event): void => {
      if (target instanceof Node && root.current?.contains(target) === false) setOpen(false);
    };
    document.addEventListener('pointerdown', leave);
    document.addEventListener('focusin', leave);
    return () => {
      document.removeEventListener('pointerdown', leave);
      document.removeEventListener('focusin', leave);
    };
  }, [isOpen]);
  const close = (): void => {
    setOpen(false);
    button.current?.focus();
  };
  return (
    <div class="popover" ref={root} onKeyDown={(event) => event.key === 'Escape' && isOpen && close()}>
      <button
        type="button"
        ref={button}
        class={isMarked ? 'marked' : ''}
        aria-expanded={isOpen}
        onClick={() => setOpen(!isOpen)}
      >
        <span class="muted">{text === '' ? label : `${label}:`}</span> {text}{' '}
        <span aria-hidden="true">▾</span>
      </button>
      {isOpen ? <div class="popover-body">{children(close)}</div> : null}
    </div>
  );
}
