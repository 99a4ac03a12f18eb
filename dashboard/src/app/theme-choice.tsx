import { useState } from 'react';

/** public/theme.js reads it ahead of the first paint. */
const KEPT_AS = 'forge.theme';
const CHOICES = ['system', 'light', 'dark'] as const;
type Choice = (typeof CHOICES)[number];

function apply(choice: Choice): void {
  if (choice === 'system') {
    localStorage.removeItem(KEPT_AS);
    delete document.documentElement.dataset.theme;
    return;
  }
  localStorage.setItem(KEPT_AS, choice);
  document.documentElement.dataset.theme = choice;
}

export function ThemeChoice() {
  const [choice, choose] = useState<Choice>((localStorage.getItem(KEPT_AS) as Choice | null) ?? 'system');
  return (
    <label className="theme row">
      Theme
      <select
        value={choice}
        onChange={({ target }) => {
          const chosen = target.value as Choice;
          apply(chosen);
          choose(chosen);
        }}
      >
        {CHOICES.map((each) => (
          <option key={each}>{each}</option>
        ))}
      </select>
    </label>
  );
}
