// The empty page: what is different here, and prompts that show it.

type Props = { readonly onPick: (prompt: string) => void };

const PROMPTS = [
  { kind: 'Easy', text: 'What is the capital of Norway?' },
  {
    kind: 'Translation',
    text: 'Translate into Spanish: Good morning everybody, the meeting starts at nine and the coffee is ready.',
  },
  { kind: 'Code', text: 'Write a function in Python that merges two sorted lists, with a short test.' },
  {
    kind: 'Hard',
    text: 'Prove that there are infinitely many primes congruent to 3 modulo 4, and state every lemma you use.',
  },
] as const;

const CLAIMS = [
  {
    title: 'The right model, and why',
    text: 'A small model at the edge answers what it can, the cloud the rest. Beside each answer you see the probability, the reasons and the price of both.',
  },
  {
    title: 'No answer is lost',
    text: 'Drop the connection in mid-answer, reload the page, open a second tab: the numbers of the events show that nothing is missing and nothing comes twice.',
  },
  {
    title: 'See for yourself',
    text: 'Race edge against cloud on one prompt, slow the reader down, or copy the request as curl, OpenAI or AI SDK code.',
  },
] as const;

export function Suggestions({ onPick }: Props) {
  return (
    <section class="empty" aria-label="Beginning">
      <h2>Ask something. Then pull the plug.</h2>
      <ul class="claims">
        {CLAIMS.map(({ title, text }) => (
          <li key={title}>
            <h3>{title}</h3>
            <p>{text}</p>
          </li>
        ))}
      </ul>
      <ul class="suggestions">
        {PROMPTS.map(({ kind, text }) => (
          <li key={kind}>
            <button type="button" onClick={() => onPick(text)}>
              <span class="suggestion-kind">{kind}</span>
              {text}
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
