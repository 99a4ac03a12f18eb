/** The state of something in a word, a shape and a colour: the colour alone says nothing. */

const LOOKS: Readonly<Record<string, readonly ['good' | 'bad' | 'wait' | '', string]>> = {
  succeeded: ['good', '✓'],
  passed: ['good', '✓'],
  active: ['good', '✓'],
  holds: ['good', '✓'],
  ahead: ['good', '✓'],
  failed: ['bad', '✕'],
  'holds in part': ['wait', '◐'],
  'does not hold': ['bad', '✕'],
  quarantined: ['bad', '✕'],
  deleted: ['bad', '✕'],
  running: ['wait', '▶'],
  queued: ['wait', '◌'],
  pending: ['', '◌'],
  runnable: ['', '◌'],
  deferred: ['', '◌'],
  paused: ['wait', '‖'],
  pausing: ['wait', '‖'],
  cancelling: ['wait', '■'],
  cancelled: ['', '■'],
};

export function Status({ word }: { readonly word: string }) {
  const [tone, sign] = LOOKS[word] ?? ['', '·'];
  return (
    <span className={`state ${tone}`}>
      <span aria-hidden="true">{sign} </span>
      {word}
    </span>
  );
}
