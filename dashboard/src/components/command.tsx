import { useState } from 'react';

/** A command to copy. */
export function Command({ text, label }: { readonly text: string; readonly label?: string }) {
  const [said, say] = useState('Copy');
  const copy = () =>
    navigator.clipboard.writeText(text).then(
      () => say('Copied'),
      () => say('Select the text and copy it'),
    );
  return (
    <div className="command" data-term="">
      <pre>
        <code>{text}</code>
      </pre>
      <button type="button" onClick={copy} aria-label={label ? `${said}: ${label}` : undefined}>
        {said}
      </button>
    </div>
  );
}
