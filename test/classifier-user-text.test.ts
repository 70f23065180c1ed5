// Only what a person wrote is scored: the wrappers of agents and editors are taken off, and nothing else.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { userText } from '../classifier/user-text.ts';

describe('userText', () => {
  it('keeps plain text, markup and generics as they are', () => {
    for (const text of [
      'Hi',
      'if (a < b) { c > d }',
      '<div class="x">hello</div>',
      'Map<string, number>',
      'a <b',
    ]) {
      expect(userText(text)).toBe(text);
    }
  });

  it('cuts blocks that a harness wrote, anywhere and with attributes', () => {
    const text =
      '<system-reminder>today is Friday</system-reminder>\nFix it\n<environment_details cwd="/">ls</environment_details>';
    expect(userText(text)).toBe('Fix it');
    expect(userText('<ide_selection>code</ide_selection>')).toBe('');
    expect(userText('before <tool_result id="1">dump</tool_result> after').split(/\s+/)).toEqual([
      'before',
      'after',
    ]);
    expect(userText('a <SYSTEM-REMINDER>x</SYSTEM-REMINDER>b').split(/\s+/)).toEqual(['a', 'b']);
  });

  it('unwraps blocks that hold the person’s own words', () => {
    expect(userText('<user_query>\nWhat is HTTP?\n</user_query>')).toBe('What is HTTP?');
    expect(userText('<task>say hi</task>\n<environment_details>x</environment_details>')).toBe('say hi');
  });

  it('cuts a block that was never closed, as truncated harness context is', () => {
    expect(userText('Hello\n<environment_details>\nfiles: a b c')).toBe('Hello');
  });

  it('changes nothing the second time', () => {
    const tag = fc.constantFrom(
      '<system-reminder>',
      '</system-reminder>',
      '<task>',
      '</task>',
      '<',
      '>',
      'x',
      ' ',
      '<br/>',
    );
    fc.assert(
      fc.property(fc.array(tag, { maxLength: 30 }), (parts) => {
        const once = userText(parts.join(''));
        expect(userText(once)).toBe(once);
      }),
      { numRuns: 2000, seed: 3 },
    );
  });
});
