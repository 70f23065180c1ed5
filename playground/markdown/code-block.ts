// A block of code: its language, a button that copies it, and the code as plain text.

/** Of a language's name; what follows it on the line is for other tools. */
const MAX_LABEL = 24;

/** How long the button says that it has copied. */
const COPIED_MS = 1_500;

export function codeBlock(): { readonly block: Element; readonly code: Element } {
  const block = document.createElement('div');
  block.className = 'code-block';
  const head = document.createElement('div');
  head.className = 'code-head';
  const label = document.createElement('span');
  label.className = 'code-language';
  label.textContent = 'code';
  const pre = document.createElement('pre');
  pre.tabIndex = 0; // long lines scroll, also by keyboard
  const code = document.createElement('code');
  pre.append(code);
  head.append(label, copyButton(code));
  block.append(head, pre);
  return { block, code };
}

export function nameLanguage(code: Element, info: string): void {
  const label = code.closest('.code-block')?.querySelector('.code-language');
  const name = /^[\w+#.-]+/.exec(info.trim())?.[0].slice(0, MAX_LABEL);
  if (label !== null && label !== undefined && name !== undefined) label.textContent = name;
}

function copyButton(code: Element): HTMLButtonElement {
  const button = document.createElement('button');
  button.type = 'button';
  button.className = 'quiet';
  button.textContent = 'Copy';
  button.addEventListener('click', () => {
    navigator.clipboard.writeText(code.textContent ?? '').then(
      () => say(button, 'Copied'),
      () => say(button, 'Not allowed'),
    );
  });
  return button;
}

function say(button: HTMLButtonElement, text: string): void {
  button.textContent = text;
  setTimeout(() => {
    button.textContent = 'Copy';
  }, COPIED_MS);
}
