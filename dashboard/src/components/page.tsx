/** The frame of a page: its title on the tab, its heading focused when it is come to. */
import { type ReactNode, useEffect, useRef } from 'react';

export interface PageProps {
  readonly title: string;
  /** The heading where it is more than the title. */
  readonly heading?: ReactNode;
  readonly lead?: ReactNode;
  readonly children: ReactNode;
}

export function Page({ title, heading, lead, children }: PageProps) {
  const top = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = `${title} – Agent Forge`;
    top.current?.focus();
  }, [title]);
  return (
    <div className="page">
      <div>
        <h1 ref={top} tabIndex={-1}>
          {heading ?? title}
        </h1>
        {lead && <div className="lead">{lead}</div>}
      </div>
      {children}
    </div>
  );
}
