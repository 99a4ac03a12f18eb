import { type ReactNode, useId } from 'react';

export interface PanelProps {
  readonly title: ReactNode;
  readonly children: ReactNode;
}

/** A titled part of a page. */
export function Panel({ title, children }: PanelProps) {
  const id = useId();
  return (
    <section className="panel" aria-labelledby={id}>
      <h2 id={id}>{title}</h2>
      {children}
    </section>
  );
}

/** Something wider than a phone: scrolled inside itself, by keyboard as well. */
export function Wide({ label, children }: { readonly label: string; readonly children: ReactNode }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by keyboard (WCAG 2.1.1)
    <section className="wide" aria-label={`${label}: table`} tabIndex={0}>
      {children}
    </section>
  );
}
